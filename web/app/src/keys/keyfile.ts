// Key files of the command line's form, read, opened and written by `web/client`, which is loaded for it. This browser
// keeps a file as it is, and uses those of accounts with one Ed25519 key.

import { type Keypair, keypair } from "./keypair";

/** The JSON of a file; what is in `crypto` is the client's matter. */
export type Keyfile = {
  name: string;
  kind: string;
  pubkey: string;
  path: string;
  uuid: string;
  version: number;
  crypto: object;
};

export type KeyfileFault = "no_keyfile" | "wrong_password" | "empty_password" | "not_an_account" | "changed";

export class KeyfileError extends Error {
  constructor(readonly code: KeyfileFault) {
    super(code);
    this.name = "KeyfileError";
  }
}

const load = () => import("@nodechain/client/keyfile.js");

/** The client's errors as those of this page; `bad` is what a file is that does not fit. */
async function asked<T>(bad: KeyfileFault, work: () => Promise<T> | T): Promise<T> {
  const faults: Record<string, KeyfileFault> = {
    bad_keyfile: bad,
    bad_key: bad,
    wrong_password: "wrong_password",
    bad_password: "empty_password",
  };
  try {
    return await work();
  } catch (error) {
    const fault = faults[(error as { code?: string }).code ?? ""];
    throw fault ? new KeyfileError(fault) : error;
  }
}

/** What a file says of itself. Raises `KeyfileError`. */
export async function readKeyfile(text: string): Promise<Keyfile> {
  const client = await load();
  const { kind } = await asked("no_keyfile", () => client.readKeyfile(text));
  const file = JSON.parse(text) as Keyfile;
  if (kind !== "account" || !/^01/.test(file.pubkey)) throw new KeyfileError("not_an_account");
  return file;
}

/** The key of a file. Raises `KeyfileError`. */
export async function openKeyfile(file: Keyfile, password: string): Promise<Keypair> {
  const client = await load();
  const signer = await asked("changed", () =>
    client.openKeyfile(client.readKeyfile(JSON.stringify(file)), password),
  );
  return keypair(signer);
}

/** An account's secret under a password, with what tells where its words lead to it. */
export async function sealKeyfile(
  secret: Uint8Array,
  password: string,
  about: { name: string; path: string },
): Promise<Keyfile> {
  const client = await load();
  const ed25519 = 1;
  const text = await asked("changed", () => client.writeKeyfile(ed25519, secret, password, about));
  return JSON.parse(text) as Keyfile;
}
