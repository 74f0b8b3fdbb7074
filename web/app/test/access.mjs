// `node test/access.mjs PLAN`: uses the page in Chromium without a mouse, and looks at it as a screen reader does.
//
// A plan is {base, chromium, pictures, surveys, walks, states}, each of visits as `page.mjs` prepares them, and more:
//   surveys [{places: [[name, hash]], trees}]: from screen to screen; each is measured without axe, its tree told
//   walks   [{hash, steps, quick}]: with keys alone, `quick`: without axe at the end; a step is {to: [role, name], key, type, file, answer, words, wait}
//   states  [{hash, hang, broken, forbidden, insecure, wait}]: what is not as it should be; each is measured

import { readFileSync } from "node:fs";
import { checked, DEADLINE_MS, launched, measured, prepared, settled, unfolded } from "./page.mjs";

const MOST_TABS = 150;

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await launched(plan);

/** What has the focus: its role and name, whether it is seen to have it, and whether something lies over it. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const implied = {
      A: "link",
      BUTTON: "button",
      SELECT: "combobox",
      TEXTAREA: "textbox",
      SUMMARY: "summary",
      INPUT: "textbox",
    };
    const name =
      element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
    const top = document.elementFromPoint(
      x,
      Math.min(Math.max(box.y + Math.min(box.height, 40) / 2, 0), innerHeight - 1),
    );
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return {
      role: element.getAttribute("role") ?? implied[element.tagName] ?? element.tagName.toLowerCase(),
      name: name.trim().replace(/\s+/g, " "),
      ringed: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
      inside,
      uncovered: top !== null && (element.contains(top) || top.contains(element)),
    };
  });

/** On with Tab until the wanted one has the focus; every stop is looked at. */
async function reached(page, [role, name], seen) {
  const passed = [];
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (!at) continue; // The browser's own controls, between the end and the beginning.
    passed.push(`${at.role} ${at.name}`);
    if (!at.ringed) seen.unseen.push(`${at.role} ${at.name}`);
    if (!at.inside || !at.uncovered) seen.covered.push(`${at.role} ${at.name}`);
    if (at.role === role && at.name === name) return;
  }
  throw new Error(`${seen.name}: no ${role} "${name}" by Tab; passed ${passed.join(" | ")}`);
}

/** Through fields whose label begins so, one after the other: each asks for a word of the phrase. */
async function answered(page, label, seen) {
  let left = await page.getByLabel(label).count();
  while (left > 0) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (!at?.name.startsWith(label)) continue;
    await page.keyboard.type(seen.words[Number(at.name.replace(/\D/g, "")) - 1]);
    left -= 1;
  }
}

async function walked(page, { to, key, type, file, words, answer, wait }, seen) {
  if (words) seen.words = await page.locator(words).allInnerTexts();
  if (to) await reached(page, to, seen);
  if (answer) await answered(page, answer, seen);
  if (type) await page.keyboard.type(type);
  if (file) {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
    await chooser.setFiles(file);
  }
  if (key) await page.keyboard.press(key);
  if (wait) await page.waitForSelector(wait, { timeout: DEADLINE_MS });
  if ((key || file) && !(await focused(page))) seen.lost.push(JSON.stringify({ to, key, wait }));
}

async function walk(visit) {
  const seen = { name: visit.name, errors: [], outside: [], unseen: [], covered: [], lost: [] };
  const { context, page } = await prepared(browser, plan, visit, seen);
  page.on("filechooser", () => undefined); // From now on choosers are caught: to begin just before the key is too late.
  await page.goto(`${plan.base}/#/${visit.hash}`);
  await settled(page);
  for (const step of visit.steps) await walked(page, step, seen);
  await settled(page); // What a last step waited for may stand before the rest of the screen is told the same.
  seen.text = await page.locator("body").innerText();
  seen.live = await page.locator("[role=status], [aria-live=polite]").allInnerTexts();
  Object.assign(seen, await measured(page, !visit.quick));
  await context.close();
  return seen;
}

/** Nothing is under way any more: what stands on a mark is the outcome of its check. */
const concluded = (page) =>
  page.waitForFunction(
    () => ![...document.querySelectorAll(".mark")].some(({ textContent }) => textContent === "checking …"),
    null,
    { timeout: DEADLINE_MS },
  );

async function survey(visit) {
  const seen = { name: visit.name, errors: [], outside: [], screens: {} };
  const { context, page } = await prepared(browser, plan, visit, seen);
  await page.goto(`${plan.base}/#/account`);
  await settled(page);
  for (const [name, hash] of visit.places) {
    await page.evaluate((place) => location.assign(`#/${place}`), hash);
    await page.waitForFunction((place) => location.hash === `#/${place}`, hash);
    await settled(page);
    if (hash === "today" && visit.watched) await checked(page, "verified");
    if (plan.pictures && visit.picture)
      await page.screenshot({ path: `${plan.pictures}/${visit.name}-${name}.png`, fullPage: true });
    if (visit.trees) await concluded(page);
    const tree = visit.trees ? await page.locator("body").ariaSnapshot() : "";
    await unfolded(page);
    seen.screens[name] = {
      tree,
      lang: await page.evaluate(() => document.documentElement.lang),
      title: await page.title(),
      says: await page.locator("h1").innerText(),
      moving: await page.evaluate(() => document.getAnimations().length),
      ...(await measured(page, false)),
    };
  }
  await context.close();
  return seen;
}

const problem = (status, code) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ code, detail: "as a test wants it", advice: "look elsewhere", status }),
});

async function state(visit) {
  const seen = { name: visit.name, errors: [], outside: [] };
  const { context, page } = await prepared(browser, plan, visit, seen);
  if (visit.hang) await page.route(visit.hang, () => undefined);
  if (visit.broken) await page.route(visit.broken, (route) => route.abort());
  if (visit.forbidden) await page.route(visit.forbidden, (route) => route.fulfill(problem(403, "forbidden")));
  await page.goto(`${plan.base}/#/${visit.hash}`);
  await page.waitForSelector(visit.wait, { timeout: DEADLINE_MS });
  seen.text = await page.locator("body").innerText();
  seen.moving = await page.evaluate(() => document.getAnimations().length);
  Object.assign(seen, await measured(page));
  await context.close();
  return seen;
}

const found = { surveys: [], walks: [], states: [] };
for (const visit of plan.surveys ?? []) found.surveys.push(await survey(visit));
for (const visit of plan.walks ?? []) found.walks.push(await walk(visit));
for (const visit of plan.states ?? []) found.states.push(await state(visit));
await browser.close();
console.log(JSON.stringify(found));
