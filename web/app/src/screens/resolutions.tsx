// What the members are asked: options, how it stands, one's own ballot, the document checked here; and what was counted.

import { useState } from "preact/hooks";
import { toHex } from "../../../verifier/index.js";
import { get, pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { documentHash } from "../data/digest";
import { chainNow } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { who } from "../text/events";
import { date, number, span } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { Gauge } from "../ui/chart";
import { FileField } from "../ui/fields";
import { Card, Copy, Empty, Notice, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Select } from "../ui/select";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";

const ABSTENTION = "0";

type Resolution = Schemas["ResolutionView"];

/** The newest stand last, so all pages are read. */
const allResolutions = (): Promise<readonly Resolution[]> =>
  pages("/v1/resolutions", {}, (page: Schemas["Resolutions"]) => page.resolutions);

export default function Resolutions() {
  const found: Resource<readonly Resolution[]> = useAnswer("resolutions", allResolutions);
  const all = found.value ?? [];
  const open = all.filter(({ outcome }) => outcome === "open");
  return (
    <Screen
      says={
        found.value ? (
          open.length ? (
            t("resolutions.open", { count: open.length })
          ) : (
            t("resolutions.none")
          )
        ) : (
          <Pending of={found} />
        )
      }
      under={
        found.value && (
          <>
            <Said />
            <Age of={found} />
          </>
        )
      }
    >
      {found.error && <Problem error={found.error} />}
      <p class="quiet">{t("resolutions.what")}</p>
      {open.map((each) => (
        <OpenResolution key={each.number} of={each} />
      ))}
      <Counted of={found} />
    </Screen>
  );
}

const cast = (of: Resolution): number =>
  of.options.reduce((sum, { ballots }) => sum + ballots, of.abstentions);

const optionText = (of: Resolution, option: number): string =>
  of.options[option - 1]?.text ?? t("resolutions.abstention");

function OpenResolution({ of }: { of: Resolution }) {
  const left = Math.max(of.deadline_ms - chainNow(), 0);
  const count = cast(of);
  const state = t("resolutions.quorum", { count, quorum: of.quorum });
  return (
    <Card title={of.title} aside={t("resolutions.until", { when: date(of.deadline_ms), left: span(left) })}>
      <p>
        {t(`resolutions.${of.majority}` as MessageKey)} {t("resolutions.askedBy", { who: who(of.opened_by) })}
      </p>
      <Gauge part={of.quorum ? count / of.quorum : 1} label={state} />
      <p class="under small">{state}</p>
      <Options of={of} />
      <Ballot of={of} />
      <Document of={of} />
    </Card>
  );
}

function Options({ of }: { of: Resolution }) {
  return (
    <Table
      caption={of.title}
      columns={[{ title: t("resolutions.option") }, { title: t("resolutions.ballots"), number: true }]}
      rows={[
        ...of.options.map(({ text, ballots }) => [text, number(ballots)]),
        [t("resolutions.abstention"), number(of.abstentions)],
      ]}
    />
  );
}

/** One's own word, and another one in its place. */
function Ballot({ of }: { of: Resolution }) {
  const own = address.value;
  const said: Resource<Schemas["BallotView"]> = useAnswer(
    own && unlocked.value ? `resolutions/${of.number}/${own}` : null,
    () => get(`/v1/resolutions/${of.number}/ballots/${own}`),
  );
  const [chosen, setChosen] = useState("");
  if (!own) return <p>{t("resolutions.noAccount")}</p>;
  const before = said.value?.option ?? null;
  const options = [
    ["", "–"],
    ...of.options.map(({ option, text }) => [String(option), text]),
    [ABSTENTION, t("resolutions.abstention")],
  ] as [string, string][];
  const payload = chosen === "" ? null : PAYLOADS.ballot(of.number, Number(chosen));
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      {before !== null && <p>{t("resolutions.yours", { option: optionText(of, before) })}</p>}
      <Select label={t("resolutions.your")} value={chosen} options={options} onValue={setChosen} />
      <Sign
        says={
          chosen === ""
            ? ""
            : t("resolutions.does", { number: of.number, option: optionText(of, Number(chosen)) })
        }
        label={t("resolutions.sign")}
        payload={payload}
      />
    </form>
  );
}

/** The document stays with who has it; here it is compared with what the chain says. */
function Document({ of }: { of: Resolution }) {
  const [isSame, setIsSame] = useState<boolean | null>(null);
  const compare = async (file: File | undefined) =>
    setIsSame(file ? toHex(await documentHash(file)) === of.text_hash : null);
  return (
    <details>
      <summary>{t("resolutions.document")}</summary>
      <Pairs
        pairs={[
          [
            "SHA-256",
            <Copy key="hash" value={of.text_hash} shown={`${of.text_hash.slice(0, 16)}…`} label="SHA-256" />,
          ],
        ]}
      />
      {globalThis.isSecureContext && <FileField label={t("resolutions.check")} onFile={compare} />}
      {isSame !== null && (
        <Notice tone={isSame ? "good" : "warn"}>
          <span>{t(isSame ? "resolutions.same" : "resolutions.other")}</span>
        </Notice>
      )}
    </details>
  );
}

const outcome = (of: Resolution): string =>
  of.decided
    ? t("resolutions.decided", { option: optionText(of, of.decided) })
    : t(`resolutions.${of.outcome}` as MessageKey);

function Counted({ of }: { of: Resource<readonly Resolution[]> }) {
  const closed = (of.value ?? []).filter((each) => each.outcome !== "open").reverse();
  const columns = [
    { title: t("resolutions.title") },
    { title: t("market.when") },
    { title: t("resolutions.ballots"), number: true },
    { title: t("resolutions.result") },
  ];
  return (
    <Card title={t("resolutions.closed")}>
      {!of.value && !of.error && <Skeleton height={80} />}
      {of.value && !closed.length && <Empty>{t("resolutions.closed.none")}</Empty>}
      {closed.length > 0 && (
        <Table
          caption={t("resolutions.closed")}
          columns={columns}
          rows={closed.map((each) => [each.title, date(each.deadline_ms), number(cast(each)), outcome(each)])}
        />
      )}
    </Card>
  );
}
