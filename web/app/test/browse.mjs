// `node test/browse.mjs PLAN`: opens the page in Chromium as the plan says and tells what it saw, as JSON.
//
// A plan is {base, pictures, visits: [{name, hash, width, scheme, language, watched, mark, steps, lie, silent, worker, reopen}]}. Each visit has
// a context of its own; `lie` replaces a number in answers, `silent` cuts the node off after the first drawing, `camera` is a
// film that the browser's camera shows; `unfold` leaves details open in the picture. A step `film` makes a film of what stands
// at a selector; `pick` takes an `option` of a list.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import {
  checked,
  DEADLINE_MS,
  launched,
  lied,
  measured,
  prepared,
  settled,
  TALL,
  unfolded,
  WIDE,
} from "./page.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await launched(plan);

/** Requests show another token than this one from now on, as if the node had begun anew; a later token is shown. */
async function spoiled(page, kind) {
  let first = null;
  await page.route("**/v1/**", async (route) => {
    const headers = route.request().headers();
    const shown = headers.authorization;
    if (shown) first ??= shown;
    await route.continue(
      shown && shown === first ? { headers: { ...headers, authorization: `${kind} none` } } : {},
    );
  });
}

/** From now on what the node answers is kept, for `replayed`. */
async function recorded(page, seen) {
  seen.answers = new Map();
  await page.route("**/v1/**", async (route) => {
    const answer = await route.fetch();
    const kept = { status: answer.status(), headers: answer.headers(), body: await answer.body() };
    if (!seen.answers.has(route.request().url())) seen.answers.set(route.request().url(), kept);
    await route.fulfill({ response: answer }).catch(() => undefined); // `replayed` may have come in between.
  });
}

/** A node that stands still: it answers as it did, and is silent where it was not asked. */
async function replayed(page, { answers }) {
  await page.unroute("**/v1/**");
  await page.route("**/v1/**", (route) => {
    const kept = answers.get(route.request().url());
    return kept ? route.fulfill(kept) : route.abort();
  });
}

const FILM = { width: 640, height: 480 };

/** One picture of an element, in the middle, as a film of grey (YUV4MPEG2, as Chromium takes it for a camera). */
async function filmed(page, { of, file }) {
  const picture = (await page.locator(of).screenshot()).toString("base64");
  const blank = await browser.newPage();
  const grey = await blank.evaluate(
    async ([data, { width, height }]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const context = new OffscreenCanvas(width, height).getContext("2d");
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      const side = Math.min(width, height);
      context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side);
      return [...context.getImageData(0, 0, width, height).data.filter((_, at) => at % 4 === 0)];
    },
    [picture, FILM],
  );
  await blank.close();
  const head = `YUV4MPEG2 W${FILM.width} H${FILM.height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`;
  const colours = Buffer.alloc((FILM.width * FILM.height) / 2, 128);
  writeFileSync(file, Buffer.concat([Buffer.from(head), Buffer.from(grey), colours]));
}

/** The page on paper as a PDF; with pictures also as it is drawn there, A4 at 96 dots an inch. */
async function printed(page, file) {
  await page.pdf({ path: file, format: "A4" });
  if (!plan.pictures) return;
  const size = page.viewportSize();
  await page.setViewportSize({ width: 794, height: 1_123 });
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: `${plan.pictures}/printed.png`, fullPage: true });
  await page.emulateMedia({ media: null });
  await page.setViewportSize(size);
}

/** One step of a reader; the words of a phrase are kept as one keeps them on paper. */
async function taken(page, step, seen) {
  const {
    fill,
    text,
    click,
    choose,
    file,
    go,
    wait,
    words,
    answer,
    spoil,
    record,
    replay,
    run,
    forward,
    save,
    card,
    open,
    film,
    pick,
  } = step;
  const part = card ? page.locator("section", { has: page.getByRole("heading", { name: card }) }) : page;
  if (fill) await part.getByLabel(fill, { exact: true }).first().fill(text);
  if (pick) await part.getByRole("combobox", { name: pick, exact: true }).selectOption(step.option);
  if (choose) await part.getByLabel(choose).first().setInputFiles(file);
  const saving = save ? page.waitForEvent("download", { timeout: DEADLINE_MS }) : null;
  if (click) await part.getByRole("button", { name: click, exact: true }).first().click();
  if (open) await part.getByText(open, { exact: true }).first().click();
  if (saving) await (await saving).saveAs(save);
  if (spoil) await spoiled(page, spoil);
  if (record) await recorded(page, seen);
  if (run) execFileSync(run[0], run.slice(1), { env: { ...process.env, ...step.environment } });
  if (replay) await replayed(page, seen);
  if (step.lie) await lied(page, step.lie);
  if (forward) await page.clock.fastForward(forward);
  if (go) await page.evaluate((place) => location.assign(`#/${place}`), go);
  if (words) seen.words = await page.locator(words).allInnerTexts();
  if (answer) {
    for (const field of await page.getByLabel(answer).all()) {
      const label = await field.evaluate((element) => element.labels[0].textContent);
      await field.fill(seen.words[Number(label.replace(/\D/g, "")) - 1]);
    }
  }
  if (wait) await page.waitForSelector(wait, { timeout: DEADLINE_MS });
  if (film) await filmed(page, film);
  if (step.print) await printed(page, step.print);
}

/** Names of the answers in the browser's store that are about an account. */
function storedAnswers() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("nodechain", 1);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const names = opening.result.transaction("answers").objectStore("answers").getAllKeys();
      names.onerror = () => reject(names.error);
      names.onsuccess = () => resolve(names.result.filter((name) => name.includes("nrg1")));
    };
  });
}

async function look(visit) {
  const seen = { name: visit.name, errors: [], outside: [], logins: 0 };
  const own = visit.camera ? await launched(plan, visit.camera) : null;
  const { context, page } = await prepared(own ?? browser, plan, visit, seen);
  page.on("request", (request) => {
    if (request.method() === "POST" && new URL(request.url()).pathname === "/v1/login") seen.logins += 1;
  });
  await page.goto(`${plan.base}/#/${visit.hash}`);
  await settled(page);
  if (visit.mark) await checked(page, visit.mark);
  for (const step of visit.steps ?? []) await taken(page, step, seen);
  await settled(page);
  if (visit.reopen) {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(async () => (await caches.keys()).length > 0, null, { timeout: DEADLINE_MS });
    await page.reload();
    await settled(page);
    await checked(page, visit.mark);
    await context.setOffline(true);
    await page.reload();
    await settled(page);
    await page.waitForSelector(".stripe", { timeout: DEADLINE_MS });
  }
  if (visit.silent) {
    await context.setOffline(true);
    await page.waitForSelector(".stripe", { timeout: DEADLINE_MS });
  }
  await unfolded(page);
  seen.title = await page.title();
  seen.says = await page.locator("h1").innerText();
  seen.marks = await page.locator(".mark").allInnerTexts();
  seen.text = await page.locator("body").innerText();
  seen.stored = await page.evaluate(storedAnswers);
  seen.focus = await page.evaluate(() => document.activeElement?.textContent ?? "");
  Object.assign(seen, await measured(page));
  if (visit.narrow) {
    await page.setViewportSize({ width: visit.narrow, height: TALL });
    seen.narrow = await measured(page, false);
    await page.setViewportSize({ width: visit.width ?? WIDE, height: TALL });
  }
  if (plan.pictures && visit.picture) {
    for (const each of visit.unfold ? [] : await page.$$("details"))
      await each.evaluate((element) => element.removeAttribute("open"));
    await page.screenshot({ path: `${plan.pictures}/${visit.name}.png` });
  }
  await context.close();
  await own?.close();
  delete seen.answers;
  return seen;
}

const found = [];
for (const visit of plan.visits) found.push(await look(visit));
await browser.close();
console.log(JSON.stringify(found));
