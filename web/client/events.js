// The stream of events over a WebSocket, with resume: a subscriber is a place in the chain.

import { ClientError } from "./errors.js";
import { parseExact } from "./exact_json.js";

/** @typedef {{ height: number, receipt: number, place: number, transaction_id: string, event: { kind: string } & Record<string, any> }} LedgerEvent */
/** @typedef {{ height: number, end: true }} BlockEnd all events of the block have come: go on from the height after it */
/**
 * @typedef {object} EventOptions
 * @property {number} [from] the first height; without it the next block
 * @property {readonly string[]} [kinds] only these
 * @property {string} [address] only what names this account
 * @property {() => Promise<string>} [ticket] of each connection, where reading needs a login
 * @property {AbortSignal} [signal] ends the stream
 * @property {typeof globalThis.WebSocket} [WebSocket]
 * @property {number} [attempts] how often in a row no connection may be made
 * @property {number} [pauseMs] before the second attempt; doubled after each
 */

const ATTEMPTS = 8;
const PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;

/**
 * @param {string} url of the node
 * @param {EventOptions} options
 * @returns {AsyncGenerator<LedgerEvent | BlockEnd, void, void>}
 */
export async function* events(url, { from, kinds = [], address, ticket, signal, WebSocket = globalThis.WebSocket, attempts = ATTEMPTS, pauseMs = PAUSE_MS }) {
  if (WebSocket === undefined) throw new ClientError("no_websocket", "there is no WebSocket here", "Pass one, or start Node 20 with --experimental-websocket");
  let place = from;
  /** @type {readonly [number, number, number]} */
  let last = [-1, -1, -1];
  let failed = 0;
  while (!signal?.aborted) {
    const socket = await connected(ticket, (found) => new WebSocket(addressOf(url, { from: place, kinds, address, ticket: found })));
    try {
      for await (const message of socket ? messages(socket, signal) : []) {
        failed = 0;
        if ("end" in message) place = message.height + 1;
        else if (!isAfter(message, last)) continue;
        else {
          place = message.height;
          last = [message.height, message.receipt, message.place];
        }
        yield message;
      }
    } finally {
      socket?.close();
    }
    if (signal?.aborted) return;
    failed += 1;
    if (failed >= attempts) throw new ClientError("no_events", `${url} gave no events ${failed} times in a row`, "Check the height asked for (the answer of GET /v1/status has the last), or ask another node");
    await pause(Math.min(pauseMs * 2 ** (failed - 1), MAX_PAUSE_MS), signal);
  }
}

/**
 * A socket with a ticket of its own; null while the node that gives tickets does not answer.
 * @param {(() => Promise<string>) | undefined} ticket
 * @param {(ticket: string | undefined) => WebSocket} connect
 */
async function connected(ticket, connect) {
  try {
    return connect(await ticket?.());
  } catch (error) {
    if (error instanceof ClientError && error.code === "unreachable") return null;
    throw error;
  }
}

/**
 * @param {string} url
 * @param {{ from?: number, kinds: readonly string[], address?: string, ticket?: string }} wanted
 */
function addressOf(url, { from, kinds, address, ticket }) {
  const query = new URLSearchParams(kinds.map((kind) => ["kind", kind]));
  if (from !== undefined) query.set("from", String(from));
  if (address !== undefined) query.set("address", address);
  if (ticket !== undefined) query.set("ticket", ticket);
  return `${url.replace(/^http/, "ws")}/v1/events?${query}`;
}

/**
 * @param {LedgerEvent} message
 * @param {readonly [number, number, number]} last
 */
function isAfter({ height, receipt, place }, [lastHeight, lastReceipt, lastPlace]) {
  if (height !== lastHeight) return height > lastHeight;
  return receipt !== lastReceipt ? receipt > lastReceipt : place > lastPlace;
}

/**
 * @param {number} durationMs
 * @param {AbortSignal} [signal]
 */
function pause(durationMs, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(undefined); }, { once: true });
  });
}

/**
 * What one connection brings, until it ends.
 * @param {WebSocket} socket
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<LedgerEvent | BlockEnd, void, void>}
 */
async function* messages(socket, signal) {
  /** @type {string[]} */
  const waiting = [];
  let isOpen = true;
  let wake = () => {};
  const end = () => { isOpen = false; wake(); };
  socket.addEventListener("message", ({ data }) => { waiting.push(String(data)); wake(); });
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);
  signal?.addEventListener("abort", end, { once: true });
  while (!signal?.aborted) {
    const text = waiting.shift();
    if (text !== undefined) yield parseExact(text);
    else if (!isOpen) return;
    else await new Promise((resolve) => { wake = () => resolve(undefined); });
  }
}
