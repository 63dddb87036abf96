import { PLATFORMS, type PlatformKind } from "../../platforms";
import { z } from "@hono/zod-openapi";
import { toIso } from "../../lib/time";
import { webhookPathOf, type SourceView } from "../../sources";
import type { ApiDeps } from "../router";

const settings = z.record(z.string(), z.unknown()).openapi({
  description:
    "What `GET /v1/source-kinds/{kind}` lists. In a change, each one given replaces its namesake, null takes it away.",
});
const credentials = z
  .record(z.string(), z.string().max(4_000))
  .openapi({ description: "Credentials for asking the platform for recordings and calls; never shown again." });

const example = {
  id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  kind: "audian",
  name: "Audian, sales floor",
  campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  settings: { time_zone: "America/Argentina/Buenos_Aires" },
  has_credentials: false,
  state: "active" as const,
  webhook_url: "https://calls.example/webhook/audian/src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  created_at: "2026-08-20T14:00:00.000Z",
};

export const source = z
  .object({
    id: z.string(),
    kind: z.string().describe("The platform."),
    name: z.string(),
    campaign_id: z
      .string()
      .nullable()
      .describe(
        "The campaign its calls belong to. Null: each notice names its own, or the account decides, or they wait. On a platform whose notices name their campaign (Anura) each notice still decides: it is the campaign whose number the guide prints.",
      ),
    settings,
    has_credentials: z.boolean(),
    state: z.enum(["active", "paused"]),
    webhook_url: z.string().describe("Where the platform posts its notices, or recordings are uploaded to."),
    created_at: z.iso.datetime(),
  })
  .openapi("Source", { example });

const HEALTH = ["active", "paused", "quiet", "failing", "never"] as const;

export const healthState = z.enum(HEALTH).openapi({
  description:
    "`active`: notices arrive. `paused`: they are kept and make no calls. `quiet`: none in the last 24 hours. `failing`: most of the latest were turned away. `never`: none came in 90 days.",
});

/** The same by the name it had before. */
export const healthStatus = z.enum(HEALTH).describe("The same as `state`, by the name it had before.");

export const listedSource = source
  .extend({
    health: z.object({ state: healthState, status: healthStatus, last_notice_at: z.iso.datetime().nullable() }),
  })
  .openapi("ListedSource", {
    example: {
      ...example,
      health: { state: "active", status: "active", last_notice_at: "2026-08-20T14:03:12.000Z" },
    },
  });

export const freshSource = source
  .extend({
    secret: z
      .string()
      .nullable()
      .describe("The secret the platform signs with, shown only here; null where it sends an API key."),
  })
  .openapi("FreshSource", { example: { ...example, secret: "whsec_4f1c2d…" } });

const kinds = Object.keys(PLATFORMS) as [PlatformKind, ...PlatformKind[]];
const name = z.string().trim().min(1).max(200);
const campaignId = z
  .union([z.string().max(200), z.number().int().min(1).transform(String)])
  .nullable()
  .openapi({ description: "By id or number." });
export const secret = z
  .string()
  .max(512)
  .openapi({ description: "The secret that the platform shows; generated when left out." });

export const newSource = z.strictObject({
  kind: z.enum(kinds),
  name,
  campaign_id: campaignId.optional(),
  settings: settings.optional(),
  credentials: credentials.optional(),
  secret: secret.optional(),
});
export const sourceChanges = z.strictObject({
  name: name.optional(),
  campaign_id: campaignId.optional(),
  settings: settings.optional(),
  credentials: credentials.nullable().optional(),
  state: z.enum(["active", "paused"]).optional(),
});

/** A source as the API shows it. */
export async function viewSource(
  { config }: Pick<ApiDeps, "config">,
  row: SourceView,
): Promise<z.infer<typeof source>> {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    campaign_id: row.campaignId,
    settings: row.settings,
    has_credentials: row.hasCredentials,
    state: row.state,
    webhook_url: `${config.publicUrl}${await webhookPathOf(row)}`,
    created_at: toIso(row.createdAt),
  };
}
