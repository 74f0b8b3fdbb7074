// Memos: sealed for a reader whose key is proven, opened with the key that is unlocked. What a memo says is kept nowhere.

import { openMemo, sealMemo } from "@nodechain/client/memo.js";
import type { Payloads } from "@nodechain/client/payloads.js";
import { TYPES } from "@nodechain/client/payloads.js";
import { encodePayload } from "@nodechain/client/transaction.js";
import { decode, fromHex, toHex } from "../../../verifier/index.js";
import { get, type LedgerEvent, type Schemas } from "../api/client";
import { addressBytes } from "../data/codec";
import { proven } from "../trust/proven";
import { tableKey } from "../trust/state_keys";
import { anchored } from "../trust/trust";
import type { Keypair } from "./keypair";
import type { MemoText, Payload } from "./transactions";

const ENTRY_LIMIT = 256;

export type Reading = { key: Uint8Array; longest: number };

/** For which key memos to an account are sealed, proven: who could choose it could read along. Null: it takes none. */
export async function readerKey(account: string): Promise<Reading | null> {
  const said = await get<Schemas["MemoKeyAnswer"]>(`/v1/memos/keys/${account}`);
  const raw = addressBytes(account);
  if (said.key === null || !raw) return null;
  const { values } = await proven([tableKey("memo_keys") + toHex(raw)]);
  const entry = values[0] ? decode(values[0], ENTRY_LIMIT) : null;
  const key = Array.isArray(entry) ? entry[0] : null;
  return key instanceof Uint8Array ? { key, longest: said.longest } : null;
}

/** What carries a payload and a text for one reader; the sender can open it too. */
export async function sealed(
  genesisHash: Uint8Array,
  key: Keypair,
  carried: Payload,
  content: Payloads[Payload[0]],
  { text, reader, readerKey: to, longest }: MemoText,
): Promise<Payloads["with_memo"]> {
  const about = { genesisHash, sender: key.address, key: await key.memo(), reader, readerKey: to, longest };
  const [type] = carried;
  return {
    type: TYPES[type].number,
    content: encodePayload(type, content as never),
    memo: await sealMemo(text, about),
  };
}

/** What a memo says, if the key opens it; null: it is for others, or no memo. */
export async function opened(entry: LedgerEvent, key: Keypair): Promise<string | null> {
  const hex = (name: string) => fromHex(String(entry[name]));
  const memo = {
    reader: String(entry.reader),
    reader_key: hex("reader_key"),
    sender_key: hex("sender_key"),
    salt: hex("salt"),
    sealed: hex("sealed"),
  };
  const { genesis } = await anchored();
  try {
    return await openMemo(memo, {
      genesisHash: genesis.hash,
      sender: String(entry.sender),
      key: await key.memo(),
    });
  } catch {
    return null;
  }
}
