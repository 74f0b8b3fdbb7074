import { encodeQR } from "qr";
import { decodeQR } from "qr/decode.js";
import { describe, expect, test } from "vitest";
import { MOST_BYTES, pathOf, scaleOf } from "../src/ui/qr";
import { addressIn } from "../src/ui/scan";

/** A code's modules as a picture, some pixels each. */
function pictureOf(rows: readonly (readonly boolean[])[], scale: number) {
  const side = rows.length * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let at = 0; at < side * side; at++) {
    const dark = rows[Math.floor(at / side / scale)]?.[Math.floor((at % side) / scale)];
    if (dark) data.fill(0, at * 4, at * 4 + 3);
  }
  return { width: side, height: side, data };
}

describe("QR codes", () => {
  test("the longest text that is shown makes a code of 117 modules, one more byte a larger one", () => {
    const border = 4;
    const sideOf = (bytes: number) =>
      encodeQR("j".repeat(bytes), "raw", { ecc: "low", border }).length - 2 * border;
    expect([sideOf(MOST_BYTES), sideOf(MOST_BYTES + 1)]).toEqual([117, 121]);
  });

  test.each([42, 700, MOST_BYTES])("what is made of %s bytes is read again", (bytes) => {
    const text = `{"genesis_hash":"${"0f".repeat(MOST_BYTES)}`.slice(0, bytes);
    const rows = encodeQR(text, "raw", { ecc: "low", border: 4 });
    expect(decodeQR(pictureOf(rows, 4))).toBe(text);
  });

  test("the largest code has two pixels a module on a phone of 320, any has whole ones", () => {
    expect([scaleOf(125, 320), scaleOf(125, 1_240), scaleOf(37, 390), scaleOf(37, 1_240)]).toEqual([
      2, 3, 8, 11,
    ]);
  });

  test("every dark module is one square of the path", () => {
    expect(
      pathOf([
        [true, false],
        [false, true],
      ]),
    ).toBe("M0 0h1v1h-1zM1 1h1v1h-1z");
  });
});

test("an address is found alone and at the end of a link, and nothing else is", () => {
  const known = "nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx";
  expect([known, ` ${known}\n`, `https://node.example/#/votes/admit/${known}`].map(addressIn)).toEqual([
    known,
    known,
    known,
  ]);
  expect(["", "nrg1", `${known}q`, `${known} and more`, '{"chain_id":"dev"}'].map(addressIn)).toEqual(
    Array(5).fill(""),
  );
});
