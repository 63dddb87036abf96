import { createRoute, z } from "@hono/zod-openapi";
import { PLATFORMS } from "../../platforms";
import { readSourceGuide } from "../../sources";
import { withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

const entry = z.object({
  name: z.string(),
  value: z.string(),
  note: z.string().optional(),
  secret: z.boolean().optional().describe("The value is a placeholder for a secret that only its owner has."),
});

const guide = z
  .object({
    kind: z.string(),
    title: z.string(),
    summary: z.string(),
    webhook_url: z
      .string()
      .nullable()
      .describe("Where the platform sends notices; null where calls arrive another way."),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    before: z.array(z.string()),
    request: z.array(entry),
    headers: z.array(entry),
    snippets: z.array(
      z.object({ title: z.string(), language: z.enum(["json", "sh", "xml", "ini", "text"]), text: z.string() }),
    ),
    steps: z.array(z.object({ title: z.string(), text: z.string() })),
    variables: z.array(
      z.object({ field: z.string(), variable: z.string(), purpose: z.string(), required: z.boolean() }),
    ),
    reading: z.array(z.object({ what: z.string(), meaning: z.string() })).describe("How what comes is understood."),
    rules: z.array(z.string()),
    answers: z
      .array(z.object({ status: z.number().int(), reason: z.string().nullable(), meaning: z.string() }))
      .describe("What the platform is answered. A `reason` beside 200: no call comes of it; null there: it is stored."),
    next: z.array(z.string()),
    trouble: z.array(z.object({ symptom: z.string(), remedy: z.string() })),
  })
  .openapi("SourceGuide", { example: exampleGuide() });

const readRoute = createRoute({
  tags: ["Sources"],
  security: SECURED,
  method: "get",
  path: "/{id}/guide",
  summary: "Read how to connect this source",
  description:
    "Everything to set up on the platform's side, with the source's own address and its campaign's number filled in. `warnings` names what keeps calls from coming in or from getting on, however well the rest is followed: `not_reachable`, `paused`, `no_campaign`, `no_credentials`.",
  request: {
    params: idParam,
    query: z.strictObject({
      campaign_id: z.string().max(200).optional().openapi({
        description:
          "By id or number: whose number goes into the texts, on platforms whose calls each name their campaign.",
      }),
    }),
  },
  responses: { 200: { description: "The guide", ...json(guide) }, ...failures(401, 403, 404, 422) },
});

/** `/v1/sources/{id}/guide` */
export function sourceGuideRoutes() {
  return newRouter().openapi(readRoute, async (c) => {
    const target = { ...withinOf(c), id: c.req.valid("param").id };
    const publicUrl = c.var.deps.config.publicUrl || new URL(c.req.url).origin;
    const read = await readSourceGuide(c.var.deps.db, target, publicUrl, c.req.valid("query").campaign_id);
    if (!read.ok) return problem(c, read.error);
    const { platform, webhookUrl, warnings, guide: written } = read.value;
    return c.json({ kind: platform.kind, webhook_url: webhookUrl, warnings, ...written }, 200);
  });
}

function exampleGuide() {
  const webhookUrl = "https://calls.example/webhook/anura/src_01k3a7w8q0m4x2c9v5b6n7p8r1";
  const source = { id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1", name: "Anura", settings: {} };
  const campaign = { id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1", number: 3, name: "Renewals" };
  const written = PLATFORMS.anura.guide({ webhookUrl, publicUrl: "https://calls.example", source, campaign });
  return { kind: "anura", webhook_url: webhookUrl, warnings: [], ...written };
}
