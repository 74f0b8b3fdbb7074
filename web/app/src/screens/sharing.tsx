// Sharing: my part of each quarter of an hour and why, schemes, points, the community's sums. One place, several screens.

import { address } from "../data/account";
import { linkTo, place } from "../router";
import { t } from "../text/messages";
import { Empty, Screen } from "../ui/parts";
import { SharingDay } from "./sharing_day";
import { SharingLinks } from "./sharing_links";
import { SharingPoints } from "./sharing_points";
import { SharingScheme, SharingSchemes } from "./sharing_schemes";
import { SharingSlot } from "./sharing_slot";
import { SharingSums } from "./sharing_sums";

export default function Sharing() {
  const [kind = "", first = "", second = ""] = place.value.rest;
  switch (kind) {
    case "slot":
      return <SharingSlot key={`${first}/${second}`} scheme={Number(first)} slot={Number(second)} />;
    case "schemes":
      return <SharingSchemes />;
    case "scheme":
      return <SharingScheme key={first} number={Number(first)} />;
    case "points":
      return <SharingPoints />;
    case "sums":
      return <SharingSums />;
    default:
      return address.value ? <SharingDay key={address.value} of={address.value} /> : <Nobody />;
  }
}

function Nobody() {
  return (
    <Screen says={t("sharing.nobody")} under={<a href={linkTo("account")}>{t("nav.account")}</a>}>
      <Empty>{t("sharing.nobody.what")}</Empty>
      <SharingLinks />
    </Screen>
  );
}
