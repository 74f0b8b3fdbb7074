// Looking things up: one field for a block, transaction, account, unit, meter, order, vote or validator.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { useAnswer } from "../data/resource";
import { targetOf } from "../data/search";
import { go, linkTo, place } from "../router";
import { moment, number, short } from "../text/format";
import { t } from "../text/messages";
import { Card, Field, Screen, Skeleton, Table } from "../ui/parts";
import { Pending, Problem, Said } from "../ui/states";
import { AccountView, KeyView } from "./explorer_accounts";
import { BlockView, TransactionView } from "./explorer_blocks";
import { OrderView, VoteView } from "./explorer_orders";

const LATEST = 15;

const VIEWS = {
  block: BlockView,
  transaction: TransactionView,
  account: AccountView,
  key: KeyView,
  order: OrderView,
  vote: VoteView,
} as const;

export default function Explorer() {
  const [kind = "", name = ""] = place.value.rest;
  const View = kind in VIEWS ? VIEWS[kind as keyof typeof VIEWS] : null;
  return View && name ? <View key={`${kind}/${name}`} name={name} /> : <Latest />;
}

/** The field, on top of every view of the explorer. */
export function Search() {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const target = targetOf(text);
    if (target) go("explorer", ...target);
    else setWrong(true);
  };
  return (
    <search>
      <form class="row" onSubmit={submit} noValidate>
        <Field
          label={t("explorer.search")}
          value={text}
          autocomplete="off"
          spellcheck={false}
          {...(wrong ? { error: t("explorer.search.wrong") } : {})}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <button type="submit" class="main">
          {t("explorer.search.do")}
        </button>
      </form>
      <p class="quiet small">{t("explorer.search.hint")}</p>
    </search>
  );
}

function Latest() {
  const found = useAnswer(`blocks/${LATEST}`, () =>
    get<Schemas["BlockViews"]>("/v1/blocks", { limit: LATEST }),
  );
  const blocks = found.value?.blocks ?? [];
  const newest = blocks[0];
  const columns = [
    { title: t("explorer.block") },
    { title: t("market.when") },
    { title: t("explorer.madeBy") },
    { title: t("explorer.hash") },
  ];
  return (
    <Screen
      says={
        newest ? (
          t("explorer.says", { height: number(newest.height), when: moment(newest.time_ms) })
        ) : (
          <Pending of={found} />
        )
      }
      under={<Said />}
    >
      <Search />
      <Card title={t("explorer.latest")}>
        {found.error && <Problem error={found.error} />}
        {!newest && !found.error && <Skeleton height={400} />}
        {newest && (
          <Table
            caption={t("explorer.latest")}
            columns={columns}
            rows={blocks.map((block) => [
              <a key="height" href={linkTo("explorer", "block", block.height)}>
                {number(block.height)}
              </a>,
              moment(block.time_ms),
              <span key="by" translate={false}>
                {short(block.proposer)}
              </span>,
              <span key="hash" class="code" translate={false}>
                {short(block.hash)}
              </span>,
            ])}
          />
        )}
      </Card>
    </Screen>
  );
}
