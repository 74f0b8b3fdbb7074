// Consents that are signed here and passed on as the command line's files: an owner's to a metering point (`nodechain point
// consent`), a taker's to a part of a share (`nodechain group consent`).

import type { Payloads, SenderKey } from "@nodechain/client/payloads.js";
import { decode, encode, fromHex, signingBytes, toHex } from "../../../verifier/index.js";
import { sha256 } from "../data/digest";
import { anchored, WrongChain } from "../trust/trust";
import { senderKeyOf } from "./owners";
import { Locked } from "./send";
import type { Shared } from "./shared";
import { unlocked } from "./vault";

const DOMAIN = "nodechain/register-point";
const LIMIT = 65_536;

export type RegisterPoint = Payloads["register_point"];
export type PointTerms = RegisterPoint["terms"];

export type ShareTransfer = Payloads["transfer_group_share"];
export type ShareTerms = ShareTransfer["terms"];

/** No file of a consent, or of another form. */
export class NoConsent extends Error {
  constructor() {
    super("no consent of this kind");
    this.name = "NoConsent";
  }
}

/** SHA-256 of salt and operator's id, which stays with owner and custodian. */
export async function idHash(salt: Uint8Array, id: string): Promise<Uint8Array> {
  const text = new TextEncoder().encode(id);
  const whole = new Uint8Array(salt.length + text.length);
  whole.set(salt);
  whole.set(text, salt.length);
  return sha256(whole);
}

const struct = () => import("@nodechain/client/struct.js");

type Consented = {
  /** What is signed, and what the file holds. */
  terms: "PointTerms" | "ShareTransferTerms";
  whole: "RegisterPoint" | "TransferGroupShare";
  domain: string;
  /** The name in the file, of the command line. */
  field: "point" | "transfer";
};

const POINT: Consented = { terms: "PointTerms", whole: "RegisterPoint", domain: DOMAIN, field: "point" };
const SHARE: Consented = {
  terms: "ShareTransferTerms",
  whole: "TransferGroupShare",
  domain: "nodechain/take-share",
  field: "transfer",
};

type SignedBy = { key: SenderKey; signatures: { index: number; signature: Uint8Array }[] };

/** The file of a consent; `made` puts terms and signature together. Raises `Locked`, ... */
async function fileOf<T>(
  kind: Consented,
  terms: T,
  shared: Shared | null,
  made: (signed: SignedBy) => object,
): Promise<string> {
  const own = unlocked.value;
  if (!own) throw new Locked();
  const { toArray } = await struct();
  const { genesis } = await anchored();
  const message = signingBytes(kind.domain, genesis.hash, encode(toArray(kind.terms, terms as never)));
  const key: SenderKey = shared ? senderKeyOf(shared) : own.publicKey;
  const index = shared ? shared.keys.indexOf(toHex(own.publicKey)) : 0;
  const whole = made({ key, signatures: [{ index, signature: await own.sign(message) }] });
  const bytes = encode(toArray(kind.whole, whole as never));
  return `${JSON.stringify({ genesis_hash: toHex(genesis.hash), [kind.field]: toHex(bytes) }, null, 2)}\n`;
}

/** What a file holds. Raises `NoConsent`, `WrongChain`. */
async function readFile<T>(kind: Consented, text: string): Promise<T> {
  const { fromArray } = await struct();
  const { genesis } = await anchored();
  let shown = "";
  let found: T;
  try {
    const file = JSON.parse(text) as Record<string, string>;
    shown = file.genesis_hash ?? "";
    found = fromArray(kind.whole, decode(fromHex(file[kind.field] ?? ""), LIMIT)) as unknown as T;
  } catch {
    throw new NoConsent();
  }
  const known = toHex(genesis.hash);
  if (known !== shown) throw new WrongChain(genesis.chainId, known, "", shown);
  return found;
}

/** The file with the unlocked key's signature, of its own account or one of several owners. Raises `Locked`, ... */
export const consented = (terms: PointTerms, shared: Shared | null): Promise<string> =>
  fileOf(POINT, terms, shared, ({ key, signatures }) => ({
    terms,
    owner_key: key,
    owner_signatures: signatures,
  }));

/** What a file agrees to. Raises `NoConsent`, `WrongChain`. */
export const readConsent = (text: string): Promise<RegisterPoint> => readFile(POINT, text);

/** The file by which somebody takes a part of a share; who gives it sends it. Raises `Locked`, ... */
export const shareConsented = (terms: ShareTerms, shared: Shared | null): Promise<string> =>
  fileOf(SHARE, terms, shared, ({ key, signatures }) => ({
    terms,
    recipient_key: key,
    recipient_signatures: signatures,
  }));

/** Which part of a share somebody takes. Raises `NoConsent`, `WrongChain`. */
export const readShareConsent = (text: string): Promise<ShareTransfer> => readFile(SHARE, text);

/** How many signatures of the owner's keys a consent lacks. */
export function missingOf({ owner_key, owner_signatures }: RegisterPoint): number {
  const needed = owner_key instanceof Uint8Array ? 1 : Number(owner_key.threshold);
  return Math.max(needed - owner_signatures.length, 0);
}
