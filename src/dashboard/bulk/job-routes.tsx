import { Hono } from "hono";
import { cancelJob, listJobResults, listJobs, readJob, readUndo, undoJob, type JobRow } from "../../bulk";
import { readCallHeads } from "../../calls";
import { ownPath } from "../../lib/http/own-path";
import { pageAnswer } from "../../ui/layout/page";
import { PAGE_HEADERS } from "../../ui/security";
import { campaignsFor } from "../calls/read";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer } from "../message-page";
import { pageOf, positionIn } from "../settings/paged";
import { JobListPage } from "./job-list-page";
import { JobPage, JobProgress } from "./job-page";

const PAGE = 50;

/** `/dashboard/jobs` */
export function jobRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/jobs", "/jobs/*"]) routes.use(path, needs("calls:read"));

  routes.get("/jobs", async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const [found, campaigns, whole] = await Promise.all([
      listJobs(deps.db, caller, positionIn(c, "after")),
      campaignsFor(deps.db, caller),
      readWhole(deps.db, visitor),
    ]);
    return pageAnswer(
      <JobListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        page={pageOf(c, "after", found, ({ id }) => id)}
        campaigns={namesOf(campaigns)}
        userId={visitor.session.userId}
      />,
    );
  });

  routes.get("/jobs/:id", async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const [found, campaigns, whole] = await Promise.all([
      readJob(deps.db, caller, c.req.param("id")),
      campaignsFor(deps.db, caller),
      readWhole(deps.db, visitor),
    ]);
    if (!found.ok) return notFoundAnswer(view);
    const job = found.value;
    const [shown, undo] = await Promise.all([resultsOf(c, job), readUndo(deps.db, caller, job)]);
    return pageAnswer(
      <JobPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        job={job}
        campaigns={namesOf(campaigns)}
        {...shown}
        back={backIn(c.req.query("back"))}
        undo={undo}
      />,
    );
  });

  // A part of the page, asked for again and again. Once the job is over the whole page is.
  routes.get("/jobs/:id/progress", async (c) => {
    const { deps, view, visitor } = c.var;
    const found = await readJob(deps.db, visitor.caller, c.req.param("id"));
    if (!found.ok) return notFoundAnswer(view);
    const isOver = found.value.state !== "open";
    const part = <JobProgress view={view} job={found.value} />;
    return new Response(String(await part), {
      headers: { ...PAGE_HEADERS, ...(isOver ? { "hx-refresh": "true" } : {}) },
    });
  });

  routes.post("/jobs/:id/cancel", async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const id = c.req.param("id");
    const cancelled = await cancelJob(writingDeps(c).db, c.var.visitor.caller, id, actOf(c));
    return cancelled.ok ? toJob(c, id, form.text("back")) : failureAnswer(c, cancelled.error);
  });

  routes.post("/jobs/:id/undo", async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const { plain, visitor } = c.var;
    const undone = await undoJob(plain, visitor.caller, c.req.param("id"), { ...actOf(c), atOnce: true });
    return undone.ok ? toJob(c, undone.value.id, form.text("back")) : failureAnswer(c, undone.error);
  });

  return routes;
}

/** A page of what became of the calls, with the calls themselves. */
async function resultsOf(c: PageContext, job: JobRow) {
  const { deps, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [, page, at] = /^(\d{1,9})\.(\d{1,9})$/.exec(c.req.query("after") ?? "") ?? [];
  const after = page === undefined ? undefined : { page: Number(page), at: Number(at) };
  const found =
    job.state === "open" ? [] : await listJobResults(deps.db, job, { limit: PAGE + 1, ...(after && { after }) });
  const rows = found.slice(0, PAGE);
  const ids = rows.map(({ result }) => result.id);
  const heads = ids.length === 0 ? [] : await readCallHeads(deps.db, { organizationId, reach, ids });
  const calls = new Map(heads.map((call) => [call.id, call]));
  const last = found.length > PAGE ? rows.at(-1) : undefined;
  const back = encodeURIComponent(backIn(c.req.query("back")));
  return {
    results: rows.map(({ result }) => ({ result, call: calls.get(result.id) })),
    firstHref: after && `/dashboard/jobs/${job.id}?back=${back}`,
    nextHref: last && `/dashboard/jobs/${job.id}?back=${back}&after=${last.page}.${last.at}`,
  };
}

function backIn(asked: string | undefined): string {
  return ownPath.catch("/dashboard/calls").parse(asked);
}

function toJob(c: PageContext, id: string, back: string): Response {
  return c.redirect(`/dashboard/jobs/${id}?back=${encodeURIComponent(backIn(back))}`, 303);
}

function namesOf(campaigns: readonly { id: string; name: string }[]): ReadonlyMap<string, string> {
  return new Map(campaigns.map(({ id, name }) => [id, name]));
}
