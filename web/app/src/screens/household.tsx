// A household: all accounts whose keys are in this browser, as one; the next account of its words; memos.

import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import { address, watch } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { type Asset, assets } from "../data/assets";
import type { Account } from "../data/holdings";
import { addressesOf, nextOf } from "../data/household";
import { status } from "../data/node";
import { useAnswer } from "../data/resource";
import { type Keyfile, sealKeyfile } from "../keys/keyfile";
import { canSign, keepKeyfile, keyfiles, loadKeyfiles } from "../keys/vault";
import { linkTo } from "../router";
import { exact, short } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { Card, Empty, Field, Notice, Screen, Skeleton, Table } from "../ui/parts";
import { Memos } from "./memos";

type Member = { file: Keyfile; address: string; account: Account | null };

/** Each account with what the node tells of it; null where it tells that to its owner only. */
async function members(files: readonly Keyfile[]): Promise<Member[]> {
  const found = await addressesOf(files);
  return Promise.all(
    found.map(async (each) => ({
      ...each,
      account: await get<Account>(`/v1/accounts/${each.address}`).catch(() => null),
    })),
  );
}

export default function Household() {
  useEffect(() => void loadKeyfiles(), []);
  const files = keyfiles.value;
  const known = useAnswer("assets", assets).value ?? [];
  const place = files.length ? `household/${files.map(({ pubkey }) => pubkey).join()}` : null;
  const found = useAnswer(place, () => members(files)).value;
  return (
    <Screen
      says={files.length ? t("household.says", { count: files.length }) : t("household.none")}
      under={t("household.under")}
    >
      {files.length > 0 && !found && <Skeleton height={200} />}
      {found && <Together members={found} known={known} />}
      {!files.length && (
        <Card title={t("household.accounts")}>
          <Empty>
            <a href={linkTo("account")}>{t("household.toKeys")}</a>
          </Empty>
        </Card>
      )}
      {status.value?.modules.includes("memos") && address.value && <Memos own={address.value} />}
      {files.length > 0 && canSign() && <NextAccount files={files} />}
    </Screen>
  );
}

const totalOf = (account: Account, asset: Asset): bigint =>
  toBase(
    account.balances.find(({ asset: name }) => name === asset.name)?.total.tokens ?? "0",
    asset.decimals,
  );

function Together({ members, known }: { members: readonly Member[]; known: readonly Asset[] }) {
  const told = members.flatMap(({ account }) => (account ? [account] : []));
  const shown = (base: bigint, asset: Asset) => exact(fromBase(base, asset.decimals));
  const rows = members.map(({ file, address: of, account }) => [
    <button key={of} type="button" class="plain" onClick={() => watch(of, file.name)}>
      {file.name || short(of)}
    </button>,
    ...known.map((asset) => (account ? shown(totalOf(account, asset), asset) : t("household.locked"))),
  ]);
  const sum = (asset: Asset) => told.reduce((before, each) => before + totalOf(each, asset), 0n);
  const together = [t("household.together"), ...known.map((asset) => shown(sum(asset), asset))];
  const columns = [
    { title: t("household.account") },
    ...known.map(({ symbol }) => ({ title: symbol, number: true })),
  ];
  return (
    <Card title={t("household.accounts")}>
      <Table caption={t("household.accounts")} columns={columns} rows={[...rows, together]} />
      {told.length < members.length && <Notice tone="mild">{t("household.partly")}</Notice>}
      <p class="quiet">{t("household.choose")}</p>
    </Card>
  );
}

const LEAST_PASSWORD = 8;

/** One more account of the words on paper: they are typed, used once, and forgotten. */
function NextAccount({ files }: { files: readonly Keyfile[] }) {
  const [words, setWords] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<MessageKey | "">("");
  const [made, setMade] = useState("");
  const finish = async (event: Event) => {
    event.preventDefault();
    setMade("");
    if (password.length < LEAST_PASSWORD) return setFault("household.fault.short");
    const next = await nextOf(words, files);
    if (typeof next === "string") return setFault(next);
    const file = await sealKeyfile(next.secret, password, { name: name.trim(), path: next.path });
    await keepKeyfile(file);
    setFault("");
    setWords("");
    setPassword("");
    setMade(file.name);
  };
  return (
    <Card title={t("household.next")}>
      <p class="quiet">{t("household.next.what")}</p>
      <form onSubmit={finish}>
        <label>
          {t("household.words")}
          <textarea
            rows={3}
            autocomplete="off"
            spellcheck={false}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </label>
        <Field
          label={t("watch.label")}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Field
          label={t("household.password", { count: LEAST_PASSWORD })}
          type="password"
          autocomplete="new-password"
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        {fault && <p class="wrong">{t(fault, { count: LEAST_PASSWORD })}</p>}
        <p class="buttons">
          <button type="submit" class="main" disabled={!words.trim() || !name.trim()}>
            {t("household.make")}
          </button>
        </p>
        {made && <Notice tone="good">{t("household.made", { name: made })}</Notice>}
      </form>
    </Card>
  );
}
