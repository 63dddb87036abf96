import { countCalls } from "../calls";
import { countFailingConnectors } from "../connectors";
import type { Database } from "../db/client";
import { countFailing } from "../delivery";
import { actorText, countUnread, isLimited, may } from "../identity";
import { countOpenAlerts, countOverdue, countWaitingFor, type OverdueCount } from "../quality";
import { countFailingSources } from "../sources";
import type { Frame } from "../ui/layout/framed";
import type { NavigationEntry } from "../ui/layout/navigation";
import { wordsOf, type Words } from "../ui/strings/define";
import { stateWords } from "../ui/strings/state";
import type { View } from "../ui/view";
import { tasksHref } from "./tasks/query";
import { readerOf, type PageVisitor, type Visitor } from "./visitor";

/** What the frame says of the whole, where this visitor may know it. */
export type Whole = {
  unassigned: Counted;
  failing: { webhooks: number; sources: number; storages: number };
  late: OverdueCount | null;
  /** Tasks that this person can review now. */
  tasks: Counted;
  unread: number;
  alerts: number;
};

/** `more`: beyond what is counted. */
type Counted = { count: number; more: boolean };

const NONE: Counted = { count: 0, more: false };

/** Open alerts are counted up to here. */
const MOST_ALERTS = 1_000;

/**
 * How the whole stands: part of the page's first round trip. Of everything that Home names as wrong the count alone, by an
 * index of what is open, no further than a thousand rows, of twenty sources and two hours of each (test/worker/frame.test.ts).
 */
export async function readWhole(db: Database, visitor: PageVisitor): Promise<Whole> {
  const { caller, now } = visitor;
  const { organizationId, reach } = caller;
  const within = { organizationId, reach };
  const seesSources = may(caller, "sources:read");
  const seesTasks = may(caller, "tasks:read");
  const [waiting, webhooks, sources, storages, late, own, { unread }, alerts] = await Promise.all([
    // Told to who can choose their campaign.
    may(caller, "calls:write") && !isLimited(reach) ? countCalls(db, { ...within, waiting: true }) : null,
    may(caller, "endpoints:read") ? countFailing(db, organizationId) : 0,
    seesSources ? countFailingSources(db, { ...within, now }) : 0,
    seesSources ? countFailingConnectors(db, within) : 0,
    seesTasks ? countOverdue(db, { ...within, now }) : null,
    seesTasks && may(caller, "reviews:write")
      ? countWaitingFor(db, { ...within, reviewerId: actorText(caller.actor), now })
      : null,
    countUnread(db, readerOf(visitor)),
    may(caller, "alerts:write") ? countOpenAlerts(db, within, MOST_ALERTS) : 0,
  ]);
  return {
    unassigned: waiting ? { count: waiting.calls, more: waiting.more } : NONE,
    failing: { webhooks, sources, storages },
    late,
    tasks: own ? { count: own.tasks, more: own.more } : NONE,
    unread,
    alerts,
  };
}

/** Navigation and state for this visitor. What they may not open is not shown. */
export function frameOf(view: View, visitor: Visitor, whole: Whole): Frame {
  const words = wordsOf(stateWords, view.language);
  const { caller } = visitor;
  const entries: NavigationEntry[] = [{ page: "home" }];
  if (may(caller, "calls:read")) entries.push({ page: "calls" });
  if (may(caller, "calls:read") && !isLimited(caller.reach))
    entries.push({ page: "unassigned", waiting: whole.unassigned.count, more: whole.unassigned.more });
  if (may(caller, "tasks:read")) entries.push({ page: "tasks", waiting: whole.tasks.count, more: whole.tasks.more });
  if (may(caller, "reports:read")) entries.push({ page: "reports" });
  if (may(caller, "alerts:read")) entries.push({ page: "alerts", waiting: whole.alerts });
  if (may(caller, "operators:read")) entries.push({ page: "operators" });
  if (may(caller, "uploads:read")) entries.push({ page: "uploads" });
  entries.push({ page: "settings" });
  if (may(caller, "campaigns:read")) entries.push({ page: "campaigns" });
  if (may(caller, "scorecards:read")) entries.push({ page: "scorecards" });
  if (may(caller, "sources:read")) entries.push({ page: "sources" });
  if (may(caller, "endpoints:read")) entries.push({ page: "webhooks", waiting: whole.failing.webhooks, wrong: true });
  if (may(caller, "inbound:list")) entries.push({ page: "inbound" });
  if (may(caller, "keys:read")) entries.push({ page: "api" });
  return {
    person: visitor.person,
    organization: visitor.organization.name,
    others: visitor.others,
    csrf: visitor.csrf,
    unread: whole.unread,
    entries,
    state: stateOf(view, words, whole),
  };
}

/** The worst of it in one line, with where it is looked at. */
function stateOf(view: View, words: Words<typeof stateWords>, whole: Whole): Frame["state"] {
  const { number, counted } = view.formats;
  const { unassigned, late } = whole;
  const { webhooks, sources, storages } = whole.failing;
  if (webhooks > 0)
    return { tone: "wrong", text: words.webhooksFailing(number(webhooks)), href: "/dashboard/webhooks" };
  if (sources > 0) return { tone: "wrong", text: words.sourcesFailing(number(sources)), href: "/dashboard/sources" };
  if (storages > 0)
    return { tone: "wrong", text: words.storagesFailing(number(storages)), href: "/dashboard/connectors" };
  if (unassigned.count > 0)
    return {
      tone: "attention",
      text: words.callsUnassigned(counted(unassigned.count, unassigned.more)),
      href: "/dashboard/unassigned",
    };
  if (late !== null && late.tasks > 0)
    return {
      tone: "attention",
      text: words.overdueNeed(counted(late.tasks, late.more)),
      href: tasksHref({ mine: false, state: "late" }),
    };
  return { tone: "good", text: words.allGood, href: "/dashboard" };
}
