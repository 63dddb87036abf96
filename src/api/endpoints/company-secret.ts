import { createRoute, z } from "@hono/zod-openapi";
import { OVERLAP, regenerateCompanySecret, revealCompanySecret } from "../../delivery";
import { actOf } from "../authenticate";
import { revealed, viewSecrets } from "./index";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";

const regeneration = z
  .strictObject({
    secret: z.string().max(300).optional().describe("A secret of your own; generated when left out."),
    grace_seconds: z
      .number()
      .int()
      .min(0)
      .max(OVERLAP.max / 1000)
      .optional()
      .describe("How long the old secret signs as well (default 0), in the header `X-Voicesense-Signature-Previous`."),
  })
  .openapi("CompanySecretRegeneration", { example: { grace_seconds: 0 } });

const regenerated = z
  .object({ signing_secret: z.string(), endpoints: z.number().int().describe("How many endpoints sign with it now.") })
  .openapi("RegeneratedCompanySecret", {
    example: { signing_secret: "Vb7kQm2xYt9LwRz4NcHs8PdJf5GaEu3X", endpoints: 2 },
  });

const common = { tags: ["Endpoint secrets"], security: SECURED, path: "/" as const };

const reveal = createRoute({
  ...common,
  method: "get",
  summary: "Show the secret that all voicesense endpoints sign with",
  description: "It is created with the first such endpoint. Each reveal is recorded with its time and API key.",
  responses: { 200: { description: "The secret", ...json(revealed) }, ...failures(401, 403, 404) },
});

const regenerate = createRoute({
  ...common,
  method: "post",
  summary: "Replace the secret that all voicesense endpoints sign with",
  description: "In all of them at once.",
  request: { body: { required: false, ...json(regeneration) } },
  responses: {
    200: { description: "The new secret", ...json(regenerated) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

/** `/v1/company-secret` */
export function companySecretRoutes() {
  return newRouter()
    .openapi(reveal, async (c) => {
      const shown = await revealCompanySecret(c.var.deps, c.var.caller.organizationId, actOf(c));
      if (!shown.ok) return problem(c, shown.error);
      c.header("cache-control", "no-store");
      return c.json(viewSecrets(shown.value), 200);
    })
    .openapi(regenerate, async (c) => {
      const { deps, caller } = c.var;
      const { secret, grace_seconds: grace = 0 } = c.req.valid("json");
      const wanted = { secret, grace: grace * 1000 };
      const done = await regenerateCompanySecret(deps, caller.organizationId, wanted, actOf(c));
      if (!done.ok) return problem(c, done.error);
      c.header("cache-control", "no-store");
      return c.json({ signing_secret: done.value.secret, endpoints: done.value.endpoints }, 200);
    });
}
