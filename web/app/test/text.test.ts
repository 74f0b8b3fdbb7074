import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { addressBytes } from "../src/data/codec";
import { targetOf } from "../src/data/search";
import { placeOf } from "../src/router";
import { energy, energyText, exactKwh, interval, price, short } from "../src/text/format";
import { fill, LANGUAGES, preferred } from "../src/text/messages";
import { PARTS } from "../src/text/word_parts";
import { stepOf } from "../src/ui/chart_frame";

const FOLDER = new URL("../src/messages/", import.meta.url);
const read = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
/** A language's words, those of its parts among them. */
const messagesOf = (name: string): Record<string, string> =>
  Object.assign(read(name), ...Object.keys(PARTS).map((part) => read(`${part}/${part}.${name}`)));
const english = messagesOf("en");
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((each) => each[1]).sort();
const stems = (messages: Record<string, string>) =>
  [...new Set(Object.keys(messages).map((key) => key.split("#")[0]))].sort();

describe("messages", () => {
  test("there is a file for each language, and no other", () => {
    const files = (part: string) => Object.keys(LANGUAGES).map((name) => `${part}${name}.json`);
    expect(readdirSync(FOLDER).sort()).toEqual([...files(""), ...Object.keys(PARTS)].sort());
    for (const part of Object.keys(PARTS))
      expect(readdirSync(new URL(part, FOLDER)).sort()).toEqual(files(`${part}.`).sort());
  });

  test.each(Object.keys(LANGUAGES))("%s has every message, with the same values in it", (name) => {
    const messages = messagesOf(name);
    expect(stems(messages)).toEqual(stems(english));
    for (const [key, text] of Object.entries(messages)) {
      expect(text.trim(), key).not.toBe("");
      const [stem, form] = key.split("#");
      const there = english[`${stem}#other`] ?? english[key] ?? "";
      const missing = names(there).filter(
        (each) => !names(text).includes(each) && !(form === "one" && each === "count"),
      );
      expect(missing, `${name}: ${key}`).toEqual([]);
      expect(
        names(text).filter((each) => !names(there).includes(each)),
        `${name}: ${key}`,
      ).toEqual([]);
    }
  });

  test.each(Object.keys(LANGUAGES))("%s has every plural form that it needs", (name) => {
    const messages = messagesOf(name);
    const needed = new Intl.PluralRules(name).resolvedOptions().pluralCategories;
    for (const stem of new Set(
      Object.keys(messages)
        .filter((key) => key.includes("#"))
        .map((key) => key.split("#")[0]),
    )) {
      const forms = Object.keys(messages).filter((key) => key.startsWith(`${stem}#`));
      expect(forms.map((key) => key.split("#")[1]).sort(), stem).toEqual(
        expect.arrayContaining(needed.filter((each) => each !== "many")),
      );
    }
  });

  test.each(Object.keys(LANGUAGES))("%s names the number in a form that is not of one alone", (name) => {
    const rules = new Intl.PluralRules(name);
    const ofMany = new Set([0, 2, 3, 5, 11, 21, 100].map((count) => rules.select(count)));
    for (const [key, text] of Object.entries(messagesOf(name))) {
      const [stem, form] = key.split("#");
      const counts = names(english[`${stem}#other`] ?? "").includes("count");
      if (form && counts && ofMany.has(form as Intl.LDMLPluralRule))
        expect(names(text), key).toContain("count");
    }
  });

  test.each(Object.keys(LANGUAGES))("%s is written in its own words", (name) => {
    const same = Object.entries(messagesOf(name)).filter(([key, text]) => text === english[key]);
    if (name !== "en") expect(same.length, same.map(([key]) => key).join()).toBeLessThan(35);
  });

  test("French has no space where a line may break before its punctuation", () => {
    for (const [key, text] of Object.entries(messagesOf("fr")))
      expect(text, key).not.toMatch(/ [:;?!»]|« |[^\s\u00a0\u202f][;?!»]/);
  });

  test.each(Object.keys(LANGUAGES))("what the %s hint of the search names is found", (name) => {
    const hint = messagesOf(name)["explorer.search.hint"] ?? "";
    const said = [...hint.matchAll(/["„«]\s*([^"“»]+?)\s*["“»]/g)].map(([, words]) => targetOf(words ?? ""));
    expect(said).toEqual([
      ["order", "12"],
      ["vote", "3"],
    ]);
  });

  test("words are found without their accents, too", () => {
    expect(["votacion 3", "ΨΗΦΟΦΟΡΙΑ 3", "bloque 12", "Transazione 12"].map(targetOf)).toEqual([
      ["vote", "3"],
      ["vote", "3"],
      ["block", "12"],
      ["transaction", "12"],
    ]);
  });

  test("every key that the source names is there", () => {
    const sources = readdirSync(new URL("../src/", import.meta.url), {
      recursive: true,
      encoding: "utf8",
    }).filter((name) => /\.tsx?$/.test(name));
    const known = new Set(stems(english));
    for (const name of sources) {
      const text = readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8");
      for (const [, key] of text.matchAll(/\bt\(\s*"([\w.]+)"/g))
        expect(known, `${name}: ${key}`).toContain(key);
    }
  });

  test("the plural form follows the language", () => {
    const messages = { "x#one": "one", "x#other": "{count} of them" };
    expect([fill(messages, "en", "x", { count: 1 }), fill(messages, "en", "x", { count: 3 })]).toEqual([
      "one",
      "3 of them",
    ]);
  });

  test("the reader's choice comes first, then the browser's", () => {
    expect([preferred("de", ["en"]), preferred(null, ["de-AT", "en"]), preferred("xx", ["zz"])]).toEqual([
      "de",
      "de",
      "en",
    ]);
  });
});

describe("numbers", () => {
  test("energy has three significant digits and the unit that fits", () => {
    expect([0, 84, 999, 1_000, 8_437, 37_199, 123_456, 2_500_000].map(energyText)).toEqual([
      "0\u00a0kWh",
      "84\u00a0Wh",
      "999\u00a0Wh",
      "1.00\u00a0kWh",
      "8.44\u00a0kWh",
      "37.2\u00a0kWh",
      "123\u00a0kWh",
      "2.50\u00a0MWh",
    ]);
    expect(energy(-3_061)).toEqual({ value: "-3.06", unit: "kWh" });
    expect(exactKwh(37_199)).toBe("37.199\u00a0kWh");
  });

  test("a price keeps all its digits, at least two", () => {
    expect(["0.1", "0.145", "12", "0.000000001"].map(price)).toEqual([
      "0.10",
      "0.145",
      "12.00",
      "0.000000001",
    ]);
  });

  test("a time is an interval", () => expect(interval(0, 900_000)).toBe("00:00–00:15"));
  test("an address is cut in the middle", () =>
    expect(short("nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx")).toBe("nrg1pt33…0lklx"));
  test("lines of a chart are round", () =>
    expect([3, 90, 250, 1_340].map(stepOf)).toEqual([1, 50, 100, 500]));
});

describe("addresses", () => {
  const known = "nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx";
  test("a good one gives its 20 bytes", () => expect(addressBytes(` ${known} `)).toHaveLength(20));
  test("one wrong letter is found, wherever it stands", () => {
    for (let at = 4; at < known.length; at++) {
      const other = known[at] === "q" ? "p" : "q";
      expect(addressBytes(known.slice(0, at) + other + known.slice(at + 1)), `at ${at}`).toBeNull();
    }
  });
  test("other texts are none", () => {
    for (const text of ["", "nrg1", "xyz1pt33", known.toUpperCase(), `${known}q`])
      expect(addressBytes(text)).toBeNull();
  });
});

test("the address of a screen is taken apart", () => {
  expect(placeOf("#/explorer/block/12")).toEqual({ name: "explorer", rest: ["block", "12"] });
  expect([placeOf(""), placeOf("#/x/%E0%A4%A")]).toEqual([
    { name: "today", rest: [] },
    { name: "x", rest: ["%E0%A4%A"] },
  ]);
});
