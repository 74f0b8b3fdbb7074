// A transaction on its way between the owners of an account: proposed here, signed by one after the other, sent when
// enough have. What passes between them is the command line's transaction file (`nodechain tx sign FILE` reads it).

import {
  addSignature,
  combine,
  finish,
  type Proposal,
  propose,
  readProposal,
  signatureStatus,
  writeProposal,
} from "@nodechain/client/multisig.js";
import { summary, summaryText, TEXTS } from "@nodechain/client/summary.js";
import { readEnvelope } from "@nodechain/client/transaction.js";
import { signal } from "@preact/signals";
import { toHex } from "../../../verifier/index.js";
import { get, post, type Schemas } from "../api/client";
import { watched } from "../data/account";
import { assetsAnswer } from "../data/assets";
import { messageTable } from "../text/messages";
import { anchored, WrongChain } from "../trust/trust";
import { senderKeyOf } from "./owners";
import { type Answer, Locked, WAIT_S } from "./send";
import type { Shared } from "./shared";
import { type Payload, payloadOf } from "./transactions";
import { unlocked } from "./vault";

export type { Proposal };

/** Owners may need days: what ends it before is another transaction of the account with the same number. */
const VALID_HEIGHTS = 100_000;

/** The proposal that is looked at; it is in memory only. */
export const proposal = signal<Proposal | null>(null);

/** Make a proposal, signed with the unlocked key. Raises `Locked`, `Refusal`, `Unreachable`, `WrongChain`. */
export async function proposed(of: Shared, payload: Payload): Promise<Proposal> {
  const key = unlocked.value;
  if (!key) throw new Locked();
  const { genesis } = await anchored();
  const account = await get<Schemas["AccountView"]>(`/v1/accounts/${of.address}`);
  const terms = {
    chainId: genesis.chainId,
    type: payload[0],
    senderKey: senderKeyOf(of),
    nonce: account.next_nonce,
    validUntilHeight: account.height + VALID_HEIGHTS,
    fee: 0n,
    payload: await payloadOf(payload),
  };
  return addSignature(propose(terms, genesis.hash), key);
}

/** A co-owner's text, with the signatures of the same proposal that are here. Raises `WrongChain`, the client's errors. */
export async function taken(text: string): Promise<Proposal> {
  const found = readProposal(text);
  const { genesis } = await anchored();
  const [known, shown] = [toHex(genesis.hash), toHex(found.genesisHash)];
  if (known !== shown) throw new WrongChain(genesis.chainId, known, found.chainId, shown);
  const here = proposal.value;
  const isSame = here !== null && toHex(here.envelope) === toHex(found.envelope);
  return isSame ? combine(here, found) : found;
}

export async function signedToo(found: Proposal): Promise<Proposal> {
  const key = unlocked.value;
  if (!key) throw new Locked();
  return addSignature(found, key);
}

export const textOf = (found: Proposal): string => writeProposal(found);

/** The same without what is there for people's eyes only. */
export const compactOf = (found: Proposal): string => JSON.stringify(JSON.parse(textOf(found)));

/** Send one that enough have signed. Raises `Refusal`, `Unreachable`. */
export const sendProposal = async (found: Proposal): Promise<Answer> =>
  post<Answer>("/v1/transactions", { wait: "decided", timeout: WAIT_S }, await finish(found));

/** `lines`: what it will do, in words; of each owner's key whether it has signed; `missing`: how many must sign yet. */
export type Told = {
  lines: readonly string[];
  isTranslated: boolean;
  owners: readonly { key: string; hasSigned: boolean }[];
  needed: number;
  missing: number;
};

async function known() {
  await anchored(); // whose assets are those that the node says
  const { assets, fee_asset } = await assetsAnswer();
  const numberOf = (name: string) => assets.find((each) => each.name === name)?.number ?? 0;
  const listed = await get<Schemas["Products"]>("/v1/market/products").catch(() => ({ products: [] }));
  return {
    assets: Object.fromEntries(assets.map(({ number, symbol, decimals }) => [number, { symbol, decimals }])),
    products: Object.fromEntries(
      listed.products.map(({ number, base, quote }) => [
        number,
        { base: numberOf(base), quote: numberOf(quote) },
      ]),
    ),
    feeAsset: numberOf(fee_asset),
    names: Object.fromEntries(watched.value.map(({ address, label }) => [address, label || address])),
  };
}

export async function told(found: Proposal): Promise<Told> {
  const made = summary(readEnvelope(found.envelope), await known());
  const { keys, needed, valid, missing } = await signatureStatus(found);
  const own = messageTable();
  const texts = Object.fromEntries(
    Object.entries(TEXTS).map(([key, text]) => [key, own[`summary.${key}`] ?? text]),
  );
  const used = [made.key, ...made.lines.map(({ key }) => key)];
  return {
    lines: summaryText(made, texts),
    isTranslated: used.every((key) => `summary.${key}` in own),
    owners: keys.map((key, place) => ({
      key: toHex(key),
      hasSigned: valid.some(({ index }) => index === BigInt(place)),
    })),
    needed,
    missing,
  };
}
