// Whether the unlocked key has signed in to the node, until when, or why not.

import { login, signIn } from "../keys/login";
import { clock } from "../text/format";
import { t } from "../text/messages";
import { Problem } from "./states";

export function LoginState() {
  const found = login.value;
  switch (found.at) {
    case "out":
      return null;
    case "busy":
      return <p role="status">{t("login.busy")}</p>;
    case "in":
      return <p role="status">{t("login.in", { time: clock(found.untilMs) })}</p>;
    case "failed":
      return (
        <div class="stack" role="status">
          <Problem error={found.error} />
          <p class="buttons">
            <button type="button" class="main" onClick={signIn}>
              {t("login.again")}
            </button>
          </p>
        </div>
      );
  }
}
