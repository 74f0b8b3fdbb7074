// From one screen of sharing to the others.

import { linkTo } from "../router";
import { t } from "../text/messages";

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
