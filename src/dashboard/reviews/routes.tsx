import { Hono } from "hono";
import { callIdOfTask } from "../../calls";
import { actorText, may } from "../../identity";
import {
  answers as answersShape,
  askSecondOpinion,
  escalateReview,
  keepReview,
  readReview,
  prefillOf,
  readScorecard,
  resumeReview,
  shownAnswers,
  skipReview,
  SKIP_REASONS,
  submitReview,
  takeCall,
  takeNext,
  undoSubmit,
  type Answers,
  type ReadReview,
  type ReviewRow,
  type ScorecardDefinition,
  type Taken,
} from "../../quality";
import { FULL_REACH } from "../../identity";
import { ownPath } from "../../lib/http/own-path";
import type { FieldErrors } from "../../ui/components/form";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { fieldErrorsIn } from "../../ui/strings/refusals";
import { reviewWords } from "../../ui/strings/reviews";
import { readCallParts } from "../calls/read-one";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer, refusedAnswer } from "../message-page";
import { answersIn } from "./form";
import { saidByEngines } from "./engine-answers";
import { nextRecording } from "./next-recording";
import { ReviewPage, type ReviewDone } from "./page";

/** `/dashboard/reviews` */
export function reviewRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.post("/reviews/take", async (c) => {
    const form = await ownForm(c, "reviews:write");
    return form instanceof Response ? form : takeAnswer(c, "");
  });

  routes.post("/tasks/:id/review", async (c) => {
    const form = await ownForm(c, "reviews:write");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const chosen = { callId: callIdOfTask(c.req.param("id")), mayChoose: may(c.var.visitor.caller, "reviews:assign") };
    const taken = await takeCall(writingDeps(c), { organizationId, reach, ...chosen }, actOf(c));
    return taken.ok ? c.redirect(addressOf(taken.value), 303) : failureAnswer(c, taken.error);
  });

  routes.get("/reviews/:id", needs("reviews:read"), async (c) => {
    const found = await readReview(c.var.deps.db, viewerOf(c), targetOf(c));
    if (!found.ok) return notFoundAnswer(c.var.view);
    return showAnswer(c, found.value, withProposals(found.value), []);
  });

  // For the script of the page, which loads it ahead.
  routes.get("/reviews/:id/next-recording", needs("reviews:write"), async (c) => {
    const audio = await nextRecording(c, c.req.param("id") ?? "");
    return c.json({ audio }, 200, { "cache-control": "no-store", vary: "save-data" });
  });

  routes.post("/reviews/:id", async (c) => {
    const form = await ownForm(c, "reviews:write");
    if (form instanceof Response) return form;
    const deps = writingDeps(c);
    const found = await readReview(deps.db, viewerOf(c), targetOf(c));
    if (!found.ok || found.value.scorecardId === null) return notFoundAnswer(c.var.view);
    const card = await cardOf(c, found.value);
    if (!card) return notFoundAnswer(c.var.view);
    const given = answersIn(card.definition, form);
    if (form.text("do") === "submit") {
      const submitted = await submitReview(deps, targetOf(c), given, actOf(c));
      if (submitted.ok) return takeAnswer(c, `submitted=${submitted.value.id}&until=${submitted.value.undoUntil ?? 0}`);
      if (submitted.error.kind !== "invalid") return failureAnswer(c, submitted.error);
      const errors = submitted.error.fields.map((one) => ({ ...one, field: fieldOf(one.field) }));
      // What was answered outlasts the refusal.
      const kept = await keepReview(deps, targetOf(c), given, actOf(c));
      const review = kept.ok ? { ...found.value, ...kept.value } : found.value;
      return showAnswer(c, review, given, fieldErrorsIn(errors, c.var.view.language));
    }
    // What is being typed is stored, but not answered yet.
    const writing = form.text("writing");
    const kept = await keepReview(deps, targetOf(c), given, actOf(c), writing === "" ? [] : [writing]);
    if (form.text("quiet") !== "") return quietAnswer(c, kept.ok ? kept.value : null, card.definition);
    if (!kept.ok) return failureAnswer(c, kept.error);
    const place = new URL(c.req.url).searchParams;
    place.set("saved", "yes");
    return c.redirect(`/dashboard/reviews/${kept.value.id}?${place.toString()}`, 303);
  });

  routes.post("/reviews/:id/resume", async (c) => {
    const form = await ownForm(c, "reviews:write");
    if (form instanceof Response) return form;
    const deps = writingDeps(c);
    const found = await readReview(deps.db, viewerOf(c), targetOf(c));
    if (!found.ok) return notFoundAnswer(c.var.view);
    const { organizationId, reach } = c.var.visitor.caller;
    const resumed = await resumeReview(deps, { organizationId, reach, review: found.value }, actOf(c));
    return resumed.ok ? c.redirect(addressOf(resumed.value), 303) : failureAnswer(c, resumed.error);
  });

  routes.post("/reviews/:id/undo", async (c) => {
    const form = await ownForm(c, "reviews:write");
    if (form instanceof Response) return form;
    const undone = await undoSubmit(writingDeps(c), targetOf(c), actOf(c));
    if (undone.ok) return c.redirect(`/dashboard/reviews/${undone.value.id}?undone=yes`, 303);
    if (undone.error.kind !== "conflict") return failureAnswer(c, undone.error);
    // Sent twice: the first one has taken it back.
    const found = await readReview(c.var.plain.db, viewerOf(c), targetOf(c));
    if (found.ok && found.value.state === "in_progress")
      return c.redirect(`/dashboard/reviews/${found.value.id}?undone=yes`, 303);
    return tooLateAnswer(c, form.text("back"));
  });

  routes.post("/reviews/:id/skip", async (c) => {
    const form = await ownForm(c, "reviews:write");
    if (form instanceof Response) return form;
    const { view } = c.var;
    const reason = SKIP_REASONS.find((one) => one === form.text("reason"));
    const note = form.text("note").trim().slice(0, 2_000);
    if (!reason || (reason === "other" && note === ""))
      return refusedAnswer(view, wordsOf(reviewWords, view.language).noteHint);
    const skipped = { reason, note: note === "" ? null : note };
    const done = await skipReview(writingDeps(c), targetOf(c), skipped, actOf(c));
    return done.ok ? takeAnswer(c, "skipped=yes") : failureAnswer(c, done.error);
  });

  routes.post("/reviews/:id/second-opinion", async (c) => {
    const form = await ownForm(c, "reviews:write");
    if (form instanceof Response) return form;
    const asked = await askSecondOpinion(writingDeps(c), targetOf(c), actOf(c));
    if (!asked.ok) return failureAnswer(c, asked.error);
    return c.redirect(`/dashboard/reviews/${c.req.param("id")}?second=yes`, 303);
  });

  routes.post("/reviews/:id/escalate", async (c) => {
    const form = await ownForm(c, "reviews:write");
    if (form instanceof Response) return form;
    const { view } = c.var;
    const note = form.text("reason").trim().slice(0, 2_000);
    if (note === "") return refusedAnswer(view, wordsOf(reviewWords, view.language).escalateWhy);
    const done = await escalateReview(writingDeps(c), targetOf(c), note, actOf(c));
    return done.ok ? takeAnswer(c, "escalated=yes") : failureAnswer(c, done.error);
  });

  return routes;
}

/** The field of the form for one of an answer. */
function fieldOf(name: string): string {
  const [, id, part] = /^answers\.(\w+)(\.reason)?$/.exec(name) ?? [];
  return id === undefined ? name : `${part === undefined ? "a" : "r"}.${id}`;
}

/** To the script that stores answers: what engines answered to those that are stored, where they may be shown now. */
function quietAnswer(c: PageContext, kept: ReviewRow | null, definition: ScorecardDefinition): Response {
  if (kept === null) return new Response(null, { status: 409 });
  const { view } = c.var;
  const engines = saidByEngines(view, wordsOf(reviewWords, view.language), kept, definition);
  return Object.keys(engines).length === 0 ? new Response(null, { status: 204 }) : c.json({ engines });
}

/** What a form has where nothing is stored yet: what engines propose, where their answers are shown before. */
function withProposals(review: ReadReview): Answers {
  const given = review.answers ?? {};
  if (review.state !== "in_progress" || prefillOf(review)?.mode !== "before") return given;
  const proposed = Object.entries(shownAnswers(review)).filter(([id]) => {
    const one = given[id];
    return one === undefined || (one.value === null && !one.na);
  });
  const answered = proposed.map(([id, { value }]) => [
    id,
    { na: false, comment: "", at_seconds: null, ...given[id], value },
  ]);
  return { ...given, ...Object.fromEntries(answered) };
}

/** Says on the page where it was asked, such as that of the next review, that nothing is taken back any more. */
function tooLateAnswer(c: PageContext, back: string): Response {
  const { pathname, searchParams } = new URL(ownPath.catch("/dashboard/tasks").parse(back), c.req.url);
  for (const name of DONE) searchParams.delete(name);
  searchParams.set("late", "yes");
  // Dots may have left two slashes in front, which would name another host.
  const path = ownPath.catch("/dashboard/tasks").parse(pathname);
  return c.redirect(`${path}?${searchParams.toString()}`, 303);
}

/** Leads to the next review, or back to the tasks where none waits. */
async function takeAnswer(c: PageContext, done: string): Promise<Response> {
  const { organizationId, reach } = c.var.visitor.caller;
  const next = await takeNext(writingDeps(c), { organizationId, reach }, actOf(c));
  const more = done === "" ? "" : `&${done}`;
  return c.redirect(next ? `${addressOf(next)}${more}` : `/dashboard/tasks?none=yes${more}`, 303);
}

function addressOf({ review, progress: { done, waiting, more } }: Taken): string {
  return `/dashboard/reviews/${review.id}?at=${done}&of=${done + waiting + 1}${more ? "%2B" : ""}`;
}

async function showAnswer(
  c: PageContext,
  review: ReadReview,
  answers: Answers,
  errors: FieldErrors,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [parts, card, whole] = await Promise.all([
    readCallParts({ ...deps, endpointObjects: NO_LOGS }, visitor.caller, review.callId),
    cardOf(c, review),
    readWhole(deps.db, visitor),
  ]);
  if (!parts.ok) return notFoundAnswer(view);
  const { at, of } = c.req.query();
  const progress =
    /^\d{1,6}$/.test(at ?? "") && /^\d{1,6}\+?$/.test(of ?? "") ? { done: Number(at), all: of ?? "" } : null;
  return pageAnswer(
    <ReviewPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      parts={parts.value}
      review={review}
      card={card}
      isOwn={review.reviewerId === viewerOf(c).id && may(visitor.caller, "reviews:write")}
      progress={progress}
      answers={answersShape.parse(answers)}
      errors={errors}
      done={doneOf(c.req.query())}
    />,
    errors.length > 0 ? 422 : 200,
  );
}

/** The page of a review says nothing of deliveries. */
const NO_LOGS = { log: async () => [] };

async function cardOf(c: PageContext, { organizationId, scorecardId, scorecardVersion }: ReviewRow) {
  if (scorecardId === null || scorecardVersion === null) return null;
  const target = { organizationId, reach: FULL_REACH, id: scorecardId, version: scorecardVersion };
  const found = await readScorecard(c.var.deps.db, target);
  return found.ok ? found.value : null;
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}

function viewerOf(c: PageContext) {
  const { caller } = c.var.visitor;
  return { id: actorText(caller.actor), seesAll: may(caller, "reviews:assign") };
}

/** What addresses say of the act before their page. */
const DONE = ["submitted", "until", "saved", "undone", "skipped", "escalated", "second", "late"] as const;

/** What the act before this page did, from the address that it led to. */
export function doneOf(query: Record<string, string>): ReviewDone | null {
  const { submitted, until = "", saved, undone, skipped, escalated, second, late } = query;
  if (submitted !== undefined && /^rev_[0-9a-z]{26}$/.test(submitted))
    return { kind: "submitted", id: submitted, undoUntil: /^\d{1,15}$/.test(until) ? Number(until) : 0 };
  if (late !== undefined) return { kind: "tooLate" };
  if (saved !== undefined) return { kind: "saved" };
  if (second !== undefined) return { kind: "secondAsked" };
  if (undone !== undefined) return { kind: "undone" };
  if (escalated !== undefined) return { kind: "handedUp" };
  return skipped === undefined ? null : { kind: "skipped" };
}
