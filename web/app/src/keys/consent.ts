// An owner's consent to a metering point: signed here, passed on as the command line's file (`nodechain point consent`).

import type { Payloads, SenderKey } from "@nodechain/client/payloads.js";
import { decode, encode, fromHex, signingBytes, toHex } from "../../../verifier/index.js";
import { anchored, WrongChain } from "../trust/trust";
import { senderKeyOf } from "./owners";
import { Locked } from "./send";
import type { Shared } from "./shared";
import { unlocked } from "./vault";

const DOMAIN = "nodechain/register-point";
const LIMIT = 65_536;

export type RegisterPoint = Payloads["register_point"];
export type PointTerms = RegisterPoint["terms"];

/** No file of a consent, or of another form. */
export class NoConsent extends Error {
  constructor() {
    super("no consent to a metering point");
    this.name = "NoConsent";
  }
}

/** SHA-256 of salt and operator's id, which stays with owner and custodian. */
export async function idHash(salt: Uint8Array, id: string): Promise<Uint8Array> {
  const text = new TextEncoder().encode(id);
  const whole = new Uint8Array(salt.length + text.length);
  whole.set(salt);
  whole.set(text, salt.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

const struct = () => import("@nodechain/client/struct.js");

async function messageOf(terms: PointTerms, genesisHash: Uint8Array): Promise<Uint8Array> {
  const { toArray } = await struct();
  return signingBytes(DOMAIN, genesisHash, encode(toArray("PointTerms", terms as never)));
}

const written = async (genesisHash: Uint8Array, point: RegisterPoint): Promise<string> => {
  const { toArray } = await struct();
  const bytes = encode(toArray("RegisterPoint", point as never));
  return `${JSON.stringify({ genesis_hash: toHex(genesisHash), point: toHex(bytes) }, null, 2)}\n`;
};

/** The file with the unlocked key's signature, of its own account or one of several owners. Raises `Locked`, ... */
export async function consented(terms: PointTerms, shared: Shared | null): Promise<string> {
  const key = unlocked.value;
  if (!key) throw new Locked();
  const { genesis } = await anchored();
  const owner: SenderKey = shared ? senderKeyOf(shared) : key.publicKey;
  const index = shared ? shared.keys.indexOf(toHex(key.publicKey)) : 0;
  const signature = await key.sign(await messageOf(terms, genesis.hash));
  const point = { terms, owner_key: owner, owner_signatures: [{ index, signature }] };
  return written(genesis.hash, point);
}

/** What a file agrees to. Raises `NoConsent`, `WrongChain`. */
export async function readConsent(text: string): Promise<RegisterPoint> {
  const { fromArray } = await struct();
  const { genesis } = await anchored();
  let shown = "";
  let point: RegisterPoint;
  try {
    const found = JSON.parse(text) as { genesis_hash: string; point: string };
    shown = found.genesis_hash;
    point = fromArray("RegisterPoint", decode(fromHex(found.point), LIMIT)) as unknown as RegisterPoint;
  } catch {
    throw new NoConsent();
  }
  const known = toHex(genesis.hash);
  if (known !== shown) throw new WrongChain(genesis.chainId, known, "", shown);
  return point;
}

/** How many signatures of the owner's keys a consent lacks. */
export function missingOf({ owner_key, owner_signatures }: RegisterPoint): number {
  const needed = owner_key instanceof Uint8Array ? 1 : Number(owner_key.threshold);
  return Math.max(needed - owner_signatures.length, 0);
}
