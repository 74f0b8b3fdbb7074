// Text is readable, and what lies side by side can be told apart, by day and by night.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const styles = readFileSync(new URL("../src/styles.css", import.meta.url), "utf8");
const blocks = [...styles.matchAll(/:root\s*{([^}]*)}/g)].map((found) => found[1] ?? "");

const tokensOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour]),
  );

function light(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("in the %s", (_name, place) => {
  const tokens = tokensOf(blocks[place] ?? "");
  const ratio = (one: string, other: string) => contrast(tokens[one] ?? "", tokens[other] ?? "");

  test.each([
    ["ink", "paper"],
    ["ink", "card"],
    ["quiet", "paper"],
    ["quiet", "card"],
    ["act", "paper"],
    ["act", "card"],
    ["on-act", "act"],
    ["warn", "card"],
    ["warn", "paper"],
    ["ok", "ok-back"],
    ["ink", "ok-back"],
    ["ink", "ask"],
    ["ink", "bid"],
    ["card", "ink"],
  ])("%s on %s is read", (text, back) => expect(ratio(text, back)).toBeGreaterThanOrEqual(4.5));

  test.each([
    ["field-edge", "paper"],
    ["field-edge", "card"],
    ["near", "card"],
    ["grid", "card"],
    ["sold-edge", "card"],
    ["warn", "card"],
  ])("%s is seen on %s", (shape, back) => expect(ratio(shape, back)).toBeGreaterThanOrEqual(3));
});
