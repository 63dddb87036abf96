import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../../lib/time";
import { ok } from "../../lib/result";
import { maySearchBodies, replayInbound, replayMany } from "../../sources";
import { actOf, withinOf } from "../authenticate";
import { decodeCursor, encodeCursor } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { example, filterOf, toFilter } from "./shapes";

const common = { tags: ["Inbound requests"], security: SECURED };

const one = createRoute({
  ...common,
  method: "post",
  path: "/{id}/replay",
  summary: "Replay an inbound request",
  description: "For use after a fix: the stored bytes are processed as if they had just arrived.",
  request: { params: idParam },
  responses: {
    202: {
      description: "It was accepted and is being processed",
      ...json(z.object({ id: z.string() }), { id: example.id }),
    },
    ...failures(401, 403, 404, 409),
  },
});

const position = z.object({ replayed: z.string() });

const query = z.strictObject({
  filter: z
    .strictObject(filterOf(z.number().int()))
    .refine((filter) => Object.values(filter).some((value) => value !== undefined), "must name at least one thing")
    .openapi({
      description: "As in the list. At least one is required, so that not everything is replayed by accident.",
    }),
  limit: z.number().int().min(1).max(1_000).default(1_000),
  cursor: z
    .string()
    .transform((cursor, context) => {
      const decoded = decodeCursor(position, cursor);
      if (decoded) return decoded.replayed;
      context.addIssue({ code: "custom", message: "is not a cursor of this operation; pass next_cursor unchanged" });
      return z.NEVER;
    })
    .optional()
    .openapi({ type: "string", description: "`next_cursor` of the answer before." }),
  dry_run: z.boolean().default(false).openapi({ description: "Only count." }),
});

const report = z.object({
  matched: z.number().int().describe("Requests the filter found."),
  sent: z.number().int().describe("Of these, the ones that were sent again (in a dry run: would be)."),
  skipped: z
    .object({ unproven: z.number().int(), handshake: z.number().int(), body_not_kept: z.number().int() })
    .describe("The others: their sender was not verified, they are no notices, or their body is not stored."),
  next_cursor: z
    .string()
    .nullable()
    .describe("Pass as `cursor` for the following ones; null when these were the last."),
  scanned_until: z.iso.datetime().nullable().describe("As in the list."),
});

const reportExample = {
  matched: 42,
  sent: 40,
  skipped: { unproven: 2, handshake: 0, body_not_kept: 0 },
  next_cursor: null,
  scanned_until: null,
};

const many = createRoute({
  ...common,
  method: "post",
  path: "/replay",
  summary: "Replay many inbound requests",
  description:
    "For use after a fix: matching requests are processed again in the order they arrived. Nothing is created twice, so the request can be repeated when it fails half way.",
  request: {
    body: {
      required: true,
      ...json(query, { filter: { outcome: "refused", reason: "missing_fields" }, dry_run: true }),
    },
  },
  responses: {
    200: { description: "The result of a dry run", ...json(report, reportExample) },
    202: { description: "They were accepted and are being processed", ...json(report, reportExample) },
    ...failures(400, 401, 403, 415, 422),
  },
});

/** Replays one request or many. */
export function replayRoutes() {
  return newRouter()
    .openapi(many, async (c) => {
      const { filter, limit, cursor: after, dry_run: dryRun } = c.req.valid("json");
      const { caller, deps } = c.var;
      const searched = filter.q === undefined ? ok(undefined) : await maySearchBodies(deps.db, caller, withinOf(c));
      if (!searched.ok) return problem(c, searched.error);
      const found = { ...withinOf(c), filter: toFilter(filter), limit, after };
      const done = await replayMany(c.var.deps, found, dryRun, actOf(c));
      const answer = {
        matched: done.matched,
        sent: done.sent,
        skipped: { unproven: 0, handshake: 0, body_not_kept: 0, ...done.skipped },
        next_cursor: done.next === null ? null : encodeCursor({ replayed: done.next }),
        scanned_until: toIso(done.scannedUntil),
      };
      return c.json(answer, dryRun ? 200 : 202);
    })
    .openapi(one, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const replayed = await replayInbound(c.var.deps, target, actOf(c));
      return replayed.ok ? c.json(replayed.value, 202) : problem(c, replayed.error);
    });
}
