// Rows of a scheme with more points than one answer has: one's own are found wherever they stand.

import { afterEach, describe, expect, test, vi } from "vitest";
import { settledSlot } from "../src/data/settled_slot";

const row = (point: number, account: string) => ({ point, account });
const asked: string[] = [];

/** A node whose answers have two rows; the slot is settled anew, after so many questions. */
function node(newRunAfter: number) {
  asked.length = 0;
  return vi.fn(async (where: string) => {
    asked.push(where);
    const url = new URL(where, "http://node");
    const after = Number.parseInt(url.searchParams.get("cursor") ?? "0", 16);
    const rows = [row(1, "me"), row(2, "you"), row(7, "you"), row(9, "me"), row(12, "me")];
    const body = url.pathname.endsWith("/points")
      ? { points: [{ number: 1 }, { number: 9 }, { number: 11 }, { number: 12 }] }
      : {
          run: { run: asked.length > newRunAfter ? 2 : 1 },
          rows: rows
            .filter(({ point }) => point > after)
            .slice(0, Math.min(2, Number(url.searchParams.get("limit")))),
          next: after < 9 ? "0000000000000002" : null,
        };
    return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
  });
}

afterEach(() => vi.unstubAllGlobals());

describe("a settled slot", () => {
  test("has one's own rows beyond the first answer, and nobody else's", async () => {
    vi.stubGlobal("fetch", node(99));
    const found = await settledSlot(1, 5, "me");
    // Point 11 is mine and takes no part: the row after it is another one's answer.
    expect(found.rows.map(({ point }) => point)).toEqual([1, 2, 9, 12]);
    expect(found.next).toBe("0000000000000002");
  });

  test("takes no row of another run beside the first one's", async () => {
    vi.stubGlobal("fetch", node(2));
    expect((await settledSlot(1, 5, "me")).rows.map(({ point }) => point)).toEqual([1, 2]);
  });

  test("is asked for once where nobody looks for own rows", async () => {
    vi.stubGlobal("fetch", node(99));
    await settledSlot(1, 5, "");
    expect(asked.length).toBe(1);
  });
});
