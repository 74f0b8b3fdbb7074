// What screens of sharing have in common: the way to the others, and the mark of a proof that not everybody may read.

import { isLoginNeeded, Refusal } from "../api/client";
import { linkTo } from "../router";
import { t } from "../text/messages";
import type { Check } from "../trust/useChecked";
import { Mark } from "../ui/states";

/** Who may not read an entry of the state is told so, and not that a proof has failed. */
export function OpenMark({ check }: { check: Check }) {
  return isClosed(check) ? <span class="mark">{t("sharing.readOnly")}</span> : <Mark check={check} />;
}

const isClosed = (check: Check): boolean =>
  check.state === "unverified" &&
  (isLoginNeeded(check.error) || (check.error instanceof Refusal && check.error.code === "not_yours"));

/** The other screens of sharing. */
export function SharingLinks() {
  const links = [
    ["sharing", t("sharing.title")],
    ["sharing/schemes", t("scheme.list")],
    ["sharing/points", t("point.list")],
    ["sharing/sums", t("sums.title")],
  ] as const;
  return (
    <nav aria-label={t("nav.sharing")}>
      <p class="buttons">
        {links.map(([to, text]) => (
          <a key={to} class="button" href={linkTo(...to.split("/"))}>
            {text}
          </a>
        ))}
      </p>
    </nav>
  );
}
