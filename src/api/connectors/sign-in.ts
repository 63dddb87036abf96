import { createRoute, z } from "@hono/zod-openapi";
import { actOn, beginSignIn, endSignIn } from "../../connectors";
import { actorText, recordAct } from "../../identity";
import { notFound } from "../../errors";
import { toIso } from "../../lib/time";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { failure, viewFailure } from "./failure-shape";

const common = { tags: ["Connectors"], security: SECURED };
const LONGEST_CODE = 5_000;

/** Microsoft sends people back over https, or to the machine that they sit at (RFC 8252). */
const redirectUri = z
  .url({ protocol: /^https?$/, error: "must be an address" })
  .max(500)
  .refine((text) => /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(text), "must be an https address")
  .describe("Where Microsoft sends the person back to: one of the redirect URIs of the application in Azure AD.");

const begin = createRoute({
  ...common,
  method: "post",
  path: "/{id}/sign-in",
  summary: "Begin to sign in for a OneDrive connector",
  description:
    "Gives the address at which the person whose drive is read signs in at Microsoft. From there they come back to `redirect_uri` with `code` and `state`; give both to `/sign-in/complete`, by the same key and within 15 minutes. Who uses the dashboard presses *Connect* instead.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ redirect_uri: redirectUri }), { redirect_uri: "https://app.example.com/onedrive" }),
    },
  },
  responses: {
    200: {
      description: "Where to sign in",
      ...json(z.object({ url: z.string(), expires_at: z.iso.datetime() }), {
        url: "https://login.microsoftonline.com/your-tenant-id/oauth2/v2.0/authorize?client_id=your-client-id",
        expires_at: "2026-08-20T14:15:00.000Z",
      }),
    },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const complete = createRoute({
  ...common,
  method: "post",
  path: "/{id}/sign-in/complete",
  summary: "Complete a sign-in for a OneDrive connector",
  description: "The tokens are stored, encrypted, and a look begins within a minute.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(
        z.strictObject({ code: z.string().min(1).max(LONGEST_CODE), state: z.string().min(1).max(LONGEST_CODE) }),
        {
          code: "0.AXoA…",
          state: "con_01k3a7w8q0m4x2c9v5b6n7p8r1.…",
        },
      ),
    },
  },
  responses: {
    200: {
      description: "Whether Microsoft granted it",
      ...json(z.object({ ok: z.boolean(), failure: failure.nullable().describe("Why it did not.") }), {
        ok: true,
        failure: null,
      }),
    },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** Signing in for a connector from a program of one's own. */
export function signInRoutes() {
  return newRouter()
    .openapi(begin, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const act = actOf(c);
      const { redirect_uri: to } = c.req.valid("json");
      const begun = await beginSignIn(c.var.deps, target, { by: actorText(act.actor), redirectUri: to });
      if (!begun.ok) return problem(c, begun.error);
      await recordAct(c.var.deps.db, actOn(target, "connector.sign_in_begun"), act);
      return c.json({ url: begun.value.url, expires_at: toIso(begun.value.until) }, 200);
    })
    .openapi(complete, async (c) => {
      const { id } = c.req.valid("param");
      const { code, state } = c.req.valid("json");
      const act = actOf(c);
      if (!state.startsWith(`${id}.`)) return problem(c, notFound("connector"));
      const ended = await endSignIn(c.var.deps, withinOf(c), { by: actorText(act.actor), code, state });
      if (!ended.ok) return problem(c, ended.error);
      const { failure: why } = ended.value;
      await recordAct(
        c.var.deps.db,
        { ...actOn({ ...withinOf(c), id }, "connector.sign_in_ended"), after: { ok: why === null } },
        act,
      );
      return c.json({ ok: why === null, failure: why && viewFailure(why) }, 200);
    });
}
