/**
 * @param {string} address
 * @param {Query} query
 */
export function withQuery(address: string, query: Query): string;
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
export const DOMAIN_LOGIN: "nodechain/login";
export const CANONICAL: "application/octet-stream";
/** The node refused: its code, cause and advice. `retryAfterS`: how long to wait, where it says so. */
export class NodeError extends ClientError {
    /**
     * @param {number} status
     * @param {Record<string, any>} problem
     * @param {number | null} retryAfterS
     */
    constructor(status: number, problem: Record<string, any>, retryAfterS: number | null);
    status: number;
    retryAfterS: number | null;
    problem: Record<string, any>;
}
export class Node {
    /**
     * @param {string} url as in `http://127.0.0.1:8545`
     * @param {NodeOptions} [options]
     */
    constructor(url: string, options?: NodeOptions);
    url: string;
    /**
     * The answer of a path of docs/api.md.
     * @template {keyof Routes} P
     * @param {P} path with its places, as in `/v1/accounts/{address}`
     * @param {Routes[P]["path"] & Routes[P]["query"]} [parameters]
     * @param {AbortSignal} [signal]
     * @returns {Promise<Routes[P]["answer"]>}
     */
    get<P extends keyof Routes>(path: P, parameters?: Routes[P]["path"] & Routes[P]["query"], signal?: AbortSignal): Promise<Routes[P]["answer"]>;
    /**
     * Page after page, until there is no next one.
     * @template {PagedPath} P
     * @param {P} path
     * @param {Routes[P]["path"] & Routes[P]["query"]} [parameters]
     * @returns {AsyncGenerator<Routes[P]["answer"], void, void>}
     */
    pages<P extends PagedPath>(path: P, parameters?: Routes[P]["path"] & Routes[P]["query"]): AsyncGenerator<Routes[P]["answer"], void, void>;
    /**
     * Sign in to read what is the account's own: a key signs a nonce of the node for its origin and gets the right to read for
     * an hour, and no other. Of several owners any one may, with the account's key.
     * @param {import("./keys.js").Signer} signer
     * @param {{ senderKey?: import("./payloads.js").SenderKey, genesisHash?: Uint8Array }} [options] `genesisHash`: the chain that is expected
     * @returns {Promise<TokenAnswer>}
     */
    login(signer: import("./keys.js").Signer, { senderKey, genesisHash }?: {
        senderKey?: import("./payloads.js").SenderKey;
        genesisHash?: Uint8Array;
    }): Promise<TokenAnswer>;
    /**
     * Hand in a signed transaction. The same bytes again are harmless: the answer says what is known of them.
     * @param {Uint8Array} raw
     * @param {{ wait?: boolean, timeoutS?: number, signal?: AbortSignal }} [options] `wait`: until a block has decided it
     * @returns {Promise<TransactionAnswer>}
     */
    send(raw: Uint8Array, { wait, timeoutS, signal }?: {
        wait?: boolean;
        timeoutS?: number;
        signal?: AbortSignal;
    }): Promise<TransactionAnswer>;
    /**
     * Hand in a transaction and wait for its block; what the ledger refused is thrown, with the ledger's code.
     * @param {Uint8Array} raw
     * @param {{ timeoutS?: number, signal?: AbortSignal }} [options]
     */
    sendAndConfirm(raw: Uint8Array, options?: {
        timeoutS?: number;
        signal?: AbortSignal;
    }): Promise<import("./api.js").TransactionAnswer>;
    /**
     * Events as they are decided, block by block, from a height on (without one: from the next block); connects again by
     * itself, and skips or repeats nothing.
     * @param {import("./events.js").EventOptions} [options]
     * @returns {ReturnType<typeof events>}
     */
    events(options?: import("./events.js").EventOptions): ReturnType<typeof events>;
    #private;
}
export type Routes = import("./api.js").Routes;
export type TransactionAnswer = import("./api.js").TransactionAnswer;
export type TokenAnswer = import("./api.js").TokenAnswer;
export type QueryValue = import("./api.js").QueryValue;
export type Query = Record<string, QueryValue | readonly QueryValue[] | undefined>;
export type PagedPath = { [P in keyof Routes]: "cursor" extends keyof Routes[P]["query"] ? P : never; }[keyof Routes];
export type NodeOptions = {
    /**
     * sent as `Authorization: Bearer`
     */
    token?: string | (() => string | undefined) | undefined;
    fetch?: typeof fetch | undefined;
    /**
     * where there is no global one
     */
    WebSocket?: {
        new (url: string | URL, protocols?: string | string[]): WebSocket;
        prototype: WebSocket;
        readonly CONNECTING: 0;
        readonly OPEN: 1;
        readonly CLOSING: 2;
        readonly CLOSED: 3;
    } | undefined;
    /**
     * for one answer; a wait for a decision is added to it
     */
    timeoutMs?: number | undefined;
};
import { ClientError } from "./errors.js";
import { events } from "./events.js";
