// What a node that keeps its members' figures to themselves shows to who has not signed in: why, how to, and the sums.

import { get, type Schemas } from "../api/client";
import { chainNow, height, status } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { linkTo } from "../router";
import { energyText, exact, moment, number, span } from "../text/format";
import { t } from "../text/messages";
import { LoginState } from "../ui/login_state";
import { Card, Empty, Pairs, Screen, Skeleton } from "../ui/parts";
import { Said } from "../ui/states";
import { KeyCards } from "./key_cards";

export default function Stranger() {
  return (
    <Screen says={t("stranger.says")} under={<span>{t("stranger.why")}</span>}>
      <div class="columns two">
        <div class="stack">
          <Card title={t("stranger.title")}>
            <p>{t("stranger.how")}</p>
            <p class="quiet small">{t("stranger.what")}</p>
            <LoginState />
          </Card>
          <KeyCards />
        </div>
        <Everybody />
      </div>
    </Screen>
  );
}

/** What the node tells everybody of the chain. */
function Everybody() {
  const chain = status.value;
  const sums: Resource<Schemas["EnergyView"]> = useAnswer("energy", () => get("/v1/energy"));
  const found = sums.value;
  const ago = chain && span(Math.max(chainNow() - chain.time_ms, 0));
  return (
    <Card title={t("stranger.everybody")} aside={<Said />}>
      {chain && (
        <Pairs
          pairs={[
            [
              t("explorer.block"),
              `${number(height.value)}, ${moment(chain.time_ms)} (${t("operator.ago", { ago: ago ?? "" })})`,
            ],
            [t("operator.validatorsTitle"), number(chain.validators)],
            ...(found
              ? ([
                  [t("stranger.stored"), energyText(found.network_wh)],
                  [t("stranger.tokens"), `${exact(found.supply.tokens)} ENT`],
                  [t("stranger.money"), `${exact(found.currency_supply.tokens)} ${found.currency}`],
                ] as const)
              : []),
          ]}
        />
      )}
      {!found && !sums.error && <Skeleton height={80} />}
      {sums.error && <Empty>{t("stranger.noSums")}</Empty>}
      <p class="buttons">
        <a class="button" href={linkTo("explorer")}>
          {t("nav.explorer")}
        </a>
        <a class="button" href={linkTo("operator")}>
          {t("nav.operator")}
        </a>
      </p>
    </Card>
  );
}
