// Memos: texts that one reader can open, beside what a transaction does (rules ME5 to ME7; ledger/memos/sealing.py).

import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equal, utf8 } from "../verifier/bytes.js";
import { encode } from "../verifier/msgpack.js";
import { addressBytes } from "./address.js";
import { ClientError, refuseUnless } from "./errors.js";
import { memoSecretOf, randomBytes } from "./keys.js";

/** @typedef {import("./payloads.js").AddressLike} Address */
/** @typedef {import("./payloads.js").SealedMemo} SealedMemo */
/**
 * @typedef {object} MemoKey
 * @property {Uint8Array} publicKey 32 bytes, as `set_memo_key` publishes it
 * @property {(publicKey: Uint8Array) => Uint8Array} agree the secret that this key and another one have in common
 */

/** Bytes of a text with its padding. */
export const MEMO_SIZES = Object.freeze([64, 256, 1024]);
const END = 0x80;

/**
 * The key for memos of an account, from the 32 bytes of its secret.
 * @param {Uint8Array} accountSecret
 * @returns {Promise<MemoKey>}
 */
export async function memoKey(accountSecret) {
  refuseUnless(accountSecret instanceof Uint8Array && accountSecret.length === 32, "bad_key", "a secret has 32 bytes");
  return memoKeyOf(await memoSecretOf(accountSecret));
}

/**
 * The key for memos from its own secret (`memoSecretOf`).
 * @param {Uint8Array} secret
 * @returns {MemoKey}
 */
export function memoKeyOf(secret) {
  return {
    publicKey: x25519.getPublicKey(secret),
    agree: (publicKey) => {
      try {
        return x25519.getSharedSecret(secret, publicKey);
      } catch {
        throw new ClientError("weak_memo_key", "the key is none that keeps a secret", "Ask the reader for another key");
      }
    },
  };
}

/**
 * A text filled up to the least size that holds it.
 * @param {string} text
 * @param {number} [longest] of the chain's
 */
export function padMemo(text, longest = 1024) {
  refuseUnless(text !== "" && !/\p{Surrogate}/u.test(text), "bad_memo", "a memo is a text");
  const data = utf8(text);
  const size = MEMO_SIZES.find((each) => data.length < each && each <= longest);
  if (size === undefined) throw new ClientError("memo_too_long", `the memo has ${data.length} bytes, at most ${longest - 1} fit`, "Shorten it");
  const filled = new Uint8Array(size);
  filled.set(data);
  filled[data.length] = END;
  return filled;
}

/**
 * What was filled up, and only in this one way.
 * @param {Uint8Array} data
 */
export function unpadMemo(data) {
  const end = data.lastIndexOf(END);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data.subarray(0, Math.max(end, 0)));
    if (equal(padMemo(text), data)) return text;
  } catch (error) {
    if (!(error instanceof ClientError || error instanceof TypeError)) throw error;
  }
  throw new ClientError("bad_memo", "the memo holds no text that was filled up as texts are");
}

/**
 * @typedef {object} Sealing
 * @property {Uint8Array} genesisHash
 * @property {Address} sender
 * @property {MemoKey} key the sender's, so that it can open the memo too
 * @property {Address} reader
 * @property {Uint8Array} readerKey as the reader published it
 * @property {number} [longest] of the chain's
 * @property {Uint8Array} [salt] 32 fresh random bytes
 */

/**
 * A text sealed for one reader.
 * @param {string} text
 * @param {Sealing} about
 * @returns {Promise<SealedMemo>}
 */
export async function sealMemo(text, { genesisHash, sender, key, reader, readerKey, longest, salt = randomBytes(32) }) {
  const filled = padMemo(text, longest);
  const memo = { reader, reader_key: readerKey, sender_key: key.publicKey, salt };
  const sealing = await sealingKey(key.agree(readerKey), memo, genesisHash, sender, "encrypt");
  return { ...memo, sealed: new Uint8Array(await globalThis.crypto.subtle.encrypt(GCM, sealing, concat(filled))) };
}

/**
 * The text of a memo that `sender` sent, by the key of its reader or of its sender.
 * @param {SealedMemo} memo
 * @param {{ genesisHash: Uint8Array, sender: Address, key: MemoKey }} about
 */
export async function openMemo(memo, { genesisHash, sender, key }) {
  const isReader = equal(key.publicKey, memo.reader_key);
  refuseUnless(isReader || equal(key.publicKey, memo.sender_key), "memo_not_yours", "the memo is sealed for another key");
  const sealing = await sealingKey(key.agree(isReader ? memo.sender_key : memo.reader_key), memo, genesisHash, sender, "decrypt");
  let filled;
  try {
    filled = await globalThis.crypto.subtle.decrypt(GCM, sealing, concat(memo.sealed));
  } catch {
    throw new ClientError("bad_memo", "the memo was changed, or sealed for another transaction");
  }
  return unpadMemo(new Uint8Array(filled));
}

/** Each key seals once: its salt is fresh. */
const GCM = Object.freeze({ name: "AES-GCM", iv: new Uint8Array(12) });

/**
 * @param {Uint8Array} agreed
 * @param {Omit<SealedMemo, "sealed">} memo
 * @param {Uint8Array} genesisHash
 * @param {Address} sender
 * @param {"encrypt" | "decrypt"} use
 */
function sealingKey(agreed, memo, genesisHash, sender, use) {
  const about = encode([utf8("nodechain/memo"), genesisHash, addressBytes(sender), addressBytes(memo.reader), memo.sender_key, memo.reader_key]);
  const raw = hkdf(sha256, agreed, memo.salt, about, 32);
  return globalThis.crypto.subtle.importKey("raw", concat(raw), "AES-GCM", false, [use]);
}
