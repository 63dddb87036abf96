import type { IconName } from "../icon-names";
import { Icon } from "../components/icon";
import { wordsOf, type Words } from "../strings/define";
import { frame } from "../strings/frame";
import type { View } from "../view";

/** A page that the navigation leads to, and how many things there wait for a person; `more`: beyond what is counted. */
export type NavigationEntry = { page: PageName; waiting?: number; more?: boolean; wrong?: boolean };

type Known = { href: string; icon: IconName; group: "work" | "configuration" | "developers" | "foot" };

/** Every page there is, in the order of the navigation. What is not in it does not exist yet. */
export const PAGES = {
  home: { href: "/dashboard", icon: "home", group: "work" },
  calls: { href: "/dashboard/calls", icon: "calls", group: "work" },
  unassigned: { href: "/dashboard/unassigned", icon: "unassigned", group: "work" },
  tasks: { href: "/dashboard/tasks", icon: "tasks", group: "work" },
  reports: { href: "/dashboard/reports", icon: "reports", group: "work" },
  alerts: { href: "/dashboard/alerts", icon: "warning", group: "work" },
  operators: { href: "/dashboard/operators", icon: "operators", group: "work" },
  uploads: { href: "/dashboard/uploads", icon: "uploads", group: "work" },
  campaigns: { href: "/dashboard/campaigns", icon: "campaigns", group: "configuration" },
  scorecards: { href: "/dashboard/scorecards", icon: "scorecards", group: "configuration" },
  sources: { href: "/dashboard/sources", icon: "sources", group: "configuration" },
  webhooks: { href: "/dashboard/webhooks", icon: "webhooks", group: "developers" },
  inbound: { href: "/dashboard/inbound", icon: "inbound", group: "developers" },
  api: { href: "/dashboard/api", icon: "api", group: "developers" },
  settings: { href: "/dashboard/settings", icon: "settings", group: "foot" },
} as const satisfies Record<string, Known>;

export type PageName = keyof typeof PAGES;

const GROUPS = ["work", "configuration", "developers", "foot"] as const;

/** Left on wide screens, a drawer on others. Entries are those that this person may open. */
export function Navigation(props: { view: View; entries: readonly NavigationEntry[]; current: PageName | null }) {
  const { view, entries, current } = props;
  const words = wordsOf(frame, view.language);
  return (
    <nav class="navigation" aria-label={words.navigation}>
      {GROUPS.map((group) => {
        const own = entries.filter(({ page }) => PAGES[page].group === group);
        if (own.length === 0) return null;
        return (
          <div class={`navigation-group group-${group}`}>
            {(group === "configuration" || group === "developers") && <h2>{words[group]}</h2>}
            <ul>{own.map((entry) => navigationItem(view, words, entry, current))}</ul>
          </div>
        );
      })}
    </nav>
  );
}

function navigationItem(view: View, words: Words<typeof frame>, entry: NavigationEntry, current: PageName | null) {
  const { page, waiting = 0, more = false, wrong = false } = entry;
  const { href, icon } = PAGES[page];
  return (
    <li>
      <a href={href} aria-current={page === current ? "page" : undefined}>
        <Icon name={icon} />
        <span class="navigation-title">{words[page]}</span>
        {waiting > 0 && (
          <span class={`count${wrong ? " wrong" : ""}`}>
            {view.formats.number(waiting)}
            {more && "+"}
          </span>
        )}
      </a>
    </li>
  );
}
