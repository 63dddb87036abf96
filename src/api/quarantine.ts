import { createRoute, z } from "@hono/zod-openapi";
import { chooseCampaignOfWaiting, groupWaiting, type WaitingGroup } from "../calls";
import { may } from "../identity";
import { toIso } from "../lib/time";
import { actOf, withinOf } from "./authenticate";
import { campaignName } from "./campaign-name";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { json, listOf, wholeOf } from "./shapes";

// The most groups in one answer. Resolving some makes room for others.
const MAX_GROUPS = 200;
const MAX_RESOLVED = 1000;

const group = z
  .object({
    source: z.object({ id: z.string(), kind: z.string() }),
    reason: z
      .string()
      .nullable()
      .describe("`unknown_campaign`, `no_campaign`, `campaign_not_allowed` or `moved_back`."),
    campaign_number: z.number().int().nullable().describe("The campaign number from the platform."),
    account: z.string().nullable().describe("The platform's account, site or line of the calls."),
    calls: z.number().int().describe("Exact up to 1,000."),
    more: z.boolean().describe("Whether there are more calls than 1,000."),
    oldest_at: z.iso.datetime().nullable().describe("When the oldest of these calls began."),
  })
  .openapi("QuarantineGroup", {
    example: {
      source: { id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1", kind: "anura" },
      reason: "unknown_campaign",
      campaign_number: 9,
      account: null,
      calls: 12,
      more: false,
      oldest_at: "2026-08-20T14:00:00.000Z",
    },
  });

const resolution = z
  .strictObject({
    campaign_id: campaignName,
    source_id: z.string().max(200).optional(),
    reason: z.string().max(100).optional(),
    campaign_number: z.number().int().nullable().optional().describe("Null: calls without one."),
    account: z.string().max(500).nullable().optional().describe("Null: calls without one."),
    call_ids: z.array(z.string().max(200)).min(1).max(MAX_RESOLVED).optional(),
    limit: z.number().int().min(1).max(MAX_RESOLVED).default(500).describe("How many at most; the oldest first."),
    dry_run: z.boolean().default(false).describe("Only count."),
  })
  .openapi("QuarantineResolution", {
    example: { campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1", reason: "unknown_campaign", campaign_number: 9 },
  });

const counts = z
  .object({
    matched: z.number().int().describe("Calls in quarantine that match; exact up to 1,000."),
    placed: z.number().int().describe("Those of them that are being placed now."),
    left: z
      .number()
      .int()
      .describe("The rest: repeat the request once `GET /v1/quarantine` no longer shows those being placed."),
    more: z.boolean().describe("Whether more than 1,000 match: then more are left than `left` counts."),
  })
  .openapi("QuarantineCounts", { example: { matched: 12, placed: 12, left: 0, more: false } });

const common = { tags: ["Quarantine"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Count the calls in quarantine, grouped by reason, number and account",
  responses: {
    200: {
      description: `The largest ${MAX_GROUPS} groups`,
      ...json(
        listOf(group).extend({
          more: z.boolean().describe("Whether there are smaller groups, or more calls than the oldest 10,000."),
        }),
      ),
    },
    ...failures(401, 403),
  },
});

const resolve = createRoute({
  ...common,
  method: "post",
  path: "/resolve",
  summary: "Choose the campaign of calls in quarantine",
  description:
    "Applies to every matching call in quarantine; without conditions, to all. The effect is the same as choosing for each call separately.",
  request: { body: { required: true, ...json(resolution) } },
  responses: {
    200: { description: "The result of a dry run", ...json(counts) },
    202: { description: "They were accepted and are being processed", ...json(counts) },
    ...failures(400, 401, 403, 415, 422),
  },
});

/** `/v1/quarantine` */
export function quarantineRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { groups, more } = await groupWaiting(c.var.deps.db, { ...withinOf(c), limit: MAX_GROUPS });
      return c.json({ ...wholeOf(groups.map(viewGroup)), more }, 200);
    })
    .openapi(resolve, async (c) => {
      const { campaign_id: campaignId, limit, dry_run: dryRun, ...given } = c.req.valid("json");
      const filter = {
        sourceId: given.source_id,
        reason: given.reason,
        campaignNumber: given.campaign_number,
        account: given.account,
        callIds: given.call_ids,
      };
      const hearsAll = may(c.var.caller, "originals:read");
      const choice = { ...withinOf(c), hearsAll, campaignId, filter, limit, dryRun };
      const chosen = await chooseCampaignOfWaiting(c.var.deps, choice, actOf(c));
      return chosen.ok ? c.json(chosen.value, dryRun ? 200 : 202) : problem(c, chosen.error);
    });
}

function viewGroup(row: WaitingGroup): z.infer<typeof group> {
  return {
    source: { id: row.sourceId, kind: row.sourceKind },
    reason: row.reason,
    campaign_number: row.campaignNumber,
    account: row.account,
    calls: row.calls,
    more: row.more,
    oldest_at: toIso(row.oldestAt),
  };
}
