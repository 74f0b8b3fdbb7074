// Signing in: what is asked again, what is shown to the node, and what is forgotten with the key.

import { beforeEach, describe, expect, test, vi } from "vitest";
import { admit, dismiss, isRenewed, loginNeeded, reader, renewBy, shownToken } from "../src/api/access";
import { get, Refusal } from "../src/api/client";
import { renewalMs } from "../src/keys/login";

const problem = (code: string, status: number) =>
  new Response(JSON.stringify({ code, status, detail: "why", advice: "what" }), { status });

const asked: (string | null)[] = [];

/** A node that lets in who shows one of these tokens. */
function nodeThatKnows(...tokens: string[]): void {
  vi.stubGlobal("fetch", async (_path: string, options: RequestInit) => {
    const shown = new Headers(options.headers).get("Authorization");
    asked.push(shown);
    const isIn = tokens.some((token) => shown === `Bearer ${token}`);
    return isIn ? new Response("{}") : problem("login_needed", 401);
  });
}

beforeEach(() => {
  asked.length = 0;
  dismiss();
  loginNeeded.value = false;
  renewBy(async () => false);
});

describe("signing in", () => {
  test("a stranger shows no token, and learns that one is needed", async () => {
    nodeThatKnows("right");
    await expect(get("/v1/votes")).rejects.toBeInstanceOf(Refusal);
    expect(asked).toEqual([null]);
    expect(loginNeeded.value).toBe(true);
  });

  test("a token is shown with every request", async () => {
    nodeThatKnows("right");
    admit("nrg1a", "right");
    await get("/v1/votes");
    expect(asked).toEqual(["Bearer right"]);
    expect(loginNeeded.value).toBe(false);
  });

  test("one that is over is renewed once and the request made again", async () => {
    nodeThatKnows("right");
    admit("nrg1a", "old");
    renewBy(async () => {
      admit("nrg1a", "right");
      return true;
    });
    await get("/v1/votes");
    expect(asked).toEqual(["Bearer old", "Bearer right"]);
  });

  test("a node that refuses the new one, too, is not asked for ever", async () => {
    nodeThatKnows();
    let renewals = 0;
    renewBy(async () => {
      renewals += 1;
      admit("nrg1a", `token ${renewals}`);
      return true;
    });
    await expect(get("/v1/votes")).rejects.toBeInstanceOf(Refusal);
    expect(renewals).toBe(1);
    expect(asked).toHaveLength(2);
  });

  test("of two requests that were refused with one token the second takes what the first got", async () => {
    const renew = vi.fn(async () => true);
    renewBy(renew);
    admit("nrg1a", "new");
    expect(await isRenewed("old")).toBe(true);
    expect(renew).not.toHaveBeenCalled();
  });

  test("what is gone is gone", () => {
    admit("nrg1a", "right");
    expect([reader.value, shownToken()]).toEqual(["nrg1a", "right"]);
    dismiss();
    expect([reader.value, shownToken()]).toEqual(["", ""]);
  });

  test("a right is renewed five minutes before its end, a short one at its half", () => {
    expect(renewalMs(3_600_000)).toBe(3_300_000);
    expect(renewalMs(60_000)).toBe(30_000);
  });
});
