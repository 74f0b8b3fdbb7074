// All events of one block that the reader may see, its own among them, in one answer: the stream of events from its height.

import { type LedgerEvent, Unreachable } from "../api/client";
import { ticket } from "../keys/login";

export type BlockEvent = { receipt: number; place: number; transaction_id: string; event: LedgerEvent };

const TIMEOUT_MS = 10_000;

/** Raises `Refusal`, `Unreachable`. */
export async function eventsOf(height: number): Promise<BlockEvent[]> {
  const query = new URLSearchParams({ from: String(height) });
  const shown = await ticket();
  if (shown) query.set("ticket", shown);
  return collected(query);
}

function collected(query: URLSearchParams): Promise<BlockEvent[]> {
  return new Promise((resolve, reject) => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/v1/events?${query}`);
    const found: BlockEvent[] = [];
    const stop = setTimeout(() => socket.close(), TIMEOUT_MS);
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as Partial<BlockEvent> & { height: number; end?: boolean };
      if (message.end) {
        clearTimeout(stop);
        socket.onclose = null;
        socket.close();
        resolve(found);
      } else found.push(message as BlockEvent);
    };
    socket.onclose = () => {
      clearTimeout(stop);
      reject(new Unreachable());
    };
  });
}
