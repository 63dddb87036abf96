import { createRoute, z } from "@hono/zod-openapi";
import { notFound } from "../../errors";
import { askForPasskey, confirmPerson, passkeyResponse, TO_CONFIRM } from "../../identity";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { json } from "../shapes";
import { addressOf, OF_ONESELF, relyingPartyHere, renewSession, selfOf } from "./self";

const proof = z
  .union([
    z.strictObject({ password: z.string().min(1).max(1_000) }),
    z.strictObject({ code: z.string().min(1).max(40).describe("Of the authenticator app.") }),
    z.strictObject({ passkey: passkeyResponse }),
  ])
  .openapi("Proof", { example: { password: "correct horse battery staple" } });

const begin = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/options",
  summary: "Ask what a passkey has to sign for a confirmation",
  description: "Gives what `navigator.credentials.get` takes. Its answer is awaited for five minutes.",
  responses: {
    200: {
      description: "For the browser",
      ...json(z.looseObject({ challenge: z.string() }), { challenge: "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k" }),
    },
    ...failures(401, 403, 404),
  },
});

const confirm = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/",
  summary: "Confirm that it is you",
  description:
    "By password, a code of the authenticator app, or a passkey. Sensitive acts are open for 15 minutes then. The session gets a new cookie, and `csrf_token` changes with it.",
  request: { body: { required: true, ...json(proof) } },
  responses: {
    200: {
      description: "It is confirmed",
      ...json(z.object({ csrf_token: z.string() }), { csrf_token: "5f0c…" }),
    },
    ...failures(400, 401, 403, 415, 422, 429),
  },
});

/** `/v1/me/confirmations` */
export function confirmationRoutes() {
  return newRouter()
    .openapi(begin, async (c) => {
      const here = relyingPartyHere(c);
      if (!here) return problem(c, notFound("host that passkeys could be made for"));
      const use = { purpose: TO_CONFIRM, userId: selfOf(c).userId } as const;
      c.header("cache-control", "no-store");
      return c.json({ ...(await askForPasskey(c.var.deps, use, here, c.var.deps.now())) }, 200);
    })
    .openapi(confirm, async (c) => {
      const { deps } = c.var;
      const input = { userId: selfOf(c).userId, sent: c.req.valid("json"), address: addressOf(c) };
      const proven = await confirmPerson(deps, input, relyingPartyHere(c), deps.now());
      if (!proven.ok) return problem(c, proven.error);
      const renewed = await renewSession(c);
      return renewed.ok ? c.json({ csrf_token: renewed.value }, 200) : problem(c, renewed.error);
    });
}
