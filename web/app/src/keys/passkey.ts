// A passkey that opens a key: the secret that the device derives for it (the PRF extension of WebAuthn) seals the key
// file's password in this browser. The file stays as it is, and its password opens it always. No node learns of it, and
// nobody checks what the passkey signs.

import { signal } from "@preact/signals";
import { load, save } from "../data/database";
import { type Keyfile, openKeyfile } from "./keyfile";

const PLACE = "passkeys";
const PURPOSE = new TextEncoder().encode("nodechain passkey v1");
const WAIT_MS = 120_000;
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
/** Ed25519, ECDSA with P-256, RSA: whichever the device has. What it signs is not used. */
const ALGORITHMS = [-8, -7, -257];
/** Passkeys belong to a name: browsers give none to a bare address. */
const IS_ADDRESS = /^\[|^[\d.]+$/;

/** The sealed password of the file with this `pubkey`; `salt` is what the device's function is asked for. */
export type Passkey = {
  pubkey: string;
  id: Uint8Array<ArrayBuffer>;
  salt: Uint8Array<ArrayBuffer>;
  nonce: Uint8Array<ArrayBuffer>;
  sealed: Uint8Array<ArrayBuffer>;
};

export type PasskeyFault = "passkey_refused" | "passkey_no_prf" | "passkey_changed";

export class PasskeyError extends Error {
  constructor(readonly code: PasskeyFault) {
    super(code);
    this.name = "PasskeyError";
  }
}

export const passkeys = signal<readonly Passkey[]>([]);
/** Whether this browser, under this name, may have passkeys that derive a secret; a device may still have none. */
export const offered = signal(false);

const random = (bytes: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(bytes));

export async function loadPasskeys(): Promise<void> {
  passkeys.value = (await load<Passkey[]>("keys", PLACE).catch(() => undefined)) ?? [];
  if (typeof PublicKeyCredential === "undefined" || IS_ADDRESS.test(location.hostname)) return;
  const abilities = await PublicKeyCredential.getClientCapabilities?.().catch(() => undefined);
  offered.value = abilities?.["extension:prf"] !== false;
}

export const passkeyOf = (file: Keyfile): Passkey | undefined =>
  passkeys.value.find(({ pubkey }) => pubkey === file.pubkey);

async function keep(file: Keyfile, passkey?: Passkey): Promise<void> {
  const others = passkeys.value.filter(({ pubkey }) => pubkey !== file.pubkey);
  passkeys.value = passkey ? [passkey, ...others] : others;
  await save("keys", PLACE, passkeys.value);
}

/** Forget the sealed password; the device keeps a passkey that opens nothing any more. */
export const removePasskey = (file: Keyfile): Promise<void> => keep(file);

/** What the device answers. Raises `PasskeyError` where nobody confirmed, or it took too long. */
async function answered(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const found = await asked.catch(() => null);
  if (!(found instanceof PublicKeyCredential)) throw new PasskeyError("passkey_refused");
  return found;
}

/** The device's secret for a salt. Raises `PasskeyError`. */
async function derived(id: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>): Promise<BufferSource> {
  const found = await answered(
    navigator.credentials.get({
      publicKey: {
        challenge: random(SECRET_BYTES),
        allowCredentials: [{ type: "public-key", id }],
        userVerification: "required",
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const secret = found.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw new PasskeyError("passkey_no_prf");
  return secret;
}

async function made(
  name: string,
  salt: Uint8Array<ArrayBuffer>,
): Promise<[Uint8Array<ArrayBuffer>, BufferSource]> {
  const found = await answered(
    navigator.credentials.create({
      publicKey: {
        challenge: random(SECRET_BYTES),
        rp: { name: "nodechain" },
        user: { id: random(16), name, displayName: name },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const { prf } = found.getClientExtensionResults();
  if (!prf?.enabled) throw new PasskeyError("passkey_no_prf");
  const id = new Uint8Array(found.rawId);
  // Some devices derive at once, others only when they are asked.
  return [id, prf.results?.first ?? (await derived(id, salt))];
}

async function sealing(secret: BufferSource): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: PURPOSE };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** How a password is sealed: bound to its key file. */
const about = (file: Keyfile, nonce: Uint8Array<ArrayBuffer>): AesGcmParams => ({
  name: "AES-GCM",
  iv: nonce,
  additionalData: new TextEncoder().encode(file.pubkey),
});

/** Make a passkey that opens a file from now on. Raises `KeyfileError` where the password does not, `PasskeyError`. */
export async function addPasskey(file: Keyfile, password: string): Promise<void> {
  await openKeyfile(file, password);
  const [salt, nonce] = [random(SECRET_BYTES), random(NONCE_BYTES)];
  const [id, secret] = await made(file.name || file.pubkey.slice(0, 8), salt);
  const text = new TextEncoder().encode(password);
  const sealed = await crypto.subtle.encrypt(about(file, nonce), await sealing(secret), text);
  await keep(file, { pubkey: file.pubkey, id, salt, nonce, sealed: new Uint8Array(sealed) });
}

/** The file's password, by its passkey. Raises `PasskeyError`. */
export async function passwordBy(passkey: Passkey, file: Keyfile): Promise<string> {
  const key = await sealing(await derived(passkey.id, passkey.salt));
  try {
    return new TextDecoder().decode(
      await crypto.subtle.decrypt(about(file, passkey.nonce), key, passkey.sealed),
    );
  } catch {
    throw new PasskeyError("passkey_changed");
  }
}
