// Words of screens that most do not open: loaded with them, beside those of every screen. A file of its own, for what
// every screen loads first has no room for a line a language and part.

import type { Loaders } from "./messages";

export const PARTS = {
  agents: {
    en: () => import("../messages/agents/agents.en.json"),
    de: () => import("../messages/agents/agents.de.json"),
    fr: () => import("../messages/agents/agents.fr.json"),
    it: () => import("../messages/agents/agents.it.json"),
    es: () => import("../messages/agents/agents.es.json"),
    el: () => import("../messages/agents/agents.el.json"),
  },
  bills: {
    en: () => import("../messages/bills/bills.en.json"),
    de: () => import("../messages/bills/bills.de.json"),
    fr: () => import("../messages/bills/bills.fr.json"),
    it: () => import("../messages/bills/bills.it.json"),
    es: () => import("../messages/bills/bills.es.json"),
    el: () => import("../messages/bills/bills.el.json"),
  },
  community: {
    en: () => import("../messages/community/community.en.json"),
    de: () => import("../messages/community/community.de.json"),
    fr: () => import("../messages/community/community.fr.json"),
    it: () => import("../messages/community/community.it.json"),
    es: () => import("../messages/community/community.es.json"),
    el: () => import("../messages/community/community.el.json"),
  },
  deals: {
    en: () => import("../messages/deals/deals.en.json"),
    de: () => import("../messages/deals/deals.de.json"),
    fr: () => import("../messages/deals/deals.fr.json"),
    it: () => import("../messages/deals/deals.it.json"),
    es: () => import("../messages/deals/deals.es.json"),
    el: () => import("../messages/deals/deals.el.json"),
  },
  feeds: {
    en: () => import("../messages/feeds/feeds.en.json"),
    de: () => import("../messages/feeds/feeds.de.json"),
    fr: () => import("../messages/feeds/feeds.fr.json"),
    it: () => import("../messages/feeds/feeds.it.json"),
    es: () => import("../messages/feeds/feeds.es.json"),
    el: () => import("../messages/feeds/feeds.el.json"),
  },
  fund: {
    en: () => import("../messages/fund/fund.en.json"),
    de: () => import("../messages/fund/fund.de.json"),
    fr: () => import("../messages/fund/fund.fr.json"),
    it: () => import("../messages/fund/fund.it.json"),
    es: () => import("../messages/fund/fund.es.json"),
    el: () => import("../messages/fund/fund.el.json"),
  },
  keys: {
    en: () => import("../messages/keys/keys.en.json"),
    de: () => import("../messages/keys/keys.de.json"),
    fr: () => import("../messages/keys/keys.fr.json"),
    it: () => import("../messages/keys/keys.it.json"),
    es: () => import("../messages/keys/keys.es.json"),
    el: () => import("../messages/keys/keys.el.json"),
  },
  operator: {
    en: () => import("../messages/operator/operator.en.json"),
    de: () => import("../messages/operator/operator.de.json"),
    fr: () => import("../messages/operator/operator.fr.json"),
    it: () => import("../messages/operator/operator.it.json"),
    es: () => import("../messages/operator/operator.es.json"),
    el: () => import("../messages/operator/operator.el.json"),
  },
  resolutions: {
    en: () => import("../messages/resolutions/resolutions.en.json"),
    de: () => import("../messages/resolutions/resolutions.de.json"),
    fr: () => import("../messages/resolutions/resolutions.fr.json"),
    it: () => import("../messages/resolutions/resolutions.it.json"),
    es: () => import("../messages/resolutions/resolutions.es.json"),
    el: () => import("../messages/resolutions/resolutions.el.json"),
  },
  sharing: {
    en: () => import("../messages/sharing/sharing.en.json"),
    de: () => import("../messages/sharing/sharing.de.json"),
    fr: () => import("../messages/sharing/sharing.fr.json"),
    it: () => import("../messages/sharing/sharing.it.json"),
    es: () => import("../messages/sharing/sharing.es.json"),
    el: () => import("../messages/sharing/sharing.el.json"),
  },
} as const satisfies Record<string, Loaders>;
