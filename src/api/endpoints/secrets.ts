import { createRoute, z } from "@hono/zod-openapi";
import {
  isSigningKey,
  OVERLAP,
  readEndpoint,
  revealSecret,
  rotateSecret,
  signingOf,
  type SigningSecret,
} from "../../delivery";
import { toIso } from "../../lib/time";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, wholeOf } from "../shapes";

const kind = z.enum(["hmac", "ed25519"]).describe("A shared secret, or the private half of an Ed25519 key.");
const until = z.iso.datetime().nullable().describe("When an old one stops signing; null for the current one.");

const signing = listOf(z.object({ kind, until })).openapi("Signing", {
  example: { data: [{ kind: "hmac", until: null }], next_cursor: null },
});

/** Secrets shown on request. Of an Ed25519 key only the public half is shown, in the key set. */
export const revealed = z
  .object({
    signing_secret: z.string(),
    previous: z
      .array(z.object({ signing_secret: z.string(), until: z.iso.datetime() }))
      .describe("Older ones that still sign."),
  })
  .openapi("RevealedSecrets", {
    example: { signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", previous: [] },
  });

const rotation = z
  .strictObject({
    secret: z.string().max(300).optional().describe("A secret of your own, in the profile's form."),
    overlap_seconds: z
      .number()
      .int()
      .min(0)
      .max(OVERLAP.max / 1000)
      .optional()
      .describe(
        "How long the old secret signs as well, where the profile can carry several signatures. Default: one day for `standard`, 0 for the others.",
      ),
  })
  .openapi("SecretRotation", { example: { overlap_seconds: 86_400 } });

const rotated = z
  .object({ id: z.string(), signing_secret: z.string(), overlap_seconds: z.number().int() })
  .openapi("RotatedSecret", {
    example: {
      id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
      signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      overlap_seconds: 86_400,
    },
  });

const common = { tags: ["Endpoint secrets"], security: SECURED };

const show = createRoute({
  ...common,
  method: "get",
  path: "/{id}/rotate-secret",
  summary: "Read which secrets sign an endpoint's deliveries now",
  description: "Without the secrets themselves: the state of a rotation.",
  request: { params: idParam },
  responses: { 200: { description: "The secrets in use", ...json(signing) }, ...failures(401, 403, 404) },
});

const rotate = createRoute({
  ...common,
  method: "post",
  path: "/{id}/rotate-secret",
  summary: "Replace the signing secret",
  request: { params: idParam, body: { required: false, ...json(rotation) } },
  responses: {
    200: { description: "The new secret", ...json(rotated) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const reveal = createRoute({
  ...common,
  method: "post",
  path: "/{id}/reveal-secret",
  summary: "Show an endpoint's signing secrets",
  description: "Each reveal is recorded with its time and API key: see `/v1/secret-reveals`.",
  request: { params: idParam },
  responses: { 200: { description: "The secrets in use", ...json(revealed) }, ...failures(401, 403, 404) },
});

/** Rotates and reveals an endpoint's signing secrets. */
export function secretRoutes() {
  return newRouter()
    .openapi(show, async (c) => {
      const { config, db, now } = c.var.deps;
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const found = await readEndpoint(db, target);
      if (!found.ok) return problem(c, found.error);
      const inUse = await signingOf(config.masterKeys, found.value, now());
      return c.json(wholeOf(inUse.map((one) => ({ kind: kindOf(one), until: toIso(one.until) }))), 200);
    })
    .openapi(rotate, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const { secret, overlap_seconds: seconds } = c.req.valid("json");
      const wanted = { secret, overlap: seconds === undefined ? undefined : seconds * 1000 };
      const done = await rotateSecret(c.var.deps, target, wanted, actOf(c));
      if (!done.ok) return problem(c, done.error);
      c.header("cache-control", "no-store");
      return c.json(
        { id: target.id, signing_secret: done.value.secret, overlap_seconds: done.value.overlap / 1000 },
        200,
      );
    })
    .openapi(reveal, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const shown = await revealSecret(c.var.deps, target, actOf(c));
      if (!shown.ok) return problem(c, shown.error);
      c.header("cache-control", "no-store");
      return c.json(viewSecrets(shown.value), 200);
    });
}

export function viewSecrets(secrets: readonly SigningSecret[]): z.infer<typeof revealed> {
  const shared = secrets.filter((one) => kindOf(one) === "hmac");
  return {
    signing_secret: shared[0]?.value ?? "",
    previous: shared.slice(1).map(({ value, until: ends }) => ({ signing_secret: value, until: toIso(ends ?? 0) })),
  };
}

function kindOf({ value }: SigningSecret): z.infer<typeof kind> {
  return isSigningKey(value) ? "ed25519" : "hmac";
}
