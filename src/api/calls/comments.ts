import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { readCall } from "../../calls";
import { actorText, may } from "../../identity";
import { toIso } from "../../lib/time";
import {
  addComment,
  changeComment,
  deleteComment,
  isBlindTo,
  listComments,
  readHandles,
  type CommentReader,
  type CommentRow,
} from "../../quality";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf, wholeOf } from "../shapes";
import { sortQuery } from "../sort";

const EXAMPLE = {
  id: "cmt_01k3a7w8q0m4x2c9v5b6n7p8r2",
  call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  review_id: null,
  parent_id: null,
  kind: "comment" as const,
  author_id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
  at_seconds: 96,
  text: "The offer comes late here.",
  mentions: [],
  created_at: "2026-08-20T15:01:00.000Z",
  edited_at: null,
};

const comment = z
  .object({
    id: z.string(),
    call_id: z.string(),
    review_id: z.string().nullable().describe("The review that it is about; null: the call."),
    parent_id: z.string().nullable().describe("The comment that it replies to, which may be deleted by now."),
    kind: z.enum(["comment", "answer"]).describe("`answer`: by whoever was on the call, to a finished review."),
    author_id: z.string().describe("A person or a key."),
    at_seconds: z.number().nullable().describe("The moment of the recording, in seconds."),
    text: z.string(),
    mentions: z.array(z.string()).describe("The members that it names."),
    created_at: z.iso.datetime(),
    edited_at: z.iso.datetime().nullable(),
  })
  .openapi("Comment", { example: EXAMPLE });

const atSeconds = z
  .number()
  .min(0)
  .max(1_000_000)
  .multipleOf(0.001)
  .nullable()
  .optional()
  .describe("The moment of the recording, in seconds; null: none.");
const text = z
  .string()
  .trim()
  .min(1)
  .max(2_000)
  .describe("`@` with the name of a colleague, or the address of their mail, notifies them.");

const newComment = z.strictObject({
  text,
  at_seconds: atSeconds,
  review_id: z.string().max(200).optional().describe("A review of this call that it is about."),
  parent_id: z.string().max(200).optional().describe("The comment that it replies to."),
});
const changedComment = z.strictObject({ text, at_seconds: atSeconds });
const handle = z.object({
  id: z.string(),
  name: z.string(),
  handle: z.string().describe("What to write after `@`."),
});

const commentParams = idParam.extend({ commentId: z.string().max(200) });
const common = { tags: ["Calls"], security: SECURED };
const one = { description: "The comment", ...json(comment) };

const list = createRoute({
  ...common,
  method: "get",
  path: "/{id}/comments",
  summary: "List what is said of a call, and of its reviews",
  description:
    "As far as you may read it: whoever may not read tasks, as the operator on the call, reads what is said of finished reviews. While the call is reviewed blind, what others say is kept back from whoever must not know what they found.",
  request: {
    params: idParam,
    query: z.strictObject({
      ...pageQuery(z.object({ createdAt: z.number(), id: z.string() })),
      ...sortQuery("created_at", "ascending"),
    }),
  },
  responses: {
    200: {
      description: "A page of comments",
      ...json(
        listOf(comment).extend({ withheld: z.boolean().describe("Whether what others say is kept back from you.") }),
        { data: [EXAMPLE], next_cursor: null, withheld: false },
      ),
    },
    ...failures(401, 403, 404, 422),
  },
});

const add = createRoute({
  ...common,
  method: "post",
  path: "/{id}/comments",
  summary: "Comment on a call, or on a review of it",
  description:
    "At a moment of the recording, where it has one. Whoever may not read tasks, as the operator on the call, answers finished reviews: `review_id` or `parent_id` is needed then. Those that it names are notified, the reviewer, and whom it replies to.",
  request: {
    params: idParam,
    body: { required: true, ...json(newComment, { text: EXAMPLE.text, at_seconds: EXAMPLE.at_seconds }) },
  },
  responses: { 201: one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/{id}/comments/{commentId}",
  summary: "Change a comment of one's own",
  request: { params: commentParams, body: { required: true, ...json(changedComment, { text: EXAMPLE.text }) } },
  responses: { 200: one, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}/comments/{commentId}",
  summary: "Delete a comment of one's own",
  description: "Replies to it stay.",
  request: { params: commentParams },
  responses: { 204: { description: "It is deleted" }, ...failures(401, 403, 404) },
});

const people = createRoute({
  ...common,
  method: "get",
  path: "/{id}/commenters",
  summary: "List who can be named in a comment on a call",
  description: "The members who may read it, now.",
  request: {
    params: idParam,
    query: z.strictObject({ review_id: z.string().max(200).optional().describe("In a comment on this review.") }),
  },
  responses: {
    200: {
      description: "All of them",
      ...json(listOf(handle), {
        data: [{ id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r4", name: "Ana Benítez", handle: "Ana Benítez" }],
        next_cursor: null,
      }),
    },
    ...failures(401, 403, 404, 422),
  },
});

/** `/v1/calls/{id}/comments` */
export function commentRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor: after, sort: order } = c.req.valid("query");
      const { id: callId } = c.req.valid("param");
      const { db } = c.var.deps;
      const query = { ...withinOf(c), callId, limit: limit + 1, after, order };
      const [call, rows, withheld] = await Promise.all([
        readCall(db, { ...withinOf(c), id: callId }),
        listComments(db, readerOf(c), query),
        isBlindTo(db, readerOf(c), callId),
      ]);
      if (!call.ok) return problem(c, call.error);
      return c.json({ ...pageOf(rows, limit, viewComment, ({ createdAt, id }) => ({ createdAt, id })), withheld }, 200);
    })
    .openapi(add, async (c) => {
      const { text: said, at_seconds: seconds, review_id: reviewId, parent_id: parentId } = c.req.valid("json");
      const target = { ...withinOf(c), callId: c.req.valid("param").id };
      const written = { text: said, atSeconds: seconds, reviewId, parentId };
      const added = await addComment(c.var.deps, readerOf(c), target, written, actOf(c));
      return added.ok ? c.json(viewComment(added.value), 201) : problem(c, added.error);
    })
    .openapi(change, async (c) => {
      const { text: said, at_seconds: seconds } = c.req.valid("json");
      const written = { text: said, atSeconds: seconds };
      const changed = await changeComment(c.var.deps, readerOf(c), targetOf(c), written, actOf(c));
      return changed.ok ? c.json(viewComment(changed.value), 200) : problem(c, changed.error);
    })
    .openapi(remove, async (c) => {
      const deleted = await deleteComment(c.var.deps, readerOf(c), targetOf(c));
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    })
    .openapi(people, async (c) => {
      const target = { ...withinOf(c), callId: c.req.valid("param").id, reviewId: c.req.valid("query").review_id };
      const found = await readHandles(c.var.deps.db, readerOf(c), target);
      if (!found.ok) return problem(c, found.error);
      return c.json(
        wholeOf(found.value.map(({ userId: id, name, handle: written }) => ({ id, name, handle: written }))),
        200,
      );
    });
}

type OfComment = Context<ApiEnv, string, { out: { param: { id: string; commentId: string } } }>;

function targetOf(c: OfComment) {
  const { id: callId, commentId: id } = c.req.valid("param");
  return { ...withinOf(c), callId, id };
}

function readerOf(c: Context<ApiEnv>): CommentReader {
  const { caller } = c.var;
  return { id: actorText(caller.actor), seesAll: may(caller, "reviews:assign"), judges: may(caller, "tasks:read") };
}

function viewComment(row: CommentRow): z.infer<typeof comment> {
  return {
    id: row.id,
    call_id: row.callId,
    review_id: row.reviewId === "" ? null : row.reviewId,
    parent_id: row.parentId,
    kind: row.kind,
    author_id: row.authorId,
    at_seconds: row.atSeconds,
    text: row.text,
    mentions: row.mentions,
    created_at: toIso(row.createdAt),
    edited_at: toIso(row.editedAt),
  };
}
