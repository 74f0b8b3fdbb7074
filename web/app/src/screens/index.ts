// The screens, in the order of the navigation. What a chain's modules do not bring is not there.

import type { FunctionComponent } from "preact";
import { loginNeeded, reader } from "../api/access";
import { address } from "../data/account";
import { status } from "../data/node";
import { type MessageKey, withWords } from "../text/messages";

export type ScreenInfo = {
  name: string;
  title: MessageKey;
  /** The module of the ledger that it is about; none: always there. */
  module?: string;
  /** It shows what a node may keep from strangers. */
  own?: true;
  /** In the navigation, or reached from another screen. */
  listed: boolean;
  load: () => Promise<{ default: FunctionComponent }>;
};

export const SCREENS: readonly ScreenInfo[] = [
  {
    name: "today",
    title: "nav.today",
    module: "energy",
    own: true,
    listed: true,
    load: () => import("./today"),
  },
  {
    name: "sharing",
    title: "nav.sharing",
    module: "sharing",
    own: true,
    listed: true,
    load: () => withWords(["sharing"], () => import("./sharing")),
  },
  {
    name: "bills",
    title: "nav.bills",
    module: "billing",
    own: true,
    listed: true,
    load: () => withWords(["bills"], () => import("./bills")),
  },
  {
    name: "grid",
    title: "nav.grid",
    module: "grid",
    own: true,
    listed: true,
    load: () => withWords(["community"], () => import("./grid")),
  },
  {
    name: "groups",
    title: "nav.groups",
    module: "groups",
    own: true,
    listed: true,
    load: () => withWords(["sharing", "community"], () => import("./groups")),
  },
  {
    name: "market",
    title: "nav.market",
    module: "market",
    own: true,
    listed: true,
    load: () => import("./market"),
  },
  {
    name: "storage",
    title: "nav.storage",
    module: "energy",
    own: true,
    listed: true,
    load: () => import("./storage"),
  },
  {
    name: "votes",
    title: "nav.votes",
    module: "governance",
    own: true,
    listed: true,
    load: () => withWords(["sharing", "community", "fund"], () => import("./votes")),
  },
  {
    name: "explorer",
    title: "nav.explorer",
    listed: true,
    load: () => withWords(["community", "operator", "fund"], () => import("./explorer")),
  },
  {
    name: "agents",
    title: "nav.agents",
    module: "agents",
    own: true,
    listed: true,
    load: () => withWords(["agents", "community"], () => import("./agents")),
  },
  {
    name: "certificates",
    title: "nav.certificates",
    module: "certificates",
    own: true,
    listed: true,
    load: () => withWords(["certificates", "community"], () => import("./certificates")),
  },
  {
    name: "deals",
    title: "nav.deals",
    module: "deals",
    own: true,
    listed: true,
    load: () => withWords(["deals", "community"], () => import("./deals")),
  },
  {
    name: "feeds",
    title: "nav.feeds",
    module: "feeds",
    own: true,
    listed: true,
    load: () => withWords(["feeds", "community"], () => import("./feeds")),
  },
  {
    name: "fund",
    title: "nav.fund",
    module: "fund",
    own: true,
    listed: true,
    load: () => withWords(["fund"], () => import("./fund")),
  },
  {
    name: "origin",
    title: "nav.origin",
    module: "origin",
    own: true,
    listed: true,
    load: () => withWords(["origin"], () => import("./origin")),
  },
  {
    name: "together",
    title: "nav.together",
    module: "together",
    own: true,
    listed: true,
    load: () => withWords(["together"], () => import("./together")),
  },
  {
    name: "notices",
    title: "nav.notices",
    own: true,
    listed: true,
    load: () => withWords(["together", "bills"], () => import("./notices")),
  },
  {
    name: "resolutions",
    title: "nav.resolutions",
    module: "resolutions",
    own: true,
    listed: true,
    load: () => withWords(["resolutions", "community"], () => import("./resolutions")),
  },
  {
    name: "household",
    title: "nav.household",
    own: true,
    listed: true,
    load: () => withWords(["memos", "community"], () => import("./household")),
  },
  {
    name: "operator",
    title: "nav.operator",
    listed: true,
    load: () => withWords(["operator"], () => import("./operator")),
  },
  {
    name: "bank",
    title: "nav.bank",
    module: "bank",
    own: true,
    listed: false,
    load: () => withWords(["community"], () => import("./bank")),
  },
  {
    name: "treasury",
    title: "nav.treasury",
    module: "billing",
    own: true,
    listed: false,
    load: () => withWords(["bills"], () => import("./treasury")),
  },
  {
    name: "account",
    title: "nav.account",
    listed: false,
    load: () => withWords(["keys", "community", "memos"], () => import("./account")),
  },
  {
    name: "shared",
    title: "shared.known",
    listed: false,
    load: () => withWords(["community", "keys"], () => import("./shared")),
  },
];

/** In the place of today where no account is looked at yet. */
const WELCOME: ScreenInfo = {
  name: "welcome",
  title: "nav.today",
  module: "energy",
  listed: false,
  load: () => import("./welcome"),
};

/** In the place of a screen that the node shows only to who has signed in. */
const STRANGER: ScreenInfo = {
  name: "stranger",
  title: "stranger.title",
  listed: false,
  load: () => withWords(["keys", "operator"], () => import("./stranger")),
};

/** Where nothing is stored and drawn, what is shared comes first. */
function firstOf(here: string): string {
  const modules = status.value?.modules ?? [];
  return here === "today" && modules.includes("sharing") && !modules.includes("energy") ? "sharing" : here;
}

/** The screen that stands at a place now; none: there is no such place. */
export function screenOf(here: string): ScreenInfo | undefined {
  const info = SCREENS.find(({ name }) => name === firstOf(here));
  if (info?.own && loginNeeded.value && !reader.value) return STRANGER;
  return info?.name === "today" && !address.value ? WELCOME : info;
}
