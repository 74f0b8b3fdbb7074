// The frame around every screen: navigation, what must be known of the node, and the screen itself.

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { address, labelOf } from "./data/account";
import { barred, height, offline, status } from "./data/node";
import { unlocked } from "./keys/vault";
import { linkTo, place } from "./router";
import { SCREENS, type ScreenInfo, screenOf } from "./screens";
import { number, short } from "./text/format";
import { t } from "./text/messages";
import { announced } from "./ui/announce";
import { toScreen } from "./ui/focus";
import { Screen, Skeleton } from "./ui/parts";
import { Stripe } from "./ui/states";

const loaded = new Map<string, FunctionComponent>();

const isOn = ({ module }: ScreenInfo): boolean =>
  !module || !status.value || status.value.modules.includes(module);

function Navigation() {
  const here = place.value.name;
  return (
    <nav aria-label={t("nav.label")}>
      <ul>
        {SCREENS.filter((each) => each.listed && isOn(each)).map(({ name, title }) => (
          <li key={name}>
            <a href={linkTo(name)} aria-current={name === here ? "page" : undefined}>
              {t(title)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Foot() {
  const found = address.value;
  const name = found ? labelOf(found) || short(found) : "";
  return (
    <div class="foot">
      <a
        href={linkTo("account")}
        aria-current={place.value.name === "account" ? "page" : undefined}
        aria-label={name ? `${t("nav.account")}: ${name}` : undefined}
      >
        {name || t("nav.account")}
      </a>
      {unlocked.value && <span>{t("foot.unlocked")}</span>}
      {status.value && <span>{t("foot.block", { height: number(height.value) })}</span>}
    </div>
  );
}

function Current() {
  const info = screenOf(place.value.name);
  const [, setReady] = useState("");
  const [failed, setFailed] = useState<Error | null>(null);
  useEffect(() => {
    if (!info || loaded.has(info.name)) return;
    setFailed(null);
    info.load().then(
      (found) => {
        loaded.set(info.name, found.default);
        setReady(info.name);
      },
      (error: Error) => setFailed(error),
    );
  }, [info]);
  useEffect(() => {
    document.title = `${info ? t(info.title) : t("nav.unknown")} · ${status.value?.chain_id ?? "nodechain"}`;
  });
  if (!info || !isOn(info))
    return <Screen says={t("nav.unknown")} under={<a href={linkTo("today")}>{t("nav.today")}</a>} />;
  if (failed) return <Screen says={t("state.offline")} under={t("state.offline.advice")} />;
  const Found = loaded.get(info.name);
  if (!Found || (!status.value && !offline.value && !barred.value)) return <Loading />;
  return <Found key={place.value.rest.join("/")} />;
}

function Loading() {
  return (
    <>
      <div class="head">
        <Skeleton height={68} />
      </div>
      <Skeleton height={120} />
      <Skeleton height={300} />
    </>
  );
}

export function App() {
  const chain = status.value;
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={toScreen}>
        {t("nav.skip")}
      </button>
      <header class="side">
        <div class="community">
          <strong translate={false}>{chain ? nameOf(chain.chain_id) : "nodechain"}</strong>
          <span>{chain ? t("foot.validators", { count: chain.validators }) : "\u00a0"}</span>
        </div>
        <Navigation />
        <Foot />
      </header>
      <div>
        <Stripe />
        <main id="screen" tabIndex={-1}>
          <Current />
        </main>
      </div>
      <div class="visually-hidden" role="status">
        {announced.value}
      </div>
    </div>
  );
}

/** `street-8c337f92` is called Street. */
const nameOf = (chainId: string): string => {
  const name = chainId.replace(/-[0-9a-f]{8}$/, "");
  return name.slice(0, 1).toUpperCase() + name.slice(1);
};
