import { Hono } from "hono";
import { listCampaigns } from "../../campaigns";
import { may } from "../../identity";
import { csvOfPages } from "../../lib/csv";
import {
  ALERT_LIMITS,
  changeAlert,
  FALSE_ALARM_REASONS,
  listAlerts,
  readAlert,
  type AlertChanges,
  type AlertFilter,
  type ListedAlert,
} from "../../quality";
import type { FieldErrors } from "../../ui/components/form";
import { differing, type Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import { askToConfirm } from "../confirmation/confirm";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm, seenOf, type Fields } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer } from "../message-page";
import { AlertPage, reasonText, type Entered } from "./alert-page";
import { alertsFile } from "./csv";
import { AlertListPage, ALERTS, ownerText, SHOWN, type Shown } from "./list-page";

const PAGE = 50;
const MOST_CAMPAIGNS = 500;

/** `/dashboard/alerts` */
export function alertRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/alerts", needs("alerts:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const shown = SHOWN.find((one) => one === c.req.query("show")) ?? "open";
    const after = positionIn(c.req.query("after"));
    const [found, campaigns, whole] = await Promise.all([
      listAlerts(deps.db, { organizationId, reach, filter: filterOf(shown, selfOf(c)), limit: PAGE + 1, after }),
      may(caller, "campaigns:read") ? listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }) : [],
      readWhole(deps.db, visitor),
    ]);
    const rows = found.slice(0, PAGE);
    const last = found.length > PAGE ? rows.at(-1)?.alert : undefined;
    const base = `${ALERTS}?show=${shown}`;
    return pageAnswer(
      <AlertListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={rows}
        shown={shown}
        campaigns={campaigns}
        self={selfOf(c)}
        mayReadRules={may(caller, "rules:read")}
        mayChange={may(caller, "alerts:write") && may(caller, "calls:read")}
        here={after ? `${base}&after=${after.raisedAt}.${after.id}` : base}
        firstHref={after ? base : undefined}
        nextHref={last && `${base}&after=${last.raisedAt}.${last.id}`}
      />,
    );
  });

  routes.get("/alerts.csv", needs("alerts:read"), async (c) => {
    // What leaves as a file asks who takes it, as at the API.
    const unconfirmed = await askToConfirm(c);
    if (unconfirmed) return unconfirmed;
    const { plain, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const shown = SHOWN.find((one) => one === c.req.query("show")) ?? "open";
    const campaigns = may(caller, "campaigns:read")
      ? await listCampaigns(plain.db, { organizationId, reach, limit: MOST_CAMPAIGNS })
      : [];
    const query = { organizationId, reach, filter: filterOf(shown, selfOf(c)) };
    const { head, pages } = alertsFile(plain.db, query, { view, campaigns, self: selfOf(c) });
    const name = `${wordsOf(ruleWords, view.language).csvName}-${view.formats.isoDay(view.now)}.csv`;
    return new Response(csvOfPages(head, pages, { bom: true }), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
      },
    });
  });

  routes.get("/alerts/:id", needs("alerts:read"), (c) => oneAnswer(c, c.req.param("id") ?? ""));

  routes.post("/alerts/:id", async (c) => {
    const form = await ownForm(c, "alerts:write");
    if (form instanceof Response) return form;
    const id = c.req.param("id");
    const wanted = changesIn(form, selfOf(c));
    const entered = { reason: form.text("reason").slice(0, 100), note: form.text("note").slice(0, ALERT_LIMITS.note) };
    const seen = form.text("seen");
    if (wanted === undefined) {
      const message = wordsOf(ruleWords, c.var.view.language).reasonWrong;
      return oneAnswer(c, id, { entered, seen, errors: [{ field: "reason", message }] });
    }
    const { organizationId, reach } = c.var.visitor.caller;
    const found = await readAlert(c.var.plain.db, { organizationId, reach, id });
    if (!found.ok) return notFoundAnswer(c.var.view);
    if (seen !== (await seenBy(found.value))) return oneAnswer(c, id, { entered, wanted });
    const changed = await changeAlert(writingDeps(c), { organizationId, reach, id }, wanted, actOf(c));
    if (!changed.ok) return failureAnswer(c, changed.error);
    // Who takes an alert or gives it back has not decided yet: what is written so far stays in the form.
    const { state, reason, note } = found.value.alert;
    const isTaken = state === "open" && wanted.state === undefined;
    const keeps = isTaken && (entered.reason !== (reason ?? "") || entered.note !== (note ?? ""));
    return keeps ? oneAnswer(c, id, { entered }) : c.redirect(`${ALERTS}/${id}`, 303);
  });

  return routes;
}

function filterOf(shown: Shown, self: string): AlertFilter {
  if (shown === "all") return {};
  return shown === "mine" ? { state: "open", ownerId: self } : { state: shown };
}

function positionIn(text = ""): { raisedAt: number; id: string } | undefined {
  const [, at, id] = /^(\d{1,15})\.(alr_\w{1,60})$/.exec(text) ?? [];
  return at !== undefined && id !== undefined ? { raisedAt: Number(at), id } : undefined;
}

function selfOf(c: PageContext): string {
  const { actor } = c.var.visitor.caller;
  return actor.kind === "user" ? actor.id : "";
}

/** What a form asks for; undefined for a false alarm without its reason. */
function changesIn(form: Fields, self: string): AlertChanges | undefined {
  const note = form.text("note").trim().slice(0, ALERT_LIMITS.note) || null;
  switch (form.text("do")) {
    case "take":
      return { ownerId: self };
    case "give_back":
      return { ownerId: null };
    case "confirmed":
      return { state: "confirmed", note };
    case "false_alarm": {
      const reason = FALSE_ALARM_REASONS.find((one) => one === form.text("reason"));
      return reason && { state: "false_alarm", reason, note };
    }
    default:
      return { state: "open" };
  }
}

/** What a decision is based on. */
function seenBy({ alert: { state, reason, note, ownerId } }: ListedAlert): Promise<string> {
  return seenOf({ state, reason, note, ownerId });
}

/** Where an alert and what somebody wanted of it are not the same. */
function differencesOf(c: PageContext, { alert }: ListedAlert, wanted: AlertChanges): readonly Difference[] {
  const words = wordsOf(ruleWords, c.var.view.language);
  const owner = (id: string | null) => ownerText(words, id, selfOf(c));
  const { state = alert.state, ownerId = alert.ownerId, note = alert.note } = wanted;
  const reason = state === "false_alarm" ? (wanted.reason ?? alert.reason) : null;
  const reasonOf = (named: string | null) => (named === null ? "" : reasonText(words, named));
  return differing([
    { label: words.state, stored: words[alert.state], entered: words[state] },
    { label: words.reason, stored: reasonOf(alert.reason), entered: reasonOf(reason) },
    { label: words.note, stored: alert.note ?? "", entered: note ?? "" },
    { label: words.owner, stored: owner(alert.ownerId), entered: owner(ownerId) },
  ]);
}

/**
 * What a form sent. `seen`: what it was filled from, where that is to be judged again. `wanted`: what it asked for, where
 * somebody else was there before.
 */
type Sent = { entered: Entered; seen?: string; errors?: FieldErrors; wanted?: AlertChanges };

async function oneAnswer(c: PageContext, id: string, sent?: Sent): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [found, whole] = await Promise.all([
    readAlert(deps.db, { organizationId, reach, id }),
    readWhole(deps.db, visitor),
  ]);
  if (!found.ok) return notFoundAnswer(view);
  const { errors = [], wanted } = sent ?? {};
  const differences = wanted ? differencesOf(c, found.value, wanted) : [];
  return pageAnswer(
    <AlertPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      listed={found.value}
      self={selfOf(c)}
      mayWrite={may(visitor.caller, "alerts:write")}
      mayOpenCall={may(visitor.caller, "calls:read")}
      entered={sent?.entered}
      seen={sent?.seen ?? (await seenBy(found.value))}
      errors={errors}
      differences={differences}
    />,
    differences.length > 0 ? 409 : errors.length > 0 ? 422 : 200,
  );
}
