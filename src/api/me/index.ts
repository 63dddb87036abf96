import { createRoute, z } from "@hono/zod-openapi";
import { csrfTokenOf, factorStateOf, secondFactorsIn, SECOND_FACTORS, updateOwnAccount } from "../../identity";
import { toIso } from "../../lib/time";
import { LANGUAGES } from "../../ui/language";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { json } from "../shapes";
import { ownBrowserRoutes } from "./browsers";
import { confirmationRoutes } from "./confirmations";
import { notificationPreferenceRoutes } from "./notification-preferences";
import { notificationRoutes } from "./notifications";
import { openOrganizationRoutes, ownOrganizationRoutes } from "./organizations";
import { passkeyRoutes } from "./passkeys";
import { passwordRoutes } from "./password";
import { recoveryCodeRoutes } from "./recovery-codes";
import { actOfSelf, OF_ONESELF, relyingPartyHere, selfOf } from "./self";
import { ownSessionRoutes } from "./sessions";
import { totpRoutes } from "./totp";

const me = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    organization_id: z.string().describe("The one that is open in this session."),
    role: z.string(),
    strength: z.string().describe("How you proved who you are."),
    confirmed_at: z.iso.datetime().describe("When you last did. Sensitive acts ask again after 15 minutes."),
    second_factors: z.array(z.enum(SECOND_FACTORS)).describe("What the second step of your sign-in can be."),
    csrf_token: z.string().describe("To be sent as `X-CSRF-Token` with whatever writes."),
  })
  .openapi("Me", {
    example: {
      id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
      email: "ana@acme.example",
      name: "Ana",
      organization_id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
      role: "owner",
      strength: "password+totp",
      confirmed_at: "2026-08-20T14:00:00.000Z",
      second_factors: ["totp", "recovery_code"],
      csrf_token: "5f0c2a…",
    },
  });

const read = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "Who you are in this session",
  responses: { 200: { description: "You", ...json(me) }, ...failures(401, 403) },
});

const change = createRoute({
  ...OF_ONESELF,
  method: "patch",
  path: "/",
  summary: "Change your name or your language",
  description: "Both are yours in every organization. The language is that of letters, and of pages on a new browser.",
  request: {
    body: {
      required: true,
      ...json(
        z.strictObject({
          name: z.string().trim().min(1).max(200).optional(),
          language: z.enum(LANGUAGES).nullable().optional().describe("Null: the one that the browser asks for."),
        }),
        { name: "Ana María", language: "es" },
      ),
    },
  },
  responses: {
    200: {
      description: "What is stored",
      ...json(z.object({ name: z.string(), language: z.string().nullable() }), { name: "Ana María", language: "es" }),
    },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** `/v1/me`: what belongs to the person of the session. */
export function meRoutes() {
  const router = newRouter().openapi(read, async (c) => {
    const { id, email, name, session } = selfOf(c);
    const state = await factorStateOf(c.var.deps.db, id, relyingPartyHere(c)?.id);
    c.header("cache-control", "no-store");
    const view = {
      id,
      email,
      name,
      organization_id: session.organizationId,
      role: c.var.session?.membership.role ?? "",
      strength: session.strength,
      confirmed_at: toIso(session.confirmedAt),
      second_factors: secondFactorsIn(state),
      csrf_token: await csrfTokenOf(session.hash),
    };
    return c.json(view, 200);
  });
  router.openapi(change, async (c) => {
    const { name, language: locale } = c.req.valid("json");
    const changed = await updateOwnAccount(c.var.deps, { userId: selfOf(c).userId, name, locale }, actOfSelf(c));
    if (!changed.ok) return problem(c, changed.error);
    return c.json({ name: changed.value.name, language: changed.value.locale }, 200);
  });
  router.route("/totp", totpRoutes());
  router.route("/passkeys", passkeyRoutes());
  router.route("/recovery-codes", recoveryCodeRoutes());
  router.route("/password", passwordRoutes());
  router.route("/sessions", ownSessionRoutes());
  router.route("/browsers", ownBrowserRoutes());
  router.route("/notifications", notificationRoutes());
  router.route("/notification-preferences", notificationPreferenceRoutes());
  router.route("/organizations", ownOrganizationRoutes());
  router.route("/organization", openOrganizationRoutes());
  router.route("/confirmations", confirmationRoutes());
  return router;
}
