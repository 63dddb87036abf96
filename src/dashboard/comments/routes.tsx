import { Hono } from "hono";
import { readCall } from "../../calls";
import type { DomainError } from "../../errors";
import { addComment, changeComment, deleteComment, readHandles, type CommentRow } from "../../quality";
import { ownPath } from "../../lib/http/own-path";
import { pageAnswer } from "../../ui/layout/page";
import { commentWords } from "../../ui/strings/comments";
import { wordsOf } from "../../ui/strings/define";
import type { FieldErrors } from "../../ui/components/form";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, fieldErrorsFrom, idOfForm, needs, ownForm, type Fields } from "../forms";
import { frameOf, readWhole } from "../frame";
import { LONGEST_COMMENT } from "./fields";
import { secondsIn } from "./moment";
import { CommentFormPage, type Draft } from "./page";
import { commentReaderOf, readComments } from "./read";

/** `/dashboard/calls/:id/comments` */
export function commentRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.post("/calls/:id/comments", async (c) => {
    const form = await ownForm(c, "comments:write");
    if (form instanceof Response) return form;
    const { caller } = c.var.visitor;
    const said = saidIn(c, form);
    if (!said.ok) return formAnswer(c, { form, errors: said.errors });
    const once = form.text("once");
    const added = await addComment(
      writingDeps(c),
      commentReaderOf(caller),
      targetOf(c),
      {
        ...said.value,
        reviewId: form.text("about") || undefined,
        parentId: form.text("parent") || undefined,
        id: once === "" ? undefined : await idOfForm("cmt", caller.organizationId, once),
      },
      actOf(c),
    );
    return added.ok ? backTo(c, form) : refusal(c, form, added.error);
  });

  routes.get("/calls/:id/comments/:comment", needs("comments:write"), async (c) => {
    const { formats } = c.var.view;
    const row = await ownComment(c);
    if (!row) return failureAnswer(c, { kind: "not_found", what: "comment" });
    const moment = row.atSeconds === null ? "" : formats.length(Math.floor(row.atSeconds));
    return pageOf(c, { text: row.text, moment, back: c.req.query("back") ?? "" }, [], row);
  });

  routes.post("/calls/:id/comments/:comment", async (c) => {
    const form = await ownForm(c, "comments:write");
    if (form instanceof Response) return form;
    const reader = commentReaderOf(c.var.visitor.caller);
    const target = { ...targetOf(c), id: c.req.param("comment") };
    const row = await ownComment(c);
    const said = saidIn(c, form);
    if (!said.ok) return formAnswer(c, { form, errors: said.errors, ...(row && { row }) });
    // The form shows whole seconds: a moment that it leaves as it is keeps its parts. That of a reply has none.
    const { atSeconds } = said.value;
    const isShown = form.all("moment").length > 0;
    const isSame = !isShown || (row && atSeconds !== null && Math.floor(row.atSeconds ?? -1) === atSeconds);
    const written = isSame ? { text: said.value.text } : said.value;
    const changed = await changeComment(writingDeps(c), reader, target, written, actOf(c));
    return changed.ok ? backTo(c, form) : refusal(c, form, changed.error, row);
  });

  routes.post("/calls/:id/comments/:comment/delete", async (c) => {
    const form = await ownForm(c, "comments:write");
    if (form instanceof Response) return form;
    const target = { ...targetOf(c), id: c.req.param("comment") };
    const deleted = await deleteComment(writingDeps(c), commentReaderOf(c.var.visitor.caller), target);
    return deleted.ok ? backTo(c, form) : failureAnswer(c, deleted.error);
  });

  // For the script that offers names after an @.
  routes.get("/calls/:id/commenters", needs("comments:write"), async (c) => {
    const target = { ...targetOf(c), reviewId: c.req.query("review") || undefined };
    const found = await readHandles(c.var.deps.db, commentReaderOf(c.var.visitor.caller), target);
    if (!found.ok) return c.json({ people: [] });
    return c.json({ people: found.value.map(({ handle }) => handle) }, 200, { "cache-control": "no-store" });
  });

  return routes;
}

type Said = { ok: true; value: { text: string; atSeconds: number | null } } | { ok: false; errors: FieldErrors };

function saidIn(c: PageContext, form: Fields): Said {
  const words = wordsOf(commentWords, c.var.view.language);
  const text = form.text("comment").trim().slice(0, LONGEST_COMMENT);
  const atSeconds = secondsIn(form.text("moment"));
  const errors = [
    ...(text === "" ? [{ field: "comment", message: words.text }] : []),
    ...(atSeconds === undefined ? [{ field: "moment", message: words.badMoment }] : []),
  ];
  return errors.length > 0 || atSeconds === undefined
    ? { ok: false, errors }
    : { ok: true, value: { text, atSeconds } };
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, callId: c.req.param("id") ?? "" };
}

/** The comment of the address, where it is the visitor's own. */
async function ownComment(c: PageContext): Promise<CommentRow | undefined> {
  const { caller } = c.var.visitor;
  const rows = await readComments(c.var.deps.db, caller, c.req.param("id") ?? "");
  return rows.find(({ id, authorId }) => id === c.req.param("comment") && authorId === commentReaderOf(caller).id);
}

/** Back to where it was said: the page of the call, or of a review. */
function backTo(c: PageContext, form: Pick<Fields, "text">): Response {
  return c.redirect(`${backOf(c, form.text("back"))}#comments`, 303);
}

function backOf(c: PageContext, back: string): string {
  return (
    ownPath
      .catch(`/dashboard/calls/${c.req.param("id")}`)
      .parse(back)
      .split("#")[0] ?? ""
  );
}

/** The form again, with what is wrong beside it; what concerns no field is a page of its own. */
function refusal(c: PageContext, form: Fields, error: DomainError, row?: CommentRow): Promise<Response> {
  if (error.kind === "not_found" || error.kind === "forbidden") return failureAnswer(c, error);
  const errors = fieldErrorsFrom(c.var.view, error, "comment").map((one) => ({ ...one, field: "comment" }));
  return formAnswer(c, { form, errors, ...(row && { row }) });
}

async function formAnswer(
  c: PageContext,
  { form, errors, row }: { form: Fields; errors: FieldErrors; row?: CommentRow },
): Promise<Response> {
  const call = await readCall(c.var.deps.db, { ...targetOf(c), id: c.req.param("id") ?? "" });
  if (!call.ok) return failureAnswer(c, call.error);
  const [text, moment, back] = [form.text("comment"), form.text("moment"), form.text("back")];
  const draft = { text, moment, back, about: form.text("about"), parent: form.text("parent") };
  return pageOf(c, draft, errors, row);
}

async function pageOf(c: PageContext, draft: Draft, errors: FieldErrors, row?: CommentRow): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const whole = await readWhole(deps.db, visitor);
  const callId = c.req.param("id") ?? "";
  return pageAnswer(
    <CommentFormPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      callId={callId}
      row={row}
      draft={{ ...draft, back: backOf(c, draft.back) }}
      errors={errors}
    />,
    errors.length > 0 ? 422 : 200,
  );
}
