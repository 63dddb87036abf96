import type { Child } from "hono/jsx";
import { may, type Caller, type Permission } from "../../identity";
import { Tabs } from "../../ui/components/tabs";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { settingsWords } from "../../ui/strings/settings";
import type { View } from "../../ui/view";
import { PROFILE } from "./profile/address";
import { API_KEYS } from "./api-keys/address";
import { AUDIT_LOG } from "./audit-log/filter";
import { ENGINES } from "./engines/address";
import { INTEGRATIONS } from "./integrations/address";
import { PEOPLE } from "./people/address";
import { PRIVACY } from "./privacy/address";
import { SERVICE_LEVELS } from "./service-levels/address";
import { RULES } from "./rules/address";
import { TEAMS } from "./teams/address";
import { TOKEN_ISSUERS } from "./token-issuers/address";
import { USAGE } from "./usage/address";

/** Every page of Settings, in the order of the tabs. `needs`: who may open it; `self` is everyone's own. */
const TABS = {
  profile: { href: PROFILE, needs: "self" },
  notifications: { href: "/dashboard/settings/notifications", needs: "self" },
  people: { href: PEOPLE, needs: "people:read" },
  teams: { href: TEAMS, needs: "teams:read" },
  apiKeys: { href: API_KEYS, needs: "keys:read" },
  integrations: { href: INTEGRATIONS, needs: "sources:read" },
  engines: { href: ENGINES, needs: "engines:read" },
  rules: { href: RULES, needs: "rules:read" },
  tokenIssuers: { href: TOKEN_ISSUERS, needs: "tokens:read" },
  security: { href: "/dashboard/settings/security", needs: "organization:write" },
  serviceLevels: { href: SERVICE_LEVELS, needs: "reviews:read" },
  privacy: { href: PRIVACY, needs: "privacy:read" },
  usage: { href: USAGE, needs: "usage:read" },
  audit: { href: AUDIT_LOG, needs: "audit:read" },
  roles: { href: "/dashboard/settings/roles", needs: "self" },
} as const satisfies Record<string, { href: string; needs: Permission | "self" }>;

export type SettingsTab = keyof typeof TABS;

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  current: SettingsTab;
  /** Of a page within the tab; without it the page is the tab's own. */
  title?: string;
  /** How it stands, in one sentence. */
  state?: Child;
  actions?: Child;
  toast?: Child;
  children?: Child;
};

/** A page of Settings: the tabs that this person may open, and below them the page. */
export function SettingsPage({ view, frame, caller, current, title, state, actions, toast, children }: Props) {
  const words = wordsOf(settingsWords, view.language);
  const heading = title ?? words[current];
  const tabs = openTabs(caller).map((name) => ({ href: TABS[name].href, title: words[name] }));
  return (
    <FramedPage view={view} frame={frame} title={heading} current="settings" toast={toast}>
      <Tabs label={words.tabs} tabs={tabs} current={TABS[current].href} />
      <PageHead title={heading} state={state} actions={actions} />
      {children}
    </FramedPage>
  );
}

/** Where `/dashboard/settings` leads: the first page that this person may open. */
export function firstSettingsHref(caller: Caller): string {
  return TABS[openTabs(caller)[0] ?? "notifications"].href;
}

function openTabs(caller: Caller): SettingsTab[] {
  return (Object.keys(TABS) as SettingsTab[]).filter((name) => {
    const needs: Permission | "self" = TABS[name].needs;
    return needs === "self" || may(caller, needs);
  });
}
