import { createRoute, z } from "@hono/zod-openapi";
import { notFound } from "../../errors";
import { emailAddress, makeResetToken, removeEveryFactor } from "../../identity";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { json } from "../shapes";

const common = { tags: ["Deployment"], security: ADMIN_ONLY };
const email = z.string().max(300).openapi({ format: "email", example: "ana@acme.example" });
const who = { body: { required: true, ...json(z.strictObject({ email }), { email: "ana@acme.example" }) } };

const link = createRoute({
  ...common,
  method: "post",
  path: "/password-resets",
  summary: "Make a link by which someone replaces their password",
  description:
    "For deployments without mail. It works once, for 30 minutes. Give it to its person only: whoever has it has the password.",
  request: who,
  responses: {
    201: {
      description: "The link",
      ...json(z.object({ link: z.string() }), { link: "https://calls.example.com/reset-password/q83v…" }),
    },
    ...failures(400, 401, 404, 415, 422),
  },
});

const factors = createRoute({
  ...common,
  method: "post",
  path: "/second-factor-resets",
  summary: "Remove the second factors of someone who lost them all",
  description: "App, passkeys and recovery codes go, and every session ends. Make sure who asks before.",
  request: who,
  responses: { 204: { description: "They are removed" }, ...failures(400, 401, 404, 415, 422) },
});

/** `/admin/password-resets` and `/admin/second-factor-resets`: ways back for who cannot sign in. */
export function wayBackRoutes() {
  return newRouter()
    .openapi(link, async (c) => {
      const { db, config, now } = c.var.deps;
      const address = emailAddress.safeParse(c.req.valid("json").email);
      const made = address.success ? await makeResetToken({ db }, address.data, now()) : undefined;
      if (!made) return problem(c, notFound("user"));
      c.header("cache-control", "no-store");
      const origin = config.publicUrl || new URL(c.req.url).origin;
      return c.json({ link: `${origin}/reset-password/${made.token}` }, 201);
    })
    .openapi(factors, async (c) => {
      const address = emailAddress.safeParse(c.req.valid("json").email);
      const removed = address.success && (await removeEveryFactor(c.var.deps, address.data));
      return removed ? c.body(null, 204) : problem(c, notFound("user"));
    });
}
