// `node test/passkey.mjs PLAN`: unlocks a key by passkeys of devices that Chromium plays, and tells what it saw, as JSON.
//
// A plan is {base, file, password}. Each device is one visit: it derives secrets or not, confirms or not.

import { readFileSync } from "node:fs";
import { DEADLINE_MS, launched, measured, prepared, settled } from "./page.mjs";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const browser = await launched(plan);

/** A device with a sensor of its own, which its owner touches or does not. */
async function device(context, page, options) {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  return {
    confirms: (isUserVerified) =>
      session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    forgets: () => session.send("WebAuthn.clearCredentials", { authenticatorId }),
  };
}

const button = (page, name) => page.getByRole("button", { name, exact: true }).first();

async function opened(seen, options) {
  const { context, page } = await prepared(browser, plan, { width: plan.width, language: "en" }, seen);
  const owned = await device(context, page, options);
  await page.goto(`${plan.base}/#/account`);
  await settled(page);
  await button(page, "From a file").click();
  await page.getByLabel("Key file").first().setInputFiles(plan.file);
  await byPassword(page);
  return { context, page, owned };
}

async function byPassword(page) {
  await page.getByLabel("Password", { exact: true }).first().fill(plan.password);
  await button(page, "Unlock").click();
  await page.waitForSelector("text=Unlocked: nrg1", { timeout: DEADLINE_MS });
}

async function adding(page, password) {
  if (!(await page.getByLabel("Password", { exact: true }).count()))
    await button(page, "Add a passkey").click();
  await page.getByLabel("Password", { exact: true }).first().fill(password);
  await button(page, "Add a passkey").click();
}

const says = (page, text) => page.waitForSelector(`text=${text}`, { timeout: DEADLINE_MS });

const look = async (page) => ({
  ...(await measured(page)),
  text: await page.locator("main").innerText(),
});

/** What this browser keeps of passkeys, as text. */
const kept = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("nodechain", 1);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const found = opening.result.transaction("keys").objectStore("keys").get("passkeys");
          found.onerror = () => reject(found.error);
          found.onsuccess = () =>
            resolve(
              (found.result ?? []).map((each) => ({
                names: Object.keys(each).sort(),
                sealed: new TextDecoder("latin1").decode(each.sealed),
              })),
            );
        };
      }),
  );

/** A device that derives: added with the password, asked at once, after the page was opened anew, and in vain. */
async function deriving(seen) {
  const { context, page, owned } = await opened(seen, { hasPrf: true });
  await adding(page, `${plan.password}?`);
  await says(page, "The password does not open this key");
  seen.wrong = await look(page);
  await adding(page, plan.password);
  await says(page, "A passkey of this device unlocks it, too.");
  seen.has = await look(page);
  seen.kept = await kept(page);
  await button(page, "Lock").click();
  await button(page, "Unlock by passkey").click();
  await says(page, "Unlocked: nrg1");
  await page.reload();
  await settled(page);
  seen.locked = await look(page);
  await button(page, "Unlock by passkey").click();
  await says(page, "Unlocked: nrg1");
  const send = page.getByRole("region", { name: "Send", exact: true });
  await send.getByLabel("To (address)").fill(plan.to);
  await send.getByLabel("How much").fill("3");
  await send.getByRole("button", { name: "Sign and send" }).click();
  await page.waitForSelector(".notice.good >> text=Done.", { timeout: DEADLINE_MS });
  await button(page, "Lock").click();
  await owned.confirms(false);
  await button(page, "Unlock by passkey").click();
  await says(page, "The device did not confirm");
  seen.refused = await look(page);
  await byPassword(page);
  await button(page, "remove the passkey").click();
  await button(page, "Add a passkey").waitFor({ timeout: DEADLINE_MS });
  seen.left = await kept(page);
  await context.close();
}

/** A device whose passkey was removed in its own settings. */
async function forgetting(seen) {
  const { context, page, owned } = await opened(seen, { hasPrf: true });
  await adding(page, plan.password);
  await says(page, "A passkey of this device unlocks it, too.");
  await button(page, "Lock").click();
  await owned.forgets();
  await button(page, "Unlock by passkey").click();
  await says(page, "The device did not confirm");
  await byPassword(page);
  await button(page, "Lock").click();
  await button(page, "remove from this browser").click();
  await says(page, "Looking needs no key.");
  seen.left = await kept(page);
  await context.close();
}

/** A device whose passkeys derive nothing. */
async function plain(seen) {
  const { context, page } = await opened(seen, { hasPrf: false });
  await adding(page, plan.password);
  await says(page, "they derive no secret");
  seen.without = await look(page);
  seen.kept = await kept(page);
  await context.close();
}

/** Under an address in place of a name browsers have no passkeys: nothing is offered. */
async function addressed(seen) {
  const at = { ...plan, base: plan.address };
  const { context, page } = await prepared(browser, at, { language: "en" }, seen);
  await page.goto(`${plan.address}/#/account`);
  await settled(page);
  await button(page, "From a file").click();
  await page.getByLabel("Key file").first().setInputFiles(plan.file);
  await byPassword(page);
  seen.offered = await button(page, "Add a passkey").count();
  await context.close();
}

const found = {};
for (const visit of [deriving, forgetting, plain, addressed]) {
  const seen = { errors: [], outside: [] };
  await visit(seen);
  found[visit.name] = seen;
}
await browser.close();
console.log(JSON.stringify(found));
