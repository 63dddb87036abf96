import { createRoute, z } from "@hono/zod-openapi";
import { type Platform, platformOf, PLATFORMS } from "../../platforms";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json, listOf, wholeOf } from "../shapes";

const example = {
  kind: "audian",
  title: "Audian",
  authentication: "signature",
  webhook: true,
  names_campaign: false,
  secret: { name: "signing_secret", origin: "either" as const },
  reconciles: false,
};

const jsonSchema = z.record(z.string(), z.unknown()).describe("As JSON Schema, draft 2020-12.");

const sourceKind = z
  .object({
    kind: z.string(),
    title: z.string(),
    authentication: z
      .string()
      .describe("`api_key`: notices carry one of your API keys. `signature`: notices carry the platform's own proof."),
    webhook: z.boolean().describe("Whether it sends notices; false where calls only arrive as uploads."),
    names_campaign: z.boolean().describe("Whether each notice has the number of its campaign."),
    secret: z
      .object({ name: z.string(), origin: z.enum(["platform", "either"]) })
      .nullable()
      .describe(
        "The platform's name for the secret that proves the sender. `platform`: the platform generates it and it must be entered here.",
      ),
    reconciles: z.boolean().describe("Whether the platform's list of calls can be compared with Trunkline's."),
  })
  .openapi("PlatformKind", { example });

const sourceKindDetail = sourceKind
  .extend({ settings: jsonSchema, credentials: jsonSchema.nullable() })
  .openapi("SourceKindDetail", {
    example: {
      ...example,
      settings: { type: "object", properties: { time_zone: { type: "string" } }, additionalProperties: false },
      credentials: null,
    },
  });
const common = { tags: ["Sources"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List the platforms of sources",
  responses: {
    200: { description: "The kinds", ...json(listOf(sourceKind)) },
    ...failures(401, 403),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{kind}",
  summary: "Read the settings of a platform's sources",
  request: { params: z.object({ kind: z.string().max(200) }) },
  responses: { 200: { description: "The kind", ...json(sourceKindDetail) }, ...failures(401, 403, 404) },
});

/** `/v1/source-kinds` */
export function sourceKindRoutes() {
  return newRouter()
    .openapi(list, (c) => c.json(wholeOf(Object.values<Platform>(PLATFORMS).map(viewKind)), 200))
    .openapi(read, (c) => {
      const platform = platformOf(c.req.valid("param").kind);
      if (!platform) return problem(c, { kind: "not_found", what: "kind of source" });
      const credentials = platform.credentials ? schemaOf(platform.credentials) : null;
      return c.json({ ...viewKind(platform), settings: schemaOf(platform.settings), credentials }, 200);
    });
}

function viewKind(platform: Platform): z.infer<typeof sourceKind> {
  const isKeyed = platform.authentication === "api_key";
  return {
    kind: platform.kind,
    title: platform.title,
    authentication: platform.authentication,
    webhook: !isKeyed || platform.webhook !== false,
    names_campaign: isKeyed && platform.namesCampaign,
    secret:
      platform.authentication === "signature" ? { name: platform.secret.name, origin: platform.secret.origin } : null,
    reconciles: platform.pull !== undefined,
  };
}

// JSON Schema cannot express transforms and custom checks. They are left out; the error for a wrong value explains
// them.
function schemaOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}
