// Letting somebody act: a robot or broker that trades within limits, or a company that has one paid out every day.

import { useState } from "preact/hooks";
import { type Asset, currencies, ENERGY, symbolOf } from "../data/assets";
import { addressBytes } from "../data/codec";
import { chainNow } from "../data/node";
import type { Payload } from "../keys/transactions";
import { who } from "../text/events";
import { date } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { PERCENT_DECIMALS } from "../text/parts";
import { typedAmount, typedPrice } from "../ui/entry";
import { AddressField } from "../ui/fields";
import { Card, Field } from "../ui/parts";
import { Sign } from "../ui/sign";

const DAY_MS = 86_400_000;
const USUAL_DAYS = "365";
const FIRST_PRODUCT = 1;
/** The numbers of place_order, cancel_order and replace_order. */
const TRADING = [216n, 217n, 218n];

type Texts = Record<string, string>;

/** Fields of numbers: what is typed by name, and an input for one of them. */
function useTexts(first: Texts) {
  const [texts, setTexts] = useState(first);
  const text = (name: string): string => texts[name]?.trim() ?? "";
  const input = (name: string, label: MessageKey, isWrong: boolean, unit = "") => (
    <Field
      label={t(label, { unit })}
      inputMode="decimal"
      autocomplete="off"
      value={texts[name] ?? ""}
      onInput={(event) => setTexts({ ...texts, [name]: event.currentTarget.value })}
      {...(text(name) && isWrong ? { error: t("form.wrong") } : {})}
    />
  );
  return { text, input };
}

const days = (text: string): number | null =>
  /^[1-9]\d{0,2}$/.test(text) && Number(text) <= 400 ? Number(text) : null;

export function TradingAgentForm({ known }: { known: readonly Asset[] }) {
  const [agent, setAgent] = useState("");
  const { text, input } = useTexts({ days: USUAL_DAYS, commission: "0" });
  const energy = known.find(({ name }) => name === ENERGY) ?? known[0];
  const money = currencies(known)[0];
  if (!energy || !money) return null;
  const side = (amount: string, price: string, asset: Asset) => {
    if (!text(amount) && !text(price)) return { isReady: true, limit: [], price: null };
    const most = typedAmount(text(amount), asset.decimals);
    const bound = typedPrice(text(price), money.decimals);
    return {
      isReady: most !== null && bound !== null,
      limit: most ? [{ asset: asset.number, amount: most }] : [],
      price: bound,
    };
  };
  const sells = side("sell", "sellPrice", energy);
  const buys = side("buy", "buyPrice", money);
  const commission = typedPrice(text("commission"), PERCENT_DECIMALS);
  const left = days(text("days"));
  const isSaid = sells.price !== null || buys.price !== null;
  const isReady =
    addressBytes(agent) !== null &&
    sells.isReady &&
    buys.isReady &&
    isSaid &&
    commission !== null &&
    left !== null;
  const expiresMs = chainNow() + (left ?? 0) * DAY_MS;
  const bound = (name: "buy" | "sell", price: bigint | null) =>
    price === null ? [] : [{ product: FIRST_PRODUCT, side: name, price }];
  const payload: Payload = [
    "authorise_agent",
    {
      agent: agent.trim(),
      for_fees: 0n,
      terms: {
        types: TRADING,
        day_limits: [...sells.limit, ...buys.limit],
        prices: [...bound("buy", buys.price), ...bound("sell", sells.price)],
        sweeps: [],
        commission: commission ?? 0n,
        expires_ms: expiresMs,
      },
    },
  ];
  return (
    <Card title={t("agents.new")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <AddressField label={t("agents.new.agent")} value={agent} onValue={setAgent} />
        {input("sell", "agents.new.sell", !sells.isReady, symbolOf(energy.name))}
        {input("sellPrice", "agents.new.sellPrice", !sells.isReady)}
        {input("buy", "agents.new.buy", !buys.isReady, money.symbol)}
        {input("buyPrice", "agents.new.buyPrice", !buys.isReady)}
        {input("commission", "agents.new.commission", commission === null)}
        {input("days", "agents.new.days", left === null)}
        <Sign
          says={t(isReady ? "agents.new.does" : "agents.new.fillIn", {
            agent: who(agent.trim()),
            when: date(expiresMs),
          })}
          label={t("agents.new.sign")}
          payload={isReady ? payload : null}
        />
      </form>
    </Card>
  );
}

export function PayOutAgentForm({ known }: { known: readonly Asset[] }) {
  const [agent, setAgent] = useState("");
  const { text, input } = useTexts({ days: USUAL_DAYS, floor: "0" });
  const money = currencies(known)[0];
  if (!money) return null;
  const floor = typedPrice(text("floor"), money.decimals);
  const left = days(text("days"));
  const reference = text("reference");
  const isGood = /^[A-Za-z0-9/?:().,'+-][A-Za-z0-9/?:().,'+ -]{0,34}$/.test(reference);
  const isReady = addressBytes(agent) !== null && floor !== null && left !== null && isGood;
  const expiresMs = chainNow() + (left ?? 0) * DAY_MS;
  const payload: Payload = [
    "authorise_agent",
    {
      agent: agent.trim(),
      for_fees: 0n,
      terms: {
        types: [],
        day_limits: [],
        prices: [],
        sweeps: [{ asset: money.number, floor: floor ?? 0n, reference }],
        commission: 0n,
        expires_ms: expiresMs,
      },
    },
  ];
  return (
    <Card title={t("agents.payOut")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <AddressField label={t("agents.payOut.agent")} value={agent} onValue={setAgent} />
        {input("floor", "agents.payOut.floor", floor === null, money.symbol)}
        {input("reference", "agents.payOut.reference", !isGood)}
        {input("days", "agents.new.days", left === null)}
        <Sign
          says={t(isReady ? "agents.payOut.does" : "agents.payOut.fillIn", {
            agent: who(agent.trim()),
            floor: text("floor"),
            unit: money.symbol,
            reference,
          })}
          label={t("agents.new.sign")}
          payload={isReady ? payload : null}
        />
      </form>
    </Card>
  );
}
