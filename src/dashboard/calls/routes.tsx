import { Hono, type Context } from "hono";
import { retryCallActions } from "../../actions";
import { z } from "zod";
import { changeTags, chooseCampaign, normalizeTag, readCall, WAITING_REASONS } from "../../calls";
import { replayCall } from "../../delivery";
import { isLimited, listViews, may, mayShareViews, type Permission } from "../../identity";
import { readOperator } from "../../operators";
import { pageAnswer } from "../../ui/layout/page";
import { callPageWords } from "../../ui/strings/call";
import { callWords } from "../../ui/strings/calls";
import { wordsOf } from "../../ui/strings/define";
import { refusalText } from "../../ui/strings/refusals";
import { askToConfirm } from "../confirmation/confirm";
import { actOf, isOwnForm, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { lackingAnswer, messageAnswer, refusedAnswer, staleAnswer } from "../message-page";
import { placeIn } from "../bulk/request";
import { viewsOf } from "../views/form";
import { ownPath } from "../../lib/http/own-path";
import { commentRoutes } from "../comments/routes";
import { columnsCookie, columnsIn } from "./columns";
import { callsCsv } from "./csv";
import { callErasureRoutes } from "./erase-routes";
import { originalRoutes } from "./original-routes";
import type { Done } from "./done-toast";
import { callFilterOf, positionOf, readCallQuery, worstPositionOf } from "./filter";
import { CallListPage } from "./list-page";
import { CallPage } from "./page";
import { campaignsFor, readCallList, type CallListQuery } from "./read";
import { readCallParts, type WantedTranscript } from "./read-one";
import { ReplayPage } from "./replay-page";

const PAGE = 50;
/** Who has one of these may select calls. */
const CHANGING = ["calls:write", "deliveries:write", "analyses:write", "reviews:assign", "privacy:erase"] as const;

/** `/dashboard/calls` */
export function callRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/calls", "/calls/*", "/calls.csv"]) routes.use(path, needs("calls:read"));

  routes.get("/calls", async (c) => {
    const { deps, view, visitor } = c.var;
    const asked = readCallQuery(new URL(c.req.url).searchParams);
    const { caller } = visitor;
    const filter = callFilterOf(asked, view.formats, view.now, caller);
    const { organizationId, reach } = caller;
    const mayReadReviews = may(caller, "reviews:read");
    const query: CallListQuery =
      asked.sort === "worst" && mayReadReviews
        ? { order: "worst", filter, limit: PAGE, after: worstPositionOf(asked) }
        : { order: "newest", filter, limit: PAGE, after: positionOf(asked) };
    const [list, whole, operator, views] = await Promise.all([
      readCallList(deps, caller, query),
      readWhole(deps.db, visitor),
      asked.operator === undefined ? null : readOperator(deps.db, { organizationId, reach, id: asked.operator }),
      listViews(deps.db, viewsOf(c)),
    ]);
    const first = new URL(c.req.url).search === "" ? views.find(({ isDefault }) => isDefault) : undefined;
    if (first) return c.redirect(`/dashboard/calls?${first.query}`);
    return pageAnswer(
      <CallListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        asked={asked}
        list={list}
        columns={columnsIn(c.req.header("cookie") ?? null)}
        operatorName={operator?.ok ? operator.value.name : null}
        views={views}
        mayShareViews={mayShareViews(visitor.caller)}
        mayReadReviews={mayReadReviews}
        mayNameReviewers={may(caller, "reviews:assign") && !isLimited(reach)}
        mayGrade={deps.search !== null && may(visitor.caller, "analyses:read")}
        mayChange={CHANGING.some((permission) => may(visitor.caller, permission))}
      />,
    );
  });

  routes.post("/calls/columns", async (c) => {
    const form = await c.req.parseBody({ all: true });
    const chosen = [form["column"] ?? []].flat().map(String);
    c.header("set-cookie", columnsCookie(chosen, c.req.url.startsWith("https:")));
    return c.redirect(ownPath.catch("/dashboard/calls").parse(form["back"]), 303);
  });

  routes.get("/calls.csv", async (c) => {
    // What leaves as a file asks who takes it, as at the API.
    const unconfirmed = await askToConfirm(c);
    if (unconfirmed) return unconfirmed;
    const { deps, view, visitor } = c.var;
    const words = wordsOf(callWords, view.language);
    const asked = readCallQuery(new URL(c.req.url).searchParams);
    const filter = callFilterOf(asked, view.formats, view.now, visitor.caller);
    const campaigns = await campaignsFor(deps.db, visitor.caller);
    const order = may(visitor.caller, "reviews:read") ? (asked.sort ?? "newest") : "newest";
    return new Response(callsCsv(deps, visitor.caller, { filter, order, campaigns }, words), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${words.csvName}-${view.formats.isoDay(view.now)}.csv"`,
        "cache-control": "no-store",
      },
    });
  });

  routes.get("/calls/:id", async (c) => {
    const { deps, view, visitor } = c.var;
    const [parts, whole] = await Promise.all([
      readCallParts(deps, visitor.caller, c.req.param("id"), wantedIn(c)),
      readWhole(deps.db, visitor),
    ]);
    if (!parts.ok) return noCall(c);
    const startAt = Math.max(0, Math.floor(Number(c.req.query("t")) || 0));
    return pageAnswer(
      <CallPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={visitor.caller}
        parts={parts.value}
        startAt={startAt}
        done={doneOf(c)}
        tab={c.req.query("tab")}
      />,
    );
  });

  routes.post("/calls/:id/campaign", async (c) => {
    const { visitor, view } = c.var;
    if (!may(visitor.caller, "calls:write")) return lackingAnswer(view, visitor.caller, "calls:write");
    const form = await c.req.parseBody();
    if (!(await isOwnForm(c, form))) return staleAnswer(view);
    const deps = writingDeps(c);
    const { organizationId, reach } = visitor.caller;
    const target = { organizationId, reach, id: c.req.param("id") };
    const before = await readCall(deps.db, target);
    if (!before.ok) return noCall(c);
    const campaignId = placeIn(typeof form["campaign"] === "string" ? form["campaign"] : "");
    const reason = waitingReason.parse(form["reason"]);
    const hearsAll = may(visitor.caller, "originals:read");
    const choice = { organizationId, reach, hearsAll, callId: target.id, campaignId, reason };
    const chosen = await chooseCampaign(deps, choice, actOf(c));
    if (!chosen.ok) return refusedAnswer(view, refusalText(chosen.error, view.language));
    const { campaignId: from, quarantine } = before.value;
    const was = from === null ? `&waited=${quarantine ?? ""}` : encodeURIComponent(from);
    return c.redirect(`/dashboard/calls/${target.id}?moved=${was}`, 303);
  });

  routes.post("/calls/:id/tags", async (c) => {
    const form = await ownForm(c, "calls:write");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const callId = c.req.param("id");
    const [add, remove] = [normalizeTag(form.text("add")), normalizeTag(form.text("remove"))];
    const change = { add: add === undefined ? [] : [add], remove: remove === undefined ? [] : [remove] };
    const changed = await changeTags(writingDeps(c), { organizationId, reach, callId, change }, actOf(c));
    if (!changed.ok) return changed.error.kind === "not_found" ? noCall(c) : failureAnswer(c, changed.error);
    if (add === undefined && remove === undefined)
      return refusedAnswer(c.var.view, wordsOf(callPageWords, c.var.view.language).badTag);
    return c.redirect(`/dashboard/calls/${callId}#tags`, 303);
  });

  routes.post("/calls/:id/actions", async (c) => {
    const form = await ownForm(c, "calls:write");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const callId = c.req.param("id");
    const target = { organizationId, reach, callId, actionId: form.text("action") || undefined };
    const allows = (permission: Permission) => may(c.var.visitor.caller, permission);
    const again = await retryCallActions(writingDeps(c), target, allows, actOf(c));
    if (!again.ok) return again.error.kind === "not_found" ? noCall(c) : failureAnswer(c, again.error);
    return c.redirect(`/dashboard/calls/${callId}#actions`, 303);
  });

  routes.route("/", commentRoutes());
  routes.route("/", callErasureRoutes());
  routes.route("/", originalRoutes());

  routes.get("/calls/:id/replay", async (c) => {
    const { deps, view, visitor } = c.var;
    if (!may(visitor.caller, "deliveries:write")) return lackingAnswer(view, visitor.caller, "deliveries:write");
    const callId = c.req.param("id");
    const { organizationId, reach } = visitor.caller;
    const [call, counted, whole] = await Promise.all([
      readCall(deps.db, { organizationId, reach, id: callId }),
      replayCall(deps, { organizationId, callId }, { dryRun: true }, actOf(c)),
      readWhole(deps.db, visitor),
    ]);
    if (!call.ok || !counted.ok) return noCall(c);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<ReplayPage view={view} frame={frame} call={call.value} counted={counted.value} />);
  });

  routes.post("/calls/:id/replay", async (c) => {
    const { visitor, view } = c.var;
    if (!may(visitor.caller, "deliveries:write")) return lackingAnswer(view, visitor.caller, "deliveries:write");
    if (!(await isOwnForm(c, await c.req.parseBody()))) return staleAnswer(view);
    const target = { organizationId: visitor.caller.organizationId, callId: c.req.param("id") };
    const sent = await replayCall(writingDeps(c), target, { dryRun: false }, actOf(c));
    if (!sent.ok) return refusedAnswer(view, refusalText(sent.error, view.language));
    const { enqueued, unable } = sent.value;
    return c.redirect(
      `/dashboard/calls/${target.callId}?replayed=${enqueued}&unable=${unable.length}&tab=timeline`,
      303,
    );
  });

  return routes;
}

function noCall(c: Context<DashboardEnv>): Promise<Response> {
  const { notFound: title, notFoundText: text, back: link } = wordsOf(callPageWords, c.var.view.language);
  return messageAnswer(c.var.view, 404, { title, text, link, href: "/dashboard/calls" });
}

/** Why a call waited, as the list of those that wait says it. */
const waitingReason = z.enum(WAITING_REASONS).optional().catch(undefined);

/** Where a call was before it was moved; null where nothing says so. */
function placeBefore(campaign: string, waited: string | undefined) {
  const reason = waitingReason.parse(waited);
  if (campaign !== "") return { campaign };
  return reason === undefined ? null : { reason };
}

/** What the action before this page did, from the address it led to. */
function doneOf(c: Context<DashboardEnv>): Done | null {
  const { moved, waited, replayed, unable, task, had = "" } = c.req.query();
  if (task === "closed") return { kind: "task", done: task, had: /^(?:usr|key)_[0-9a-z]{26}$/.test(had) ? had : null };
  if (task === "open" || task === "asked" || task === "decided") return { kind: "task", done: task };
  if (moved !== undefined) return { kind: "moved", from: placeBefore(moved.slice(0, 100), waited) };
  if (!/^\d{1,6}$/.test(replayed ?? "")) return null;
  return { kind: "replayed", deliveries: Number(replayed), unable: Number(unable) || 0 };
}

/** The transcript that the address names, as the API's parameters do. */
function wantedIn(c: PageContext): WantedTranscript {
  const { engine, version, recording_id: recordingId } = c.req.query();
  return { engine, version, recordingId };
}
