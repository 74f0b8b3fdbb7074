// An open vote on a scheme: what it would hold in sentences, and what it would have changed for the reader.

import { address } from "../data/account";
import { chainNow } from "../data/node";
import { countingText, priceText, ruleText, type Terms } from "../data/scheme_words";
import { clockOf, useSharingTerms, useSlotTerms } from "../data/sharing";
import { linkTo } from "../router";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { Notice } from "../ui/parts";
import { Preview } from "./sharing_preview";

export function SchemeVote({ action, number }: { action: Record<string, unknown>; number: number }) {
  const sharing = useSharingTerms().value;
  const slots = useSlotTerms().value;
  if (!sharing || !slots) return null;
  const terms = action.terms as unknown as Terms;
  const clock = clockOf(slots);
  const fromMs = Number(action.from_slot) * clock.slotMs;
  const count = terms.participants?.length ?? 0;
  const leaving = (action.leaving as readonly number[] | undefined)?.length ?? 0;
  const isClosed = !action.others_stay && count === 0;
  const values = {
    number: Number(action.scheme),
    name: terms.name,
    when: momentIn(clock.zone, fromMs),
    count,
    leaving,
  };
  const does = action.others_stay
    ? "schemeForm.adds"
    : action.scheme
      ? "schemeForm.changes"
      : "schemeForm.opens";
  return (
    <>
      <p>{t(isClosed ? "schemeForm.closes" : does, values)}</p>
      {!isClosed && <p>{`${ruleText(terms)} ${priceText(terms, sharing.symbol)} ${countingText(terms)}`}</p>}
      {fromMs <= chainNow() && <Notice>{t("schemeForm.tooLate")}</Notice>}
      {address.value && !isClosed && <Preview vote={number} sharing={sharing} />}
      {Number(action.scheme) > 0 && (
        <p class="small">
          <a href={linkTo("sharing", "scheme", Number(action.scheme))}>{t("schemeForm.now")}</a>
        </p>
      )}
    </>
  );
}
