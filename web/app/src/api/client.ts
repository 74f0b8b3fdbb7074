// Asking the node: JSON in, problem details (RFC 9457) as one error type, silence as another.

import { isRenewed, loginNeeded, shownToken } from "./access";
import type { components } from "./schema";

export type Schemas = components["schemas"];
export type Amount = Schemas["Amount"];
export type Movement = Schemas["Movement"];

const TIMEOUT_MS = 12_000;

/** An event as the interface shows it: its kind, and the fields of that kind. */
export type LedgerEvent = { kind: string } & Record<string, unknown>;

/** The node answered with a refusal: `code` never changes its meaning. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly advice: string,
    /** Whether the page says it itself, in the reader's language. */
    readonly own = false,
  ) {
    super(`${code}: ${detail}`);
    this.name = "Refusal";
  }
}

/** The node did not answer. */
export class Unreachable extends Error {
  constructor() {
    super("the node does not answer");
    this.name = "Unreachable";
  }
}

type Query = Record<string, string | number | string[] | undefined>;

function withQuery(path: string, query: Query): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) found.append(name, String(each));
  }
  const text = found.toString();
  return text ? `${path}?${text}` : path;
}

async function refusalOf(answer: Response): Promise<Refusal> {
  let problem: Record<string, unknown> = {};
  try {
    problem = (await answer.json()) as Record<string, unknown>;
  } catch {
    // A proxy in between may answer in its own words.
  }
  const text = (name: string, otherwise: string) => String(problem[name] ?? otherwise);
  return new Refusal(
    answer.status,
    text("code", `http_${answer.status}`),
    text("detail", answer.statusText),
    text("advice", ""),
  );
}

/** Whether a node asks for a login: in the page's words there is something to do. */
export const isLoginNeeded = (error: Error | null): boolean =>
  error instanceof Refusal && error.code === "login_needed";

async function askOnce(path: string, options: RequestInit, timeoutMs: number): Promise<Response> {
  const token = shownToken();
  const headers = new Headers(options.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const signal = AbortSignal.timeout(timeoutMs);
  let answer: Response;
  try {
    answer = await fetch(path, { ...options, headers, cache: "no-store", signal });
  } catch {
    throw new Unreachable();
  }
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

/** Where the node asks for a login and a key is there, the request waits for it and is made again, once. */
async function ask(path: string, options: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Response> {
  const token = shownToken();
  try {
    return await askOnce(path, options, timeoutMs);
  } catch (error) {
    if (!isLoginNeeded(error as Error)) throw error;
    loginNeeded.value = true;
    if (!(await isRenewed(token))) throw error;
    return askOnce(path, options, timeoutMs);
  }
}

/** `GET` of a route. Raises `Refusal`, `Unreachable`. */
export async function get<T>(path: string, query: Query = {}): Promise<T> {
  const answer = await ask(withQuery(path, query), {});
  return (await answer.json()) as T;
}

/** `POST` of a question in JSON. Raises `Refusal`, `Unreachable`. */
export async function postJson<T>(path: string, body: object, timeoutMs = TIMEOUT_MS): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const answer = await ask(path, { method: "POST", headers, body: JSON.stringify(body) }, timeoutMs);
  return (await answer.json()) as T;
}

/** `POST` of canonical bytes; the node may take its time to decide. Raises `Refusal`, `Unreachable`. */
export async function post<T>(path: string, query: Query, body: Uint8Array): Promise<T> {
  const headers = { "Content-Type": "application/octet-stream" };
  const options = { method: "POST", headers, body: body as BufferSource };
  const answer = await ask(withQuery(path, query), options, 3 * TIMEOUT_MS);
  return (await answer.json()) as T;
}

/** All pages of a list, at most `most` entries. */
export async function pages<T, P extends { next: string | null }>(
  path: string,
  query: Query,
  entries: (page: P) => T[],
  most = 2_000,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page: P = await get<P>(path, { ...query, cursor });
    found.push(...entries(page));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && found.length < most);
  return found;
}
