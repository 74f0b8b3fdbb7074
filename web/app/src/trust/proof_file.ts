// A proof as a file (docs/proofs.md): whoever holds the genesis checks it without asking anybody.
//
// It begins at the genesis block, holds every change of the validators up to the block that it is about, and is checked
// here before it is saved.

import {
  decode,
  encode,
  fromHex,
  MAX_LIGHT_BLOCK_BYTES,
  readProof,
  type Value,
  VerifyError,
  verifyProof,
} from "../../../verifier/index.js";
import { get, type Schemas } from "../api/client";
import { status } from "../data/node";
import { anchored, clockMs, termsOf } from "./trust";

const FORMAT = "nodechain/proof/1";
const LIMIT = 1 << 22;
const MOST_CHANGES = 1_000;
const TRANSACTION = 2n;
const RECEIPT = 3n;

async function rawBlock(height: number): Promise<Value> {
  const answer = await get<Schemas["LightBlockAnswer"]>(`/v1/light/blocks/${height}`);
  return decode(fromHex(answer.block), MAX_LIGHT_BLOCK_BYTES);
}

/** The genesis block, every change of the set below a height, and the block of that height. */
async function pathTo(height: number): Promise<Value[]> {
  const { changes } = await get<Schemas["SetChanges"]>("/v1/light/changes", { from: 1, limit: MOST_CHANGES });
  if (changes.length === MOST_CHANGES) throw new VerifyError("too_many_changes", "use nodechain proof get");
  const heights = [...new Set([0, ...changes.filter((each) => each < height), height])].sort((a, b) => a - b);
  const blocks: Value[] = [];
  for (const each of heights) blocks.push(await rawBlock(each));
  return blocks;
}

async function check(file: Uint8Array): Promise<void> {
  const { genesis, first } = await anchored();
  const nowMs = BigInt(Math.max(Date.now(), clockMs(genesis)));
  await verifyProof(termsOf(genesis), first, readProof(file), nowMs);
}

/** The proof that a transaction stands in its block, and what became of it. Raises `VerifyError`, `Refusal`. */
export async function transactionProof(height: number, index: number): Promise<Uint8Array> {
  const chain = status.value;
  if (!chain) throw new VerifyError("bad_proof", "the chain is not known yet");
  const answer = await get<Schemas["DecisionProof"]>(`/v1/light/decisions/${height}/${index}`);
  const blocks = await pathTo(height);
  const place = BigInt(blocks.length - 1);
  const claims: Value[] = [
    [TRANSACTION, place, fromHex(answer.transaction), decode(fromHex(answer.transaction_proof), LIMIT)],
    [RECEIPT, place, fromHex(answer.receipt), decode(fromHex(answer.receipt_proof), LIMIT)],
  ];
  const nobody = new Uint8Array();
  const file = encode([FORMAT, chain.chain_id, blocks, claims, nobody, nobody, nobody]);
  await check(file);
  return file;
}

/** Hands bytes to the reader as a file. */
export function saveFile(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
