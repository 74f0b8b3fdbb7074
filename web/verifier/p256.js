// ECDSA on P-256 with SHA-256: compressed points of 33 bytes, signatures r || s with low s (rule E4).

import { bigEndian, concat, fromHex } from "./bytes.js";

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * @param {bigint} base
 * @param {bigint} exponent
 */
function power(base, exponent) {
  let result = 1n;
  for (let square = base % P; exponent > 0n; exponent >>= 1n, square = (square * square) % P) {
    if (exponent & 1n) result = (result * square) % P;
  }
  return result;
}

/** @param {Uint8Array} key */
function uncompressed(key) {
  const x = bigEndian(key.subarray(1));
  if (key.length !== 33 || (key[0] !== 2 && key[0] !== 3) || x >= P) return null;
  const right = (((x * x + P - 3n) % P) * x + B) % P;
  const root = power(right, (P + 1n) / 4n);
  if ((root * root) % P !== right) return null;
  const y = (root & 1n) === BigInt(key[0] & 1) ? root : P - root;
  return concat(Uint8Array.of(4), key.subarray(1), fromHex(y.toString(16).padStart(64, "0")));
}

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export async function verifyP256(key, message, signature) {
  const point = uncompressed(key);
  if (point === null || signature.length !== 64 || bigEndian(signature.subarray(32)) > ORDER / 2n) return false;
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, concat(signature), concat(message));
}
