import { createRoute, z } from "@hono/zod-openapi";
import { reachesCampaign, type Reach } from "../../identity";
import { toIso } from "../../lib/time";
import {
  checkClocks,
  CLOCKS,
  countExpiring,
  MOST_DAYS,
  nextNight,
  readRetention,
  setRetention,
  type Clock,
  type Clocks,
  type Expiring,
  type Retention,
} from "../../privacy";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";

const common = { tags: ["Privacy"], security: SECURED };

function each<T extends z.ZodType>(value: T) {
  return z.object(Object.fromEntries(CLOCKS.map((clock) => [clock, value])) as Record<Clock, T>).partial();
}

const days = z.number().int().min(1).max(MOST_DAYS).nullable();
const clocks = each(days).strict().describe("Whole days. Null: it does not run out by itself.");

const retention = z
  .object({
    organization: clocks.describe("Of all campaigns that have no clock of their own, and of calls without a campaign."),
    campaigns: z
      .array(z.object({ campaign_id: z.string(), clocks }))
      .describe("Those with clocks of their own, as far as the caller reaches."),
    next_run: z.iso.datetime().describe("What has run out by then goes."),
    would_go: each(
      z.object({ count: z.number().int(), more: z.boolean().describe("There are more than were looked at.") }),
    )
      .nullable()
      .describe("Of a dry run: how many calls would lose what in the next night; `inbound` counts requests."),
  })
  .openapi("Retention", {
    example: {
      organization: { audio: 90, inbound: 30 },
      campaigns: [{ campaign_id: "cmp_0198c5dc8f5e7c2a9d1e", clocks: { audio: null, metadata: 730 } }],
      next_run: "2026-08-21T03:00:00.000Z",
      would_go: null,
    },
  });

const read = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Read how long what is kept of calls is kept",
  responses: { 200: { description: "The clocks", ...json(retention) }, ...failures(401, 403) },
});

const asked = z
  .strictObject({
    campaign_id: z.string().min(1).max(100).nullable().default(null).describe("Null: those of the organization."),
    clocks: clocks.describe(
      "All of them: what is left out is, of a campaign, as the organization has it, and of the organization does not run out.",
    ),
    dry_run: z.boolean().default(false).describe("Counts what would go in the next night, and changes nothing."),
  })
  .openapi("NewRetention", { example: { campaign_id: null, clocks: { audio: 90, inbound: 30 }, dry_run: false } });

const replace = createRoute({
  ...common,
  method: "put",
  path: "/",
  summary: "Set how long what is kept of calls is kept",
  description:
    "Followed from the next night on, 03:00 UTC. Days count from when a call began, or was first told of where that was later. A legal hold stops every clock of what it covers.",
  request: { body: { required: true, ...json(asked) } },
  responses: { 200: { description: "The clocks", ...json(retention) }, ...failures(400, 401, 403, 415, 422) },
});

/** `/v1/retention` */
export function retentionRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const { db, now } = c.var.deps;
      const { organizationId, reach } = withinOf(c);
      return c.json(view(await readRetention(db, organizationId), reach, now(), null), 200);
    })
    .openapi(replace, async (c) => {
      const { db, now } = c.var.deps;
      const { campaign_id: campaignId, clocks: wanted, dry_run: dryRun } = c.req.valid("json");
      const target = { ...withinOf(c), campaignId };
      if (dryRun) {
        const allowed = await checkClocks(db, target, wanted as Clocks);
        if (!allowed.ok) return problem(c, allowed.error);
        const wouldGo = await countExpiring(db, target, wanted as Clocks, now());
        return c.json(view(await readRetention(db, target.organizationId), target.reach, now(), wouldGo), 200);
      }
      const set = await setRetention(c.var.deps, target, wanted as Clocks, actOf(c));
      if (!set.ok) return problem(c, set.error);
      return c.json(view(set.value, target.reach, now(), null), 200);
    });
}

function view(
  { organization, campaigns }: Retention,
  reach: Reach,
  now: number,
  wouldGo: Partial<Record<Clock, Expiring>> | null,
): z.infer<typeof retention> {
  return {
    organization,
    campaigns: [...campaigns]
      .filter(([id]) => reachesCampaign(reach, id))
      .map(([id, own]) => ({ campaign_id: id, clocks: own })),
    next_run: toIso(nextNight(now)),
    would_go: wouldGo,
  };
}
