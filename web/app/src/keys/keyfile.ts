// Key files of the command line's form (EIP-2335 in shape): one secret under a password. Written with PBKDF2, which
// every browser has; scrypt is read, its code only loaded for it. What makes opening dear is bounded before the work.

import { fromHex, toHex } from "../../../verifier/index.js";

const VERSION = 4;
const ROUNDS = 600_000;
const MOST_ROUNDS = 2 ** 21;
const MOST_SCRYPT_WORK = 2 ** 21;
const KEY_BYTES = 32;
const MOST_BYTES = 16_384;

type Kdf =
  | { function: "pbkdf2"; params: { dklen: 32; c: number; prf: "hmac-sha256"; salt: string }; message: "" }
  | { function: "scrypt"; params: { dklen: 32; n: number; p: number; r: number; salt: string }; message: "" };

export type Keyfile = {
  name: string;
  kind: string;
  pubkey: string;
  path: string;
  uuid: string;
  version: 4;
  crypto: {
    kdf: Kdf;
    checksum: { function: "sha256"; params: Record<string, never>; message: string };
    cipher: { function: "aes-128-ctr"; params: { iv: string }; message: string };
  };
};

export type KeyfileFault = "no_keyfile" | "wrong_password" | "not_an_account" | "changed";

export class KeyfileError extends Error {
  constructor(readonly code: KeyfileFault) {
    super(code);
    this.name = "KeyfileError";
  }
}

/** NFKD without control characters, as UTF-8 (EIP-2335). */
const passwordBytes = (password: string): Uint8Array =>
  new TextEncoder().encode(password.normalize("NFKD").replace(/[\p{Cc}]/gu, ""));

async function derived(kdf: Kdf, password: string): Promise<Uint8Array> {
  const secret = passwordBytes(password);
  const salt = fromHex(kdf.params.salt);
  if (kdf.function === "pbkdf2") {
    if (!(kdf.params.c >= 1 && kdf.params.c <= MOST_ROUNDS)) throw new KeyfileError("no_keyfile");
    const key = await crypto.subtle.importKey("raw", secret as BufferSource, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: salt as BufferSource, iterations: kdf.params.c };
    return new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * KEY_BYTES));
  }
  const { n, r, p } = kdf.params;
  if (!(n >= 2 && r >= 1 && p >= 1 && n * r * p <= MOST_SCRYPT_WORK)) throw new KeyfileError("no_keyfile");
  const { scryptAsync } = await import("@noble/hashes/scrypt.js");
  return scryptAsync(secret, salt, { N: n, r, p, dkLen: KEY_BYTES });
}

async function counted(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
  const half = await crypto.subtle.importKey("raw", key.slice(0, 16) as BufferSource, "AES-CTR", false, [
    "encrypt",
  ]);
  const how = { name: "AES-CTR", counter: iv as BufferSource, length: 128 };
  return new Uint8Array(await crypto.subtle.encrypt(how, half, data as BufferSource));
}

async function checksum(key: Uint8Array, message: Uint8Array): Promise<string> {
  const joined = Uint8Array.from([...key.slice(16), ...message]);
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", joined)));
}

/** What a file says of itself. Raises `KeyfileError`. */
export function readKeyfile(text: string): Keyfile {
  try {
    if (text.length > MOST_BYTES) throw new KeyfileError("no_keyfile");
    const file = JSON.parse(text) as Keyfile;
    const { kdf, cipher } = file.crypto;
    const known = kdf.function === "pbkdf2" || kdf.function === "scrypt";
    if (file.version !== VERSION || !known || cipher.function !== "aes-128-ctr")
      throw new KeyfileError("no_keyfile");
    if (file.kind !== "account" || !/^01[0-9a-f]{64}$/.test(file.pubkey))
      throw new KeyfileError("not_an_account");
    return file;
  } catch (error) {
    throw error instanceof KeyfileError ? error : new KeyfileError("no_keyfile");
  }
}

/** The secret of a file. Raises `KeyfileError`. */
export async function openKeyfile(file: Keyfile, password: string): Promise<Uint8Array> {
  const { kdf, cipher, checksum: expected } = file.crypto;
  const key = await derived(kdf, password);
  const message = fromHex(cipher.message);
  if ((await checksum(key, message)) !== expected.message) throw new KeyfileError("wrong_password");
  return counted(key, fromHex(cipher.params.iv), message);
}

type Sealed = { name: string; path: string; publicKey: Uint8Array };

/** A secret under a password; salt, counter and name of the file are fresh. */
export async function sealKeyfile(
  secret: Uint8Array,
  password: string,
  { name, path, publicKey }: Sealed,
): Promise<Keyfile> {
  const random = (bytes: number) => toHex(crypto.getRandomValues(new Uint8Array(bytes)));
  const kdf: Kdf = {
    function: "pbkdf2",
    params: { dklen: 32, c: ROUNDS, prf: "hmac-sha256", salt: random(32) },
    message: "",
  };
  const key = await derived(kdf, password);
  const iv = random(16);
  const message = await counted(key, fromHex(iv), secret);
  return {
    name,
    kind: "account",
    pubkey: toHex(publicKey),
    path,
    uuid: crypto.randomUUID(),
    version: VERSION,
    crypto: {
      kdf,
      checksum: { function: "sha256", params: {}, message: await checksum(key, message) },
      cipher: { function: "aes-128-ctr", params: { iv }, message: toHex(message) },
    },
  };
}
