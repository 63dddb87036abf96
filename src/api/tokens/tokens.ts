import { createRoute, z } from "@hono/zod-openapi";
import { createToken, FROM_A_KEY, looksLikeApiKey, presentedKeys, SCOPES, TOKEN_LIFETIME } from "../../identity";
import { SECOND, toIso } from "../../lib/time";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";

const LONGEST_SECONDS = TOKEN_LIFETIME / SECOND;

const madeToken = z
  .object({
    access_token: z.string().describe("The token. Send it as `Authorization: Bearer`."),
    token_type: z.literal("Bearer"),
    expires_in: z.number().int().describe("Seconds until it ends."),
    expires_at: z.iso.datetime(),
    scopes: z.array(z.string()).nullable().describe("What it may do; null: everything."),
  })
  .openapi("Token", {
    example: {
      access_token: "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6InYxIn0.eyJzdWIiOiJrZXlf4oCmIn0.c2lnbmF0dXJl",
      token_type: "Bearer",
      expires_in: 900,
      expires_at: "2026-08-20T14:15:00.000Z",
      scopes: ["calls:read"],
    },
  });

const create = createRoute({
  tags: ["Tokens"],
  security: SECURED,
  method: "post",
  path: "/",
  summary: "Make a short-lived token from an API key",
  description:
    "Send exactly one API key. The token works for 15 minutes at most, never longer than its key, and is dead with it. What it may do is what its key may do at each use, narrowed to `scopes`.",
  request: {
    body: {
      required: false,
      ...json(
        z.strictObject({
          scopes: z
            .array(z.enum(SCOPES))
            .min(1)
            .max(SCOPES.length)
            .optional()
            .describe("What the token may do. Without: all that its key may."),
          expires_in: z
            .number()
            .int()
            .min(1)
            .max(LONGEST_SECONDS)
            .optional()
            .describe("In seconds; without it 15 minutes."),
        }),
        { scopes: ["calls:read"] },
      ),
    },
  },
  responses: { 201: { description: "The token", ...json(madeToken) }, ...failures(400, 401, 403, 409, 415, 422) },
});

/** `/v1/tokens` */
export function tokenRoutes() {
  return newRouter().openapi(create, async (c) => {
    const [first = "", ...others] = new Set(presentedKeys(c.req.raw.headers));
    if (!looksLikeApiKey(first) || others.length > 0) return problem(c, FROM_A_KEY);
    const { scopes, expires_in: seconds = LONGEST_SECONDS } = c.req.valid("json");
    const act = actOf(c);
    const made = await createToken(c.var.deps, c.var.caller, { scopes, lifetime: seconds * SECOND }, act);
    if (!made.ok) return problem(c, made.error);
    const { token, expiresAt, scopes: given } = made.value;
    c.header("cache-control", "no-store");
    return c.json(
      {
        access_token: token,
        token_type: "Bearer" as const,
        expires_in: Math.max(0, Math.floor((expiresAt - act.now) / SECOND)),
        expires_at: toIso(expiresAt),
        scopes: given && [...given],
      },
      201,
    );
  });
}
