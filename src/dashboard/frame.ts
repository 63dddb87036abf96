import { countCalls } from "../calls";
import type { Database } from "../db/client";
import { countFailing } from "../delivery";
import { countUnread, isLimited, may } from "../identity";
import { countOpenAlerts } from "../quality";
import type { Frame } from "../ui/layout/framed";
import type { NavigationEntry } from "../ui/layout/navigation";
import { wordsOf } from "../ui/strings/define";
import { stateWords } from "../ui/strings/state";
import type { View } from "../ui/view";
import { readerOf, type Visitor } from "./visitor";

/** What the frame says of the whole, where this visitor may know it. */
export type Whole = { unassigned: number; failing: number; unread: number; alerts: number };

/** Open alerts are counted up to here. */
const MOST_ALERTS = 1_000;

/** How the whole stands: part of the page's first round trip. */
export async function readWhole(db: Database, visitor: Visitor): Promise<Whole> {
  const { caller } = visitor;
  const { organizationId, reach } = caller;
  const [waiting, failing, { unread }, alerts] = await Promise.all([
    may(caller, "calls:read") && !isLimited(reach)
      ? countCalls(db, { organizationId, reach, waiting: true })
      : { calls: 0 },
    may(caller, "endpoints:read") ? countFailing(db, organizationId) : 0,
    countUnread(db, readerOf(visitor)),
    may(caller, "alerts:write") ? countOpenAlerts(db, { organizationId, reach }, MOST_ALERTS) : 0,
  ]);
  return { unassigned: waiting.calls, failing, unread, alerts };
}

/** Navigation and state for this visitor. What they may not open is not shown. */
export function frameOf(view: View, visitor: Visitor, whole: Whole): Frame {
  const words = wordsOf(stateWords, view.language);
  const { caller } = visitor;
  const entries: NavigationEntry[] = [{ page: "home" }];
  if (may(caller, "calls:read")) entries.push({ page: "calls" });
  if (may(caller, "calls:read") && !isLimited(caller.reach))
    entries.push({ page: "unassigned", waiting: whole.unassigned });
  if (may(caller, "tasks:read")) entries.push({ page: "tasks" });
  if (may(caller, "reports:read")) entries.push({ page: "reports" });
  if (may(caller, "alerts:read")) entries.push({ page: "alerts", waiting: whole.alerts });
  if (may(caller, "operators:read")) entries.push({ page: "operators" });
  if (may(caller, "uploads:read")) entries.push({ page: "uploads" });
  entries.push({ page: "settings" });
  if (may(caller, "campaigns:read")) entries.push({ page: "campaigns" });
  if (may(caller, "scorecards:read")) entries.push({ page: "scorecards" });
  if (may(caller, "sources:read")) entries.push({ page: "sources" });
  const { failing } = whole;
  if (may(caller, "endpoints:read")) entries.push({ page: "webhooks", waiting: failing, wrong: true });
  if (may(caller, "inbound:list")) entries.push({ page: "inbound" });
  if (may(caller, "keys:read")) entries.push({ page: "api" });
  const unassignedHref = "/dashboard/unassigned";
  const { number } = view.formats;
  return {
    person: visitor.person,
    organization: visitor.organization.name,
    others: visitor.others,
    csrf: visitor.csrf,
    unread: whole.unread,
    entries,
    state:
      failing > 0
        ? { tone: "wrong", text: words.webhooksFailing(number(failing)), href: "/dashboard/webhooks" }
        : whole.unassigned > 0
          ? { tone: "attention", text: words.callsUnassigned(number(whole.unassigned)), href: unassignedHref }
          : { tone: "good", text: words.allGood, href: "/dashboard" },
  };
}
