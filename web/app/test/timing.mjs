// `node test/timing.mjs PLAN`: how long the page takes in Chromium on a slow processor, as JSON; `python -m bench.page` asks.
//
// A plan is {chromium, cpu, runs, visits: [{name, url, watched}]}. Each run has a browser context of its own, with nothing kept.

import { readFileSync } from "node:fs";
import { launched } from "./page.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await launched(plan);

/** In the page: when the screen stood with its figures, and how long the main thread could not answer. */
function watch(watched) {
  if (watched) localStorage.setItem("nodechain.watched", JSON.stringify(watched));
  localStorage.setItem("nodechain.language", "en");
  globalThis.timing = { drawn: 0, blocked: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.timing.blocked += duration - 50;
  }).observe({ type: "longtask", buffered: true });
  new MutationObserver(() => {
    if (globalThis.timing.drawn || !document.querySelector("h1") || document.querySelector(".skeleton"))
      return;
    // Drawn and able to answer: after the frame in which it stands, when the main thread is free again.
    globalThis.timing.drawn = -1;
    requestAnimationFrame(() =>
      setTimeout(() => {
        globalThis.timing.drawn = performance.now();
      }),
    );
  }).observe(document, { childList: true, subtree: true });
}

async function run({ url, watched }) {
  const context = await browser.newContext({
    serviceWorkers: "block",
    viewport: { width: 390, height: 844 },
  });
  await context.addInitScript(watch, watched ?? null);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Emulation.setCPUThrottlingRate", { rate: plan.cpu });
  await page.goto(url);
  await page.waitForFunction(() => globalThis.timing.drawn > 0, null, { timeout: 60_000 });
  const found = await page.evaluate(() => ({
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    ...globalThis.timing,
    files: performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.includes("/assets/"))
      .map(({ name, encodedBodySize }) => [name.split("/assets/")[1], encodedBodySize]),
  }));
  await context.close();
  return found;
}

const found = {};
for (const visit of plan.visits) {
  found[visit.name] = [];
  for (let at = 0; at < plan.runs; at++) found[visit.name].push(await run(visit));
}
await browser.close();
console.log(JSON.stringify(found));
