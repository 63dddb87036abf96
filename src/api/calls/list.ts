import { createRoute, z } from "@hono/zod-openapi";
import { listCalls, type CallFilter, type CallHead, type CallPosition } from "../../calls";
import type { Database } from "../../db/client";
import { invalid } from "../../errors";
import { callSnapshot, exampleCall } from "../../events";
import { may, type Within } from "../../identity";
import { toIso } from "../../lib/time";
import { callIdsOf } from "../../sources";
import { isJudged, listWorst, type VerdictFilter, type WorstPosition } from "../../quality";
import { withinOf } from "../authenticate";
import { campaignIdOf, campaignName } from "../campaign-name";
import { encodeCursor, pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json, moment, scannedListOf, yesOrNo } from "../shapes";
import { listedCall, viewCall } from "./call-view";
import { tagName } from "./tags";
import { exampleTalkStrip } from "./talk-strip";
import { exampleVerdict, NEEDS_REVIEWS, verdictFilterOf, verdictQuery, verdictsFor, viewVerdict } from "./verdict";

const worstPosition = z.object({ score: z.number(), id: z.string(), skip: z.int().min(0).optional() });

const list = createRoute({
  tags: ["Calls"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "List calls, newest first where nothing else is asked",
  description:
    "`sort=score` lists those that were reviewed, the lowest score first, and looks at most at 2,000 scores for a page. In the order of time: time, and one of campaign, operator and quarantine, are found by index, and `external_id` by the key of calls. Any other filter looks at call after call, at most 2,000 for a page, and then says how far it got in `scanned_until`: a page can be short and still have a `next_cursor`.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.union([z.object({ startedAt: z.number(), id: z.string() }), worstPosition])),
      sort: z.enum(["-started_at", "started_at", "score"]).default("-started_at").openapi({
        description:
          "The order: `started_at` is ascending, `-started_at` descending; `score` is that of their reviews, the worst first, and needs `reviews:read`. A cursor belongs to its order.",
      }),
      ...verdictQuery,
      state: callSnapshot.shape.state.optional(),
      campaign_id: campaignName.optional(),
      operator_id: z.string().max(200).optional(),
      team_id: z.string().max(200).optional().openapi({
        description: "Calls whose task this team has or had, as the report by team counts them.",
        example: "tem_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      }),
      external_id: z.string().min(1).max(200).optional().openapi({
        description:
          "The platform's own id of the call, exactly. Sources may have given it to several calls: all are listed.",
        example: exampleCall.external_id,
      }),
      source_id: z.string().max(200).optional().openapi({
        description: "The source whose notices the call is of. With `external_id` that is one call at most.",
      }),
      direction: callSnapshot.shape.direction.unwrap().optional(),
      tag: tagName.optional().openapi({ description: "Calls with this tag, in any spelling." }),
      quarantine: yesOrNo.optional().openapi({ description: "Whether the call is in quarantine." }),
      from: moment.optional().openapi({ description: "Began at or after this moment." }),
      to: moment.optional().openapi({ description: "Began before this moment." }),
      // An unescaped + in a query means a space, and E.164 numbers begin with +.
      number: z
        .string()
        .min(1)
        .max(100)
        .transform((text) => text.replace(/^ /, "+"))
        .optional()
        .openapi({ type: "string", description: "Either party, exactly as the platform wrote it or in E.164." }),
      search: z
        .string()
        .trim()
        .min(1)
        .max(100)
        .optional()
        .openapi({ description: "The last digits of either party's number, or a part of the operator's name." }),
    }),
  },
  responses: {
    200: {
      description: "A page of calls",
      ...json(scannedListOf(listedCall), {
        data: [{ ...exampleCall, talk_strip: exampleTalkStrip, verdict: exampleVerdict }],
        next_cursor: null,
        scanned_until: null,
      }),
    },
    ...failures(401, 403, 422),
  },
});

/** `GET /v1/calls` */
export function callListRoutes() {
  return newRouter().openapi(list, async (c) => {
    const { db } = c.var.deps;
    const {
      limit,
      cursor,
      campaign_id: named,
      operator_id: operatorId,
      team_id: teamId,
      external_id: externalId,
      source_id: sourceId,
      ...asked
    } = c.req.valid("query");
    const { quarantine, sort, verdict: _, reviewer_id: __, ...rest } = asked;
    const judged = verdictFilterOf(asked);
    if ((judged !== undefined || sort === "score") && !may(c.var.caller, "reviews:read"))
      return problem(c, NEEDS_REVIEWS);
    const within = withinOf(c);
    const campaign = await campaignIdOf(db, within, named);
    if (!campaign.ok) return problem(c, campaign.error);
    const ofPlatform =
      externalId === undefined ? {} : { ids: await callIdsOf(db, { ...within, externalId, sourceId }) };
    const filter = {
      ...rest,
      ...ofPlatform,
      campaignId: campaign.value,
      operatorId,
      teamId,
      sourceId,
      quarantined: quarantine,
    };
    const found = await findListed(db, { ...within, filter, judged, limit, cursor, sort });
    if (!found) return problem(c, invalid("cursor", "belongs to another order"));
    const ids = found.calls.map(({ id }) => id);
    const verdicts = await verdictsFor(db, c.var.caller, within, ids);
    return c.json(
      {
        data: found.calls.map((call) => ({ ...viewCall(call), verdict: viewVerdict(verdicts.get(call.id)) })),
        next_cursor: found.next && encodeCursor(found.next),
        scanned_until: toIso(found.scannedUntil),
      },
      200,
    );
  });
}

type Listed = {
  calls: readonly CallHead[];
  next: CallPosition | WorstPosition | null;
  /** When the last call looked at began, where a page ended before it was full. */
  scannedUntil: number | null;
};

/** Undefined for a cursor of another order. */
async function findListed(
  db: Database,
  query: Within & {
    filter: CallFilter;
    judged: VerdictFilter | undefined;
    limit: number;
    cursor: CallPosition | WorstPosition | undefined;
    sort: "started_at" | "-started_at" | "score";
  },
): Promise<Listed | undefined> {
  const { organizationId, reach, filter, judged, cursor, sort } = query;
  const common = { organizationId, reach, filter };
  if (sort === "score") {
    if (cursor && !("score" in cursor)) return undefined;
    const page = await listWorst(db, { ...common, limit: query.limit, verdict: judged, after: cursor });
    return { ...page, scannedUntil: null };
  }
  if (cursor && "score" in cursor) return undefined;
  const order = sort === "started_at" ? "ascending" : "descending";
  const also = judged && isJudged(judged);
  const found = await listCalls(db, {
    ...common,
    limit: query.limit + 1,
    also,
    order,
    ...(cursor && { after: cursor }),
  });
  const calls = found.rows.slice(0, query.limit);
  const last = found.rows.length > query.limit ? calls.at(-1) : undefined;
  const next = last ? { startedAt: last.startedAt, id: last.id } : found.scannedTo;
  return { calls, next, scannedUntil: found.scannedTo?.startedAt ?? null };
}
