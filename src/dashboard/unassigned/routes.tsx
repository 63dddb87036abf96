import { Hono } from "hono";
import { startAsJob } from "../../bulk";
import { chooseCampaignOfWaiting, groupWaiting, listCalls, pickWaiting, type WaitingFilter } from "../../calls";
import { listCampaigns } from "../../campaigns";
import { isLimited, may, type Caller } from "../../identity";
import { listSources } from "../../sources";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { unassignedWords } from "../../ui/strings/unassigned";
import { AskPage } from "../ask-page";
import { afterOf, positionOf, readCallQuery } from "../calls/filter";
import { isJobId, jobIdOf, newFormId } from "../bulk/request";
import { actOf, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { forbiddenAnswer, refusedAnswer } from "../message-page";
import { UnassignedPage } from "./page";

const PAGE = 50;
const MOST_GROUPS = 50;
const MOST_CAMPAIGNS = 500;
const MOST_SOURCES = 200;
/** As many as the API assigns at once. */
const MOST_ASSIGNED = 1_000;

/** `/dashboard/unassigned` */
export function unassignedRoutes() {
  const routes = new Hono<DashboardEnv>();

  // What has no campaign yet is within no limited reach.
  for (const path of ["/unassigned", "/unassigned/*"])
    routes.use(path, needs("calls:read"), async (c, next) =>
      isLimited(c.var.visitor.caller.reach) ? forbiddenAnswer(c.var.view, true) : next(),
    );

  routes.get("/unassigned", async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const after = positionOf(readCallQuery(new URL(c.req.url).searchParams));
    const [waiting, page, campaigns, sources, whole] = await Promise.all([
      groupWaiting(deps.db, { organizationId, reach, limit: MOST_GROUPS }),
      listCalls(deps.db, {
        organizationId,
        reach,
        filter: { quarantined: true },
        limit: PAGE + 1,
        ...(after ? { after } : {}),
      }),
      listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS }),
      may(caller, "sources:read") ? listSources(deps.db, { organizationId, reach, limit: MOST_SOURCES }) : [],
      readWhole(deps.db, visitor),
    ]);
    const calls = page.rows.slice(0, PAGE);
    const last = page.rows.length > PAGE ? calls.at(-1) : undefined;
    return pageAnswer(
      <UnassignedPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={caller}
        groups={waiting.groups}
        calls={calls}
        campaigns={campaigns}
        sourceNames={new Map(sources.map(({ id, name }) => [id, name]))}
        firstHref={after ? "/dashboard/unassigned" : undefined}
        nextHref={last && `/dashboard/unassigned?after=${afterOf(last)}`}
        done={doneIn(c)}
      />,
    );
  });

  routes.get("/unassigned/assign", needs("calls:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const words = wordsOf(unassignedWords, view.language);
    const params = new URL(c.req.url).searchParams;
    const filter = filterOf((name) => params.get(name), params.getAll("call"));
    if (filter === null) return refusedAnswer(view, words.none);
    const campaignId = params.get("campaign") ?? "";
    const choice = choiceOf(visitor.caller, campaignId, filter);
    const { organizationId, reach } = visitor.caller;
    const [counted, campaigns, whole] = await Promise.all([
      chooseCampaignOfWaiting(deps, choice, actOf(c)),
      listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS }),
      readWhole(deps.db, visitor),
    ]);
    if (!counted.ok) return failureAnswer(c, counted.error);
    const campaign = campaigns.find(({ id }) => id === campaignId);
    const count = view.formats.number(Math.min(MOST_ASSIGNED, counted.value.matched));
    const fields = Object.fromEntries([...params].filter(([name]) => name !== "call"));
    const back = { href: "/dashboard/unassigned", title: words.cancel };
    const go = counted.value.matched === 0 ? null : words.go(count);
    const asks = { view, frame: frameOf(view, visitor, whole), current: "unassigned", back, go } as const;
    return pageAnswer(
      <AskPage
        {...asks}
        title={words.askTitle}
        action="/dashboard/unassigned/assign"
        fields={{ ...fields, calls: params.getAll("call").join(" "), form: newFormId(view.now) }}
      >
        {counted.value.matched === 0 ? (
          <p>{words.askNone}</p>
        ) : (
          <p dir="auto">
            {words.askText(count, campaign ? `${campaign.name} #${campaign.number}` : campaignId)} {words.askAfter}
          </p>
        )}
      </AskPage>,
    );
  });

  routes.post("/unassigned/assign", async (c) => {
    const form = await ownForm(c, "calls:write");
    if (form instanceof Response) return form;
    const { plain, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const calls = form.text("calls").split(" ").filter(Boolean);
    const filter = filterOf((name) => form.text(name), calls);
    if (filter === null) return refusedAnswer(view, wordsOf(unassignedWords, view.language).none);
    const params = { campaignId: form.text("campaign"), onlyWaiting: true };
    const id = await jobIdOf(form.text("form"), { ...params, filter }, view.now);
    const { ids } = await pickWaiting(plain.db, { organizationId, reach, filter, limit: MOST_ASSIGNED });
    // As a job, which can be undone. The same form sent again is given the same one.
    const asked = { action: "move", params, selection: { ids } } as const;
    const started = await startAsJob(plain, visitor.caller, asked, { ...actOf(c), id });
    if (!started.ok) return failureAnswer(c, started.error);
    const { state, changed } = started.value;
    return state === "open"
      ? c.redirect(`/dashboard/jobs/${id}?back=${encodeURIComponent("/dashboard/unassigned")}`, 303)
      : c.redirect(`/dashboard/unassigned?done=${changed}${changed > 0 ? `&job=${id}` : ""}`, 303);
  });

  return routes;
}

function doneIn(c: PageContext): { count: number; job: string | undefined } | null {
  const { done = "", job = "" } = c.req.query();
  return /^\d{1,6}$/.test(done) ? { count: Number(done), job: isJobId(job) ? job : undefined } : null;
}

/** Only counted. */
function choiceOf(caller: Caller, campaignId: string, filter: WaitingFilter) {
  const { organizationId, reach } = caller;
  const hearsAll = may(caller, "originals:read");
  return { organizationId, reach, hearsAll, campaignId, filter, limit: MOST_ASSIGNED, dryRun: true };
}

/** One group, or calls one by one; null where neither is named, which would mean all. */
function filterOf(valueOf: (name: string) => string | null, calls: readonly string[]): WaitingFilter | null {
  if (calls.length > 0) return { callIds: calls.slice(0, MOST_ASSIGNED) };
  const sourceId = valueOf("source") ?? "";
  if (sourceId === "") return null;
  const [reason, number, account] = ["reason", "number", "account"].map((name) => valueOf(name) ?? "");
  return {
    sourceId,
    ...(reason ? { reason } : {}),
    campaignNumber: number === "" || !/^\d{1,9}$/.test(number ?? "") ? null : Number(number),
    account: account ? account : null,
  };
}
