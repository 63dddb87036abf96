import { Hono } from "hono";
import { callIdOfTask } from "../../calls";
import {
  askOpinions,
  assignCalls,
  changeTasks,
  CLOSE_REASONS,
  decideOpinions,
  MOST_OPINIONS,
  readTask,
  type TaskChange,
} from "../../quality";
import { wordsOf } from "../../ui/strings/define";
import { opinionWords } from "../../ui/strings/opinions";
import { amountIn } from "../amount";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, ownForm } from "../forms";
import { notFoundAnswer, refusedAnswer } from "../message-page";

/** What is done with one task from the page of its call. */
export function taskActRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.post("/tasks/:id/state", async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const deps = writingDeps(c);
    const before = await readTask(deps.db, targetOf(c));
    if (!before.ok) return notFoundAnswer(c.var.view);
    const { callId, assigneeId } = before.value;
    const reason = CLOSE_REASONS.find((one) => one === form.text("reason"));
    const note = form.text("note").trim().slice(0, 2_000);
    const closes = form.text("state") === "closed";
    if (closes && (!reason || (reason === "other" && note === ""))) return refused(c, "noteHint");
    const change: TaskChange =
      closes && reason ? { state: "closed", reason, note: note === "" ? null : note } : { state: "open" };
    const { id: _, ...within } = targetOf(c);
    const page = { ...within, callIds: [callId] };
    const done = (await changeTasks(deps, { ...page, change }, actOf(c))).get(callId);
    if (done && !done.ok) return failureAnswer(c, done.error);
    // What is undone goes back to whom it was given. Who may not have it any more is passed over.
    const reviewerId = form.text("reviewer");
    if (!closes && reviewerId !== "") await assignCalls(deps, { ...page, choice: { reviewerId } }, actOf(c));
    const had = closes && assigneeId !== null ? `&had=${encodeURIComponent(assigneeId)}` : "";
    return c.redirect(`/dashboard/calls/${callId}?task=${closes ? "closed" : "open"}${had}&tab=scorecard`, 303);
  });

  routes.post("/tasks/:id/opinions", async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const wanted = Number(form.text("wanted"));
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > MOST_OPINIONS) return refused(c, "wanted");
    const asked = await askOpinions(writingDeps(c), targetOf(c), { wanted }, actOf(c));
    return asked.ok ? back(c, "asked") : failureAnswer(c, asked.error);
  });

  routes.post("/tasks/:id/decide", async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const reason = form.text("why").trim().slice(0, 2_000);
    if (reason === "") return refused(c, "reason");
    const reviewId = form.text("holds");
    const { view } = c.var;
    const { badScore } = wordsOf(opinionWords, view.language);
    const score = amountIn(form.text("score"), view.language, { least: 0, most: 100, decimals: 2 }, badScore);
    if (reviewId === "" && "message" in score) return refusedAnswer(view, score.message);
    const decision = "value" in score && reviewId === "" ? { score: score.value, reason } : { reviewId, reason };
    const decided = await decideOpinions(writingDeps(c), targetOf(c), decision, actOf(c));
    return decided.ok ? back(c, "decided") : failureAnswer(c, decided.error);
  });

  return routes;
}

function back(c: PageContext, done: string): Response {
  return c.redirect(`/dashboard/calls/${callIdOfTask(c.req.param("id") ?? "")}?task=${done}&tab=scorecard#task`, 303);
}

function refused(c: PageContext, word: "noteHint" | "wanted" | "reason"): Promise<Response> {
  return refusedAnswer(c.var.view, wordsOf(opinionWords, c.var.view.language)[word]);
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}
