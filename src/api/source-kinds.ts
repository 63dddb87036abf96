import { createRoute, z } from "@hono/zod-openapi";
import { SOURCES, type Source } from "../sources";
import { failures } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { json } from "./shapes";

const jsonSchema = z.record(z.string(), z.unknown()).describe("As JSON Schema, draft 2020-12.");

const sourceKind = z
  .object({
    kind: z.string(),
    title: z.string(),
    authentication: z
      .string()
      .describe("`api_key`: notices come with one of your API keys. `signature`: with proof of the platform's own."),
    names_campaign: z.boolean().describe("Whether each notice names the number of its campaign."),
    secret: z
      .object({ name: z.string(), origin: z.enum(["platform", "either"]) })
      .nullable()
      .describe("What proves the sender, in the platform's own word; `platform`: it must be given to us."),
    reconciles: z.boolean().describe("Whether the platform's own list of calls can be compared with ours."),
    settings: jsonSchema,
    credentials: jsonSchema.nullable(),
  })
  .openapi("SourceKind", {
    example: {
      kind: "audian",
      title: "Audian",
      authentication: "signature",
      names_campaign: false,
      secret: { name: "signing_secret", origin: "either" },
      reconciles: false,
      settings: { type: "object", properties: { time_zone: { type: "string" } }, additionalProperties: false },
      credentials: null,
    },
  });

const list = createRoute({
  tags: ["Sources"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "List the platforms a source can be of, with what may be set on each",
  responses: {
    200: { description: "The kinds", ...json(z.object({ data: z.array(sourceKind) })) },
    ...failures(401, 403),
  },
});

/** `/v1/source-kinds` */
export function sourceKindRoutes() {
  return newRouter().openapi(list, (c) => c.json({ data: Object.values<Source>(SOURCES).map(viewKind) }, 200));
}

function viewKind(platform: Source): z.infer<typeof sourceKind> {
  const isKeyed = platform.authentication === "api_key";
  return {
    kind: platform.kind,
    title: platform.title,
    authentication: platform.authentication,
    names_campaign: isKeyed && platform.namesCampaign,
    secret:
      platform.authentication === "signature" ? { name: platform.secret.name, origin: platform.secret.origin } : null,
    reconciles: platform.pull !== undefined,
    settings: schemaOf(platform.settings),
    credentials: platform.credentials ? schemaOf(platform.credentials) : null,
  };
}

// What JSON Schema cannot say (a transform, a check of our own) is left out: the answer to a wrong value says it.
function schemaOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}
