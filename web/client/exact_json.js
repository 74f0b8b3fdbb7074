// JSON without rounding: `base` (exact base units) is always BigInt, and so is another integer that a double cannot hold.

const NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = "\u0000";

/** @param {string} text */
export function parseExact(text) {
  const marked = text.replace(NUMBERS, (token) =>
    token[0] === '"' || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token)) ? token : `"\\u0000${token}"`);
  return JSON.parse(marked, (key, value) => {
    if (typeof value === "string" && value[0] === MARK && /^.-?\d+$/s.test(value)) return BigInt(value.slice(1));
    return key === "base" && Number.isSafeInteger(value) ? BigInt(value) : value;
  });
}
