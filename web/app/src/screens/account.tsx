// Whose figures this page shows: accounts that are watched, their addresses, the page's language, what is trusted.

import { address, unwatch, type Watched, watch, watched } from "../data/account";
import { useAccount } from "../data/holdings";
import { status } from "../data/node";
import { sharedBy } from "../keys/shared";
import { unlocked } from "../keys/vault";
import { linkTo } from "../router";
import { short } from "../text/format";
import { LANGUAGES, type Language, language, speak, t } from "../text/messages";
import { strange, trustAnew } from "../trust/trust";
import { Card, Copy, Empty, Pairs, Screen } from "../ui/parts";
import { QrCode } from "../ui/qr";
import { StrangeChain } from "../ui/states";
import { OwnAttestations } from "./attested";
import { JoinCard } from "./join_card";
import { KeyCards } from "./key_cards";
import { PayOutForm } from "./pay_out_form";
import { TransferForm } from "./transfer_form";
import { WatchForm } from "./welcome";

export default function AccountScreen() {
  const count = watched.value.length;
  const canSend =
    unlocked.value?.address === address.value || sharedBy(unlocked.value, address.value) !== null;
  return (
    <Screen says={count ? t("account.says", { count }) : t("account.saysNone")} under={t("account.under")}>
      <div class="columns">
        <div class="stack">
          <KeyCards />
          {address.value && <Membership />}
          {address.value && <OwnAttestations />}
          {canSend && (
            <>
              <TransferForm />
              <PayOutForm />
            </>
          )}
          <Languages />
        </div>
        <div class="stack">
          <WatchedList />
          <WatchForm />
          <Card title={t("shared.known")}>
            <p class="quiet">{t("shared.says")}</p>
            <p>
              <a href={linkTo("shared")}>{t("shared.open")}</a>
            </p>
          </Card>
          <Trusted />
        </div>
      </div>
    </Screen>
  );
}

/** Who is no member yet passes a link on to a voter; the banker finds its screen. */
function Membership() {
  const account = useAccount(address.value).value;
  if (account?.roles.includes("banker")) {
    return (
      <Card title={t("nav.bank")}>
        <p>
          <a href={linkTo("bank")}>{t("account.toBank")}</a>
        </p>
      </Card>
    );
  }
  if (!account || account.member) return null;
  if (status.value?.modules.includes("joining") && unlocked.value?.address === account.address)
    return <JoinCard own={account.address} />;
  const link = `${location.origin}/${linkTo("votes", "admit", account.address)}`;
  return (
    <Card title={t("admission.title")}>
      <p>{t("admission.what")}</p>
      <Copy value={link} shown={link} label={t("admission.link")} />
      <QrCode text={link} what={t("admission.link")} />
    </Card>
  );
}

const nameOf = ({ address: of, label }: Watched): string => label || short(of);

function WatchedList() {
  return (
    <Card title={t("account.watched")}>
      {!watched.value.length && <Empty>{t("account.saysNone")}</Empty>}
      <ul class="list">
        {watched.value.map((each) => (
          <li key={each.address}>
            <strong>{each.label || t("account.noLabel")}</strong>
            <Copy value={each.address} label={t("watch.address")} />
            <QrCode text={each.address} what={`${t("watch.address")}: ${nameOf(each)}`} />
            <span class="buttons">
              {each.address !== address.value && (
                <button
                  type="button"
                  class="plain"
                  aria-label={`${t("account.show")}: ${nameOf(each)}`}
                  onClick={() => watch(each.address)}
                >
                  {t("account.show")}
                </button>
              )}
              <button
                type="button"
                class="plain"
                aria-label={`${t("account.unwatch")}: ${nameOf(each)}`}
                onClick={() => unwatch(each.address)}
              >
                {t("account.unwatch")}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Languages() {
  const choose = (name: Language) => {
    localStorage.setItem("nodechain.language", name);
    void speak(name);
  };
  return (
    <Card title={t("account.language")}>
      <label>
        {t("account.language")}
        <select value={language.value} onChange={(event) => choose(event.currentTarget.value as Language)}>
          {(Object.entries(LANGUAGES) as [Language, string][]).map(([name, text]) => (
            <option key={name} value={name} lang={name}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </Card>
  );
}

/** Everything is loaded again: what stands on the screen is of another chain. */
const anew = () => trustAnew().finally(() => location.reload());

function Trusted() {
  const chain = status.value;
  if (!chain) return null;
  return (
    <Card title={t("account.trust")}>
      {strange.value && (
        <>
          <StrangeChain found={strange.value} />
          <Pairs
            pairs={[
              [
                t("account.trusted"),
                <Copy key="k" value={strange.value.knownHash} label={t("account.trusted")} />,
              ],
              [
                t("account.shown"),
                <Copy key="s" value={strange.value.shownHash} label={t("account.shown")} />,
              ],
            ]}
          />
          <p>{t("account.trustAnew.what")}</p>
          <p class="buttons">
            <button type="button" onClick={anew}>
              {t("account.trustAnew")}
            </button>
          </p>
        </>
      )}
      <p class="quiet">{t("account.trust.why")}</p>
      <Pairs
        pairs={[
          [
            t("account.chain"),
            <Copy key="id" value={chain.chain_id} shown={chain.chain_id} label={t("account.chain")} />,
          ],
          [t("account.genesis"), <Copy key="hash" value={chain.genesis_hash} label={t("account.genesis")} />],
        ]}
      />
    </Card>
  );
}
