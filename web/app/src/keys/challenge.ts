// The answer to a node's question who is there: the client's login, through the page's own origin. Loaded when it is needed.

import { Node } from "@nodechain/client/node.js";
import { Refusal, type Schemas, Unreachable } from "../api/client";
import type { Keypair } from "./keypair";
import { senderKeyOf } from "./owners";
import type { Shared } from "./shared";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The node that is asked: behind `nodechain page`, on this machine only, it is another one than the page's. */
async function nodeUrl(): Promise<string> {
  if (!LOOPBACK.has(location.hostname)) return location.origin;
  try {
    const said = (await (await fetch("/node.json", { cache: "no-store" })).json()) as { node?: unknown };
    return typeof said.node === "string" && said.node ? said.node : location.origin;
  } catch {
    return location.origin;
  }
}

/** Through the page's own origin, whatever the node's is. */
const throughPage = (url: string | URL | Request, options?: RequestInit): Promise<Response> => {
  const { pathname, search } = new URL(String(url));
  return fetch(pathname + search, options);
};

/** The client's errors as this page's. */
function errorOf(error: unknown): Error {
  if (!(error instanceof Error) || !("code" in error)) return error as Error;
  const { code, detail, advice, status: number } = error as Error & Record<string, unknown>;
  if (code === "unreachable") return new Unreachable();
  return new Refusal(
    Number(number ?? 0),
    String(code),
    String(detail ?? error.message),
    String(advice ?? ""),
  );
}

/** Sign in with a key, for its own account or one of several owners, if the node is of this genesis. */
export async function answerChallenge(
  key: Keypair,
  shared: Shared | null,
  genesisHash: Uint8Array,
): Promise<Schemas["TokenAnswer"]> {
  const node = new Node(await nodeUrl(), { fetch: throughPage as typeof fetch });
  try {
    return await node.login(key, { genesisHash, senderKey: shared ? senderKeyOf(shared) : key.publicKey });
  } catch (error) {
    throw errorOf(error);
  }
}
