import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { DomainError } from "../../errors";
import { acceptByAccount, joinByInvitation, newPassword, SESSION_LIFETIME } from "../../identity";
import { cookieFor, isFromOurselves, SESSION_COOKIE } from "../../lib/http/session-cookie";
import { SECOND } from "../../lib/time";
import { addressOf } from "../me/self";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { OPEN } from "../security";
import { sessionOf, sessionTokenOf } from "../session";
import { json } from "../shapes";

const TOKEN = "4Wc0kP1qjv8d2r0s7u5y9x3b6n1m4k8j2h5g7f0d3s6";

const accepted = z
  .object({
    user_id: z.string(),
    organization_id: z.string(),
    signed_in: z.boolean().describe("Whether the answer's cookie is a session."),
  })
  .openapi("AcceptedInvitation", {
    example: {
      user_id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
      organization_id: "org_01k3a7w8q0m4x2c9v5b6n7p8r1",
      signed_in: true,
    },
  });

const accept = createRoute({
  tags: ["People"],
  security: OPEN,
  method: "post",
  path: "/accept",
  summary: "Accept an invitation",
  description:
    "`token` is the last part of the link. Whoever has no account yet chooses a name and a password, and is signed in. Whoever has one signs in first and sends only the token, with the session.",
  request: {
    body: {
      required: true,
      ...json(
        z.strictObject({
          token: z.string().max(200),
          name: z.string().trim().min(1).max(200).optional(),
          password: newPassword.optional(),
        }),
        { token: TOKEN, name: "Ana", password: "correct horse battery" },
      ),
    },
  },
  responses: {
    200: { description: "You are a member", ...json(accepted) },
    ...failures(400, 401, 403, 404, 409, 415, 422, 429),
  },
});

/** `/v1/invitations/accept`, which no key opens and none is needed for. */
export function acceptRoutes() {
  return newRouter().openapi(accept, async (c) => {
    const { token, name, password } = c.req.valid("json");
    c.header("cache-control", "no-store");
    const sessionToken = sessionTokenOf(c);
    if (sessionToken !== undefined && password === undefined) {
      const session = await sessionOf(c, sessionToken);
      if (!session.ok) return problem(c, session.error);
      const { user, session: own } = session.value;
      const joined = await acceptByAccount(c.var.deps, { token, userId: user.id, hash: own.hash }, placeOf(c));
      if (!joined.ok) return problem(c, joined.error);
      return c.json({ user_id: user.id, organization_id: joined.value.organizationId, signed_in: true }, 200);
    }
    if (!isFromOurselves(c.req.raw)) return problem(c, FOREIGN);
    if (name === undefined || password === undefined) return problem(c, incomplete(name, password));
    const joined = await joinByInvitation(c.var.deps, { token, name, password }, placeOf(c));
    if (!joined.ok) return problem(c, joined.error);
    const { userId, organizationId, session } = joined.value;
    c.header("set-cookie", cookieFor(SESSION_COOKIE, session, SESSION_LIFETIME / SECOND));
    return c.json({ user_id: userId, organization_id: organizationId, signed_in: true }, 200);
  });
}

const FOREIGN: DomainError = { kind: "forbidden", message: "An invitation is accepted from our own pages." };

function incomplete(name: string | undefined, password: string | undefined): DomainError {
  const missing = Object.entries({ name, password }).filter(([, value]) => value === undefined);
  return { kind: "invalid", fields: missing.map(([field]) => ({ field, message: "is required" })) };
}

function placeOf(c: Context<ApiEnv>) {
  const userAgent = c.req.header("user-agent") ?? null;
  return { address: addressOf(c), userAgent, requestId: c.var.requestId, now: c.var.deps.now() };
}
