// The screens, in the order of the navigation. What a chain's modules do not bring is not there.

import type { FunctionComponent } from "preact";
import type { MessageKey } from "../text/messages";

export type ScreenInfo = {
  name: string;
  title: MessageKey;
  /** The module of the ledger that it is about; none: always there. */
  module?: string;
  /** In the navigation, or reached from another screen. */
  listed: boolean;
  load: () => Promise<{ default: FunctionComponent }>;
};

export const SCREENS: readonly ScreenInfo[] = [
  { name: "today", title: "nav.today", module: "energy", listed: true, load: () => import("./today") },
  { name: "market", title: "nav.market", module: "market", listed: true, load: () => import("./market") },
  { name: "storage", title: "nav.storage", module: "energy", listed: true, load: () => import("./storage") },
  { name: "votes", title: "nav.votes", module: "governance", listed: true, load: () => import("./votes") },
  { name: "explorer", title: "nav.explorer", listed: true, load: () => import("./explorer") },
  { name: "operator", title: "nav.operator", listed: true, load: () => import("./operator") },
  { name: "account", title: "nav.account", listed: false, load: () => import("./account") },
];
