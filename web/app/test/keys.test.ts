// Keys and transactions against the published vectors: the bytes that Python signs.

import { readFileSync } from "node:fs";
import { formatKey } from "@nodechain/client/address.js";
import { describe, expect, test } from "vitest";
import { decode, fromHex, toHex, type Value } from "../../verifier/index.js";
import { addressBytes, addressText } from "../src/data/codec";
import { type Keyfile, type KeyfileError, openKeyfile, readKeyfile, sealKeyfile } from "../src/keys/keyfile";
import { type Keypair, keypairOf } from "../src/keys/keypair";
import { sharedOf } from "../src/keys/owners";
import { accountSecret, derive, newPhrase, pathOf, tidied, WORDS } from "../src/keys/phrase";
import { keepShared, removeShared, sharedBy } from "../src/keys/shared";
import { PAYLOADS, type Payload, signed } from "../src/keys/transactions";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), "utf8"));
const vectors = read("transactions");
const LIMIT = 1 << 16;

type Vector = {
  name: string;
  type_name: string;
  sender: string;
  payload: string;
  envelope: string;
  raw: string;
};

/** The payload of a vector, made again by the page's own builders from what its fields say. */
function rebuilt({ type_name, payload }: Vector): Payload {
  const fields = decode(fromHex(payload), LIMIT) as [Uint8Array, ...bigint[]] & Value[];
  const address = (value: Value | undefined) => addressText(value as Uint8Array);
  const number = (value: Value | undefined) => Number(value as bigint);
  switch (type_name) {
    case "transfer":
      return PAYLOADS.transfer(number(fields[0]), address(fields[1]), fields[2] as bigint);
    case "place_order":
      return PAYLOADS.order(
        number(fields[0]),
        (fields[1] as unknown) === 0n ? "buy" : "sell",
        fields[3] as bigint,
        fields[4] as bigint,
        number(fields[5]),
      );
    case "cancel_order":
      return PAYLOADS.cancel(number(fields[0]), number(fields[1]));
    case "close_session":
      return PAYLOADS.close(address(fields[0]));
    case "cast_vote": {
      const [, approve] = fields as unknown as [Value, boolean];
      const action = vectors.actions.find(({ bytes }: { bytes: string }) => payload.startsWith(`92${bytes}`));
      return PAYLOADS.vote(action.bytes, approve);
    }
    default:
      throw new Error(type_name);
  }
}

const TYPES = ["transfer", "place_order", "cancel_order", "close_session", "cast_vote"];
const MINE: Vector[] = vectors.transactions.filter(
  ({ type_name, sender, name }: Vector) =>
    TYPES.includes(type_name) && sender === "A" && name !== "transfer/largest",
);

describe("what this page signs are the bytes of the vectors", () => {
  test("each of its types is there", () =>
    expect(new Set(MINE.map(({ type_name }) => type_name)).size).toBe(TYPES.length));

  test.each(MINE.map((vector) => [vector.name, vector] as const))("%s", async (_name, vector) => {
    const key = await keypairOf(fromHex(vectors.keys[vector.sender].secrets[0]));
    const envelope = decode(fromHex(vector.envelope), LIMIT) as Value[];
    const [nonce, validUntil, fee] = envelope.slice(4, 7) as bigint[];
    const chain = { chainId: vectors.chain_id, hash: fromHex(vectors.genesis.hash) };
    const terms = { nonce: Number(nonce), validUntil: Number(validUntil), fee: fee as bigint };
    expect(toHex(await signed(chain, key, terms, rebuilt(vector)))).toBe(vector.raw);
  });

  test("the address and its text are the vectors'", async () => {
    const { secrets, address, public_keys } = vectors.keys.A;
    const key = await keypairOf(fromHex(secrets[0]));
    expect(toHex(key.publicKey)).toBe(public_keys[0]);
    expect(toHex(addressBytes(key.address) as Uint8Array)).toBe(address);
  });
});

describe("recovery phrases", () => {
  type Chain = { path: string; secret: string };
  const published = (read("slip10_ed25519").vectors as { seed: string; chains: Chain[] }[]).flatMap(
    ({ seed, chains }) => chains.map((chain) => ({ seed, ...chain })),
  );
  test.each(published)("SLIP-0010 $path", async ({ seed, path, secret }) => {
    const steps = path
      .split("/")
      .slice(1)
      .map((step) => Number(step.slice(0, -1)));
    expect(toHex(await derive(fromHex(seed), steps))).toBe(secret);
  });

  test("a new one has 24 words, and a wrong word is found", () => {
    const phrase = newPhrase();
    expect(phrase.split(" ")).toHaveLength(WORDS);
    expect(tidied(`  ${phrase.toUpperCase().replaceAll(" ", "\n ")}`)).toBe(phrase);
    expect(tidied(phrase.replace(/\w+$/, "zzzz"))).toBeNull();
    expect(pathOf(0)).toBe("m/44'/7238247'/0'/0'");
  });

  test("a phrase gives the key that the command line derives", async () => {
    const secret = await accountSecret(`${"abandon ".repeat(23)}art`);
    expect(toHex(secret)).toBe(ABANDON);
  });
});

/** `ledger.keys`: derive(seed_of("abandon ... art"), key_path(0, 0)).secret */
const ABANDON = "d39cbb03e2b4013c6e36a78e79b74766274793fed4786fc9a6bda1fc67a9a676";

describe("key files", () => {
  const kept = vectors.keyfile as { file: Keyfile; password: string; secret: string };
  const fault = (work: Promise<unknown>) =>
    work.then(
      () => "",
      (error: KeyfileError) => error.code,
    );

  test("the command line's is opened, with its password only", async () => {
    const file = await readKeyfile(JSON.stringify(kept.file));
    const key = await openKeyfile(file, kept.password);
    expect([toHex(key.publicKey), key.address]).toEqual([file.pubkey, vectors.keys.A.address_text]);
    expect(await fault(openKeyfile(file, "another"))).toBe("wrong_password");
    expect(await fault(openKeyfile(file, ""))).toBe("empty_password");
  }, 60_000);

  test("a file that names another key than it holds is found", async () => {
    const changed = { ...kept.file, pubkey: vectors.keys.B.public_keys[0] };
    expect(await fault(openKeyfile(changed, kept.password))).toBe("changed");
  }, 60_000);

  test("one that is written here opens again, with its password only", async () => {
    const secret = fromHex(vectors.keys.A.secrets[0]);
    const made = await sealKeyfile(secret, "Passwörter", { name: "home", path: pathOf(0) });
    const file = await readKeyfile(JSON.stringify(made));
    const key = await openKeyfile(file, "Passwo\u0308rter");
    expect([toHex(key.publicKey), file.pubkey]).toEqual(Array(2).fill(vectors.keys.A.public_keys[0]));
    expect([file.name, file.kind, file.path]).toEqual(["home", "account", pathOf(0)]);
    expect(await fault(openKeyfile(file, "passwörter"))).toBe("wrong_password");
  }, 60_000);

  test("what is no account's file is refused before any work", async () => {
    const texts = ["", "{}", "[]", `{"version": 4}`, "x".repeat(20_000)];
    expect(await Promise.all(texts.map((text) => fault(readKeyfile(text))))).toEqual(
      Array(5).fill("no_keyfile"),
    );
    const meter = { ...kept.file, kind: "meter" };
    const p256 = { ...kept.file, pubkey: vectors.keys.P1.public_keys[0] };
    for (const other of [meter, p256])
      expect(await fault(readKeyfile(JSON.stringify(other)))).toBe("not_an_account");
  });

  test("a file that would make opening dear is refused", async () => {
    const dear = structuredClone(kept.file) as Keyfile & { crypto: { kdf: { params: { n: number } } } };
    dear.crypto.kdf.params.n = 2 ** 24;
    expect(await fault(openKeyfile(dear, kept.password))).toBe("changed");
  });
});

describe("an account of several owners", () => {
  const {
    public_keys: owners,
    address_text: address,
    threshold,
  } = Object.values(vectors.keys).find(
    (key) => (key as { public_keys: string[] }).public_keys.length > 1,
  ) as { public_keys: string[]; address_text: string; threshold: number };

  test("has the address that Python gives it, in whatever order its keys are typed", async () => {
    const texts = owners.map((key) => formatKey(fromHex(key))).reverse();
    const found = await sharedOf(threshold, texts);
    expect(found).toEqual({ address, threshold, keys: [...owners].sort() });
  });

  test("is acted for by its owners' keys only", async () => {
    keepShared({ address, threshold, keys: owners });
    const holder = (key: string) => ({ publicKey: fromHex(key) }) as Keypair;
    expect(sharedBy(holder(owners[0] as string), address)?.address).toBe(address);
    expect(sharedBy(holder(`01${"00".repeat(32)}`), address)).toBeNull();
    expect(sharedBy(holder(owners[0] as string), "another")).toBeNull();
    expect(sharedBy(null, address)).toBeNull();
    removeShared(address);
    expect(sharedBy(holder(owners[0] as string), address)).toBeNull();
  });
});
