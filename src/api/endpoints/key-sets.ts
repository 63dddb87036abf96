import { createRoute, z } from "@hono/zod-openapi";
import { publicKeys } from "../../delivery";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { OPEN } from "../security";
import { idParam, json } from "../shapes";

// A rotated key signs for longer than this, unless the rotation ends it at once.
const CACHE_SECONDS = 300;

const keySet = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal("OKP"),
        crv: z.literal("Ed25519"),
        x: z.string(),
        kid: z.string(),
        use: z.literal("sig"),
        alg: z.literal("EdDSA"),
      }),
    ),
  })
  .openapi("KeySet", {
    example: {
      keys: [
        {
          kty: "OKP",
          crv: "Ed25519",
          x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
          kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
          use: "sig",
          alg: "EdDSA",
        },
      ],
    },
  });

const read = createRoute({
  tags: ["Endpoint secrets"],
  security: OPEN,
  method: "get",
  path: "/{id}/jwks.json",
  summary: "Read the public keys that verify an endpoint's v1a signatures",
  description: "For receivers: needs no API key. Old keys stay in it for as long as they sign.",
  request: { params: idParam },
  responses: { 200: { description: "The key set (RFC 7517)", ...json(keySet) }, ...failures(404) },
});

/** `/webhooks/{id}/jwks.json`, outside the API's authentication. */
export function keySetRoutes() {
  return newRouter({ takesAnyQuery: true }).openapi(read, async (c) => {
    const { config, db, now } = c.var.deps;
    const found = await publicKeys(db, config.masterKeys, c.req.valid("param").id, now());
    if (!found.ok) return problem(c, found.error);
    c.header("cache-control", `public, max-age=${CACHE_SECONDS}`);
    return c.json({ keys: found.value }, 200);
  });
}
