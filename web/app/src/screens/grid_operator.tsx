// The grid operator's: who owes, and which points have which tariff from when on.

import { useState } from "preact/hooks";
import type { Asset } from "../data/assets";
import { type Tariff, useDebts } from "../data/grid";
import { chainNow } from "../data/node";
import type { Clock } from "../data/sharing";
import { pointNumbers } from "../data/vote_actions";
import { PAYLOADS } from "../keys/transactions";
import { who } from "../text/events";
import { exact } from "../text/format";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { Card, Empty, Field, Skeleton, Table } from "../ui/parts";
import { Select } from "../ui/select";
import { Sign } from "../ui/sign";
import { Problem } from "../ui/states";
import { tariffName } from "./grid";

type Of = { clock: Clock; asset: Asset; listed: readonly Tariff[] };

export function GridOperator({ clock, asset, listed }: Of) {
  return (
    <>
      <Debts asset={asset} />
      <Assign {...{ clock, listed }} />
    </>
  );
}

function Debts({ asset }: { asset: Asset }) {
  const found = useDebts();
  const debts = [...(found.value ?? [])].sort((one, other) => other.amount.base - one.amount.base);
  return (
    <Card title={t("grid.debts")}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={80} />}
      {found.value && !debts.length && <Empty>{t("grid.debts.none")}</Empty>}
      {debts.length > 0 && (
        <Table
          caption={t("grid.debts")}
          columns={[
            { title: t("grid.account") },
            { title: asset.symbol, number: true },
            { title: t("grid.isBlocked") },
          ]}
          rows={debts.map(({ account, amount, blocked }) => [
            <span key="who" translate={false}>
              {who(account)}
            </span>,
            exact(amount.tokens),
            t(blocked ? "word.yes" : "word.no"),
          ])}
        />
      )}
    </Card>
  );
}

const SLOTS_AHEAD = 2;

function Assign({ clock, listed }: Omit<Of, "asset">) {
  const [tariff, setTariff] = useState("0");
  const [text, setText] = useState("");
  const points = pointNumbers(text);
  const slot = Math.floor(chainNow() / clock.slotMs) + SLOTS_AHEAD;
  const name = Number(tariff) ? tariffName(Number(tariff), listed) : t("tariff.default");
  return (
    <Card title={t("assign.title")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <Select
          label={t("assign.tariff")}
          value={tariff}
          options={[
            ["0", t("tariff.default")],
            ...listed.map((each) => [String(each.tariff), tariffName(each.tariff, listed)] as const),
          ]}
          onValue={setTariff}
        />
        <Field
          label={t("assign.points")}
          inputMode="numeric"
          autocomplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          {...(text && !points ? { error: t("assign.wrong") } : {})}
        />
        <Sign
          says={
            points
              ? t("assign.does", {
                  tariff: name,
                  points: points.join(", "),
                  when: momentIn(clock.zone, slot * clock.slotMs),
                })
              : t("form.fillIn")
          }
          label={t("assign.sign")}
          payload={points && PAYLOADS.assignTariff(Number(tariff), slot, points)}
        />
      </form>
    </Card>
  );
}
