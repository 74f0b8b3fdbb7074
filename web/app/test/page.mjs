// What every drive of the page shares: a browser of its own for a visit, waiting until it is drawn, and what must hold of it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
export const DEADLINE_MS = 30_000;
export const TALL = 900;
export const WIDE = 1240;

/** `film`: what the camera of the browser sees, in the place of a camera that is refused. */
export const launched = (plan, film = "") =>
  chromium.launch({
    executablePath: plan.chromium,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      ...(film
        ? [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            `--use-file-for-fake-video-capture=${film}`,
          ]
        : []),
    ],
  });

/** What was asked of a page's node and is not answered yet. */
const unanswered = new WeakMap();

/** A page with nothing behind it but what the visit says; `seen` collects errors and requests to elsewhere. */
export async function prepared(browser, plan, visit, seen) {
  const context = await browser.newContext({
    viewport: { width: visit.width ?? WIDE, height: TALL },
    colorScheme: visit.scheme ?? "light",
    locale: visit.language ?? "en",
    timezoneId: "UTC",
    reducedMotion: visit.reduced ? "reduce" : "no-preference",
    serviceWorkers: visit.worker ? "allow" : "block",
  });
  await context.addInitScript((watched) => {
    if (watched) localStorage.setItem("nodechain.watched", JSON.stringify(watched));
  }, visit.watched ?? null);
  if (visit.insecure)
    await context.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }));
  const page = await context.newPage();
  if (visit.clock) await page.clock.install();
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error.stack)));
  page.on("request", (request) => {
    const { host } = new URL(request.url());
    if (host && host !== new URL(plan.base).host) seen.outside.push(request.url());
  });
  const asked = new Set();
  unanswered.set(page, asked);
  page.on("request", (request) => asked.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => asked.delete(request));
  if (visit.lie) await lied(page, visit.lie);
  return { context, page };
}

/** What a node would say that lies: `to` in the place of `from`, or of each of `swaps` its other. */
export const lied = (page, { where, from, to, swaps = { [from]: to } }) =>
  page.route(where, async (route) => {
    const answer = await route.fetch();
    const said = await answer.text();
    const body = Object.entries(swaps).reduce((text, [one, other]) => text.replaceAll(one, other), said);
    await route.fulfill({ response: answer, body });
  });

/** Whether all that was asked is answered, and drawn: what an answer makes the page ask is asked by the next frame. */
async function quiet(page) {
  const drawn = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  const asked = unanswered.get(page);
  for (let frames = 0; frames < 2; frames += 1) {
    await drawn();
    if (asked.size) return false;
  }
  return true;
}

/** Drawn, with nothing left that loads; a request that is left hanging may hang until the deadline. */
export async function settled(page) {
  const until = Date.now() + DEADLINE_MS;
  do {
    await page.waitForFunction(
      () =>
        document.querySelector("h1") &&
        !document.querySelector(".skeleton") &&
        !document.body.textContent.includes("…\u200b"),
      null,
      { timeout: DEADLINE_MS },
    );
  } while (!(await quiet(page)) && Date.now() < until);
}

export async function checked(page, wanted) {
  await page.waitForFunction((kind) => document.querySelector(`.mark.${kind}`), wanted, {
    timeout: DEADLINE_MS,
  });
}

export async function unfolded(page) {
  for (const each of await page.$$("details"))
    await each.evaluate((element) => element.setAttribute("open", ""));
}

/** Whether it is wider than its window, what is too small to hit, and what axe finds (most of the time that this takes). */
export async function measured(page, withAxe = true) {
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("button, a, input, select, summary")]
      .filter((element) => element.getClientRects().length && !element.closest("p, li, td, dd, span"))
      .map((element) => [element.textContent, element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 24 || height < 24)
      .map(([text]) => text),
  );
  if (!withAxe) return { wide, small };
  await page.evaluate(AXE);
  const axe = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }),
    RULES,
  );
  return {
    wide,
    small,
    axe: axe.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
    ),
  };
}
