// Asks a node: typed answers, errors with code and advice, pages one after the other, transactions.

import { fromHex, toHex } from "../verifier/bytes.js";
import { signingBytes } from "../verifier/hash.js";
import { encode } from "../verifier/msgpack.js";
import { addressOf, formatAddress } from "./address.js";
import { ClientError, refuseUnless } from "./errors.js";
import { events } from "./events.js";
import { parseExact } from "./exact_json.js";

/** @typedef {import("./api.js").Routes} Routes */
/** @typedef {import("./api.js").TransactionAnswer} TransactionAnswer */
/** @typedef {import("./api.js").TokenAnswer} TokenAnswer */
/** @typedef {import("./api.js").QueryValue} QueryValue */
/** @typedef {Record<string, QueryValue | readonly QueryValue[] | undefined>} Query */
/** @typedef {{ [P in keyof Routes]: "cursor" extends keyof Routes[P]["query"] ? P : never }[keyof Routes]} PagedPath */
/**
 * @typedef {object} NodeOptions
 * @property {string | (() => string | undefined)} [token] sent as `Authorization: Bearer`
 * @property {typeof globalThis.fetch} [fetch]
 * @property {typeof globalThis.WebSocket} [WebSocket] where there is no global one
 * @property {number} [timeoutMs] for one answer; a wait for a decision is added to it
 */

export const DOMAIN_LOGIN = "nodechain/login";
export const CANONICAL = "application/octet-stream";
const TIMEOUT_MS = 15_000;

/** The node refused: its code, cause and advice. `retryAfterS`: how long to wait, where it says so. */
export class NodeError extends ClientError {
  /**
   * @param {number} status
   * @param {Record<string, any>} problem
   * @param {number | null} retryAfterS
   */
  constructor(status, problem, retryAfterS) {
    super(String(problem.code ?? `http_${status}`), String(problem.detail ?? problem.title ?? "the node refused"), String(problem.advice ?? ""));
    this.name = "NodeError";
    this.status = status;
    this.retryAfterS = retryAfterS;
    this.problem = problem;
  }
}

/**
 * @param {string} path
 * @param {Record<string, QueryValue>} values
 */
function filled(path, values) {
  return path.replace(/\{(\w+)\}/g, (_, name) => {
    if (values[name] === undefined) throw new ClientError("bad_parameter", `${path} needs ${name}`);
    return encodeURIComponent(String(values[name]));
  });
}

/**
 * @param {string} address
 * @param {Query} query
 */
export function withQuery(address, query) {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) found.append(name, String(each));
  }
  return found.size ? `${address}?${found}` : address;
}

export class Node {
  #options;
  /** @type {string | undefined} */
  #token;

  /**
   * @param {string} url as in `http://127.0.0.1:8545`
   * @param {NodeOptions} [options]
   */
  constructor(url, options = {}) {
    this.url = url.replace(/\/+$/, "");
    this.#options = options;
  }

  /**
   * The answer of a path of docs/api.md.
   * @template {keyof Routes} P
   * @param {P} path with its places, as in `/v1/accounts/{address}`
   * @param {Routes[P]["path"] & Routes[P]["query"]} [parameters]
   * @param {AbortSignal} [signal]
   * @returns {Promise<Routes[P]["answer"]>}
   */
  get(path, parameters, signal) {
    const given = /** @type {Query} */ (parameters ?? {});
    const places = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    const query = Object.fromEntries(Object.entries(given).filter(([name]) => !places.has(name)));
    return this.#ask(withQuery(filled(path, /** @type {Record<string, QueryValue>} */ (given)), query), { signal }, 0);
  }

  /**
   * Page after page, until there is no next one.
   * @template {PagedPath} P
   * @param {P} path
   * @param {Routes[P]["path"] & Routes[P]["query"]} [parameters]
   * @returns {AsyncGenerator<Routes[P]["answer"], void, void>}
   */
  async *pages(path, parameters) {
    let given = parameters;
    for (;;) {
      const page = await this.get(path, given);
      yield page;
      const { next } = /** @type {{ next?: string | null }} */ (page);
      if (!next) return;
      given = /** @type {any} */ ({ ...parameters, cursor: next });
    }
  }

  /**
   * Sign in to read what is the account's own: a key signs a nonce of the node for its origin and gets the right to read for
   * an hour, and no other. Of several owners any one may, with the account's key.
   * @param {import("./keys.js").Signer} signer
   * @param {{ senderKey?: import("./payloads.js").SenderKey, genesisHash?: Uint8Array }} [options] `genesisHash`: the chain that is expected
   * @returns {Promise<TokenAnswer>}
   */
  async login(signer, { senderKey = signer.publicKey, genesisHash } = {}) {
    const asked = await this.#post("/v1/login/nonce", {});
    const isExpected = genesisHash === undefined || toHex(genesisHash) === asked.genesis_hash;
    refuseUnless(isExpected, "wrong_chain", "the node is of another chain", "Ask a node of your chain");
    const { origin } = new URL(this.url);
    const address = await addressOf(senderKey);
    const message = signingBytes(DOMAIN_LOGIN, fromHex(asked.genesis_hash), encode([origin, fromHex(asked.nonce), address]));
    const signature = toHex(await signer.sign(message));
    const answer = await this.#post("/v1/login", { origin, nonce: asked.nonce, address: formatAddress(address), signature, ...loginKey(signer, senderKey) });
    this.#token = answer.token;
    return answer;
  }

  /**
   * Hand in a signed transaction. The same bytes again are harmless: the answer says what is known of them.
   * @param {Uint8Array} raw
   * @param {{ wait?: boolean, timeoutS?: number, signal?: AbortSignal }} [options] `wait`: until a block has decided it
   * @returns {Promise<TransactionAnswer>}
   */
  send(raw, { wait = false, timeoutS = 30, signal } = {}) {
    const path = withQuery("/v1/transactions", wait ? { wait: "decided", timeout: timeoutS } : {});
    const request = { method: "POST", body: new Uint8Array(raw), headers: { "Content-Type": CANONICAL }, signal };
    return this.#ask(path, request, wait ? timeoutS * 1000 : 0);
  }

  /**
   * Hand in a transaction and wait for its block; what the ledger refused is thrown, with the ledger's code.
   * @param {Uint8Array} raw
   * @param {{ timeoutS?: number, signal?: AbortSignal }} [options]
   */
  async sendAndConfirm(raw, options = {}) {
    const answer = await this.send(raw, { ...options, wait: true });
    if (answer.status !== "decided") {
      throw new ClientError("not_decided", `the transaction ${answer.id} is ${answer.status}`, "It may still be decided: ask for its id, or send the same bytes again");
    }
    if (answer.code) throw new ClientError(answer.code, answer.explanation, "The block holds it, and its fee is paid: make a new one");
    return answer;
  }

  /**
   * Events as they are decided, block by block, from a height on (without one: from the next block); connects again by
   * itself, and skips or repeats nothing.
   * @param {import("./events.js").EventOptions} [options]
   * @returns {ReturnType<typeof events>}
   */
  async *events(options = {}) {
    const from = options.from ?? (await this.get("/v1/status", undefined, options.signal)).height + 1;
    const ticket = this.#bearer() === undefined ? undefined : async () => (await this.#post("/v1/login/ticket", {})).ticket;
    yield* events(this.url, { WebSocket: this.#options.WebSocket, ticket, ...options, from });
  }

  #bearer() {
    const { token } = this.#options;
    return this.#token ?? (typeof token === "function" ? token() : token);
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  #post(path, body) {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    return this.#ask(path, { method: "POST", body: bytes, headers: { "Content-Type": "application/json" } }, 0);
  }

  /**
   * @param {string} path
   * @param {{ method?: string, body?: Uint8Array<ArrayBuffer>, headers?: Record<string, string>, signal?: AbortSignal }} request
   * @param {number} waitMs
   * @returns {Promise<any>}
   */
  async #ask(path, request, waitMs) {
    const { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS } = this.#options;
    const bearer = this.#bearer();
    const headers = { Accept: "application/json", ...request.headers, ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}) };
    const deadline = AbortSignal.timeout(timeoutMs + waitMs);
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
    let answer;
    let text;
    try {
      answer = await fetch(this.url + path, { method: request.method ?? "GET", body: request.body, headers, signal, redirect: "error" });
      text = await answer.text();
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw new ClientError("unreachable", `${this.url} does not answer`, "Check the address, and that the node runs; or ask another node");
    }
    return read(answer, text);
  }
}

/**
 * How a login names its key.
 * @param {import("./keys.js").Signer} signer
 * @param {import("./payloads.js").SenderKey} senderKey
 */
function loginKey(signer, senderKey) {
  if (senderKey instanceof Uint8Array) return { key: toHex(senderKey) };
  const keys = senderKey.keys.map(toHex);
  const index = keys.indexOf(toHex(signer.publicKey));
  refuseUnless(index >= 0, "wrong_key", "this key is none of the account's", "Sign in with a key of the account");
  return { multisig: { threshold: Number(senderKey.threshold), keys }, index };
}

/**
 * @param {Response} answer
 * @param {string} text
 */
function read(answer, text) {
  let content;
  try {
    content = parseExact(text);
  } catch {
    content = null;
  }
  if (!answer.ok) {
    const wait = Number(answer.headers.get("Retry-After"));
    throw new NodeError(answer.status, content ?? { detail: text.slice(0, 200) || answer.statusText }, wait > 0 ? wait : null);
  }
  if (content === null) throw new ClientError("bad_answer", "what answered is no node of this kind", "Check the address");
  return content;
}
