import { createRoute, z } from "@hono/zod-openapi";
import { factorStateOf, replaceRecoveryCodes } from "../../identity";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { json } from "../shapes";
import { actOfSelf, OF_ONESELF, relyingPartyHere, selfOf, unconfirmed } from "./self";

const CODE = z.string().describe("Works once, in place of a code of the app.");
const EXAMPLE = ["7kq2-m9fd-03xw-hp4v"];

/** The answer to a second factor that was set up. The session counts as proven by it, and has a new cookie. */
export const firstCodes = z.object({
  csrf_token: z.string().describe("For `X-CSRF-Token` from now on."),
  recovery_codes: z.array(CODE).nullable().describe("Shown here and never again; null when there are some already."),
});
export const FIRST_CODES = { csrf_token: "5f0c2a…", recovery_codes: EXAMPLE };

const count = z
  .object({ left: z.number().int().describe("How many were not used.") })
  .openapi("RecoveryCodeCount", { example: { left: 8 } });

const fresh = z
  .object({ recovery_codes: z.array(CODE).describe("Ten codes. They are shown here and never again.") })
  .openapi("RecoveryCodes", { example: { recovery_codes: EXAMPLE } });

const read = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "How many recovery codes you have left",
  responses: { 200: { description: "Their number", ...json(count) }, ...failures(401, 403) },
});

const replace = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/",
  summary: "Replace your recovery codes by ten new ones",
  description: "The former ones end. Needs a second factor, and a confirmation of the last 15 minutes.",
  responses: { 201: { description: "The new codes", ...json(fresh) }, ...failures(401, 403, 409) },
});

/** `/v1/me/recovery-codes` */
export function recoveryCodeRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const state = await factorStateOf(c.var.deps.db, selfOf(c).userId, relyingPartyHere(c)?.id);
      return c.json({ left: state.recoveryCodes }, 200);
    })
    .openapi(replace, async (c) => {
      const stale = unconfirmed(c);
      if (stale) return problem(c, stale);
      const replaced = await replaceRecoveryCodes(c.var.deps, selfOf(c).userId, actOfSelf(c));
      if (!replaced.ok) return problem(c, replaced.error);
      c.header("cache-control", "no-store");
      return c.json({ recovery_codes: replaced.value }, 201);
    });
}
