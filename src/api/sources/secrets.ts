import { platformOf } from "../../platforms";
import { createRoute, z } from "@hono/zod-openapi";
import { retirePreviousSecret, rotateSecret } from "../../sources";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { secret } from "./shapes";

const rotation = z.strictObject({
  secret: secret.optional(),
  keep_previous: z
    .boolean()
    .default(true)
    .openapi({ description: "Whether the old secret is accepted until it is retired." }),
});

const common = { tags: ["Sources"], security: SECURED };

const rotate = createRoute({
  ...common,
  method: "post",
  path: "/{id}/rotate-secret",
  summary: "Replace the signing secret",
  description:
    "The platform's own, or one made here. Both are taken until the old one is retired, unless `keep_previous` is false. The new one counts at once; a retired one may be taken for up to 60 seconds more where the source was just used.",
  request: { params: idParam, body: { required: true, ...json(rotation, { keep_previous: true }) } },
  responses: {
    200: {
      description: "The new secret, shown only here",
      ...json(z.object({ secret: z.string() }), { secret: "whsec_4f1c2d…" }),
    },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const retire = createRoute({
  ...common,
  method: "post",
  path: "/{id}/retire-previous-secret",
  summary: "Retire the secret that was replaced",
  description: "It may still be accepted for up to 60 seconds where the source was just used.",
  request: { params: idParam },
  responses: { 204: { description: "Only the current secret is accepted" }, ...failures(401, 403, 404, 409) },
});

/** A source's signing secret. Two are accepted during a rotation. */
export function secretRoutes() {
  return newRouter()
    .openapi(rotate, async (c) => {
      const { keep_previous: keepPrevious, secret: chosen } = c.req.valid("json");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const wanted = { secret: chosen, keepPrevious };
      const rotated = await rotateSecret(c.var.deps, platformOf, target, wanted, actOf(c));
      return rotated.ok ? c.json(rotated.value, 200) : problem(c, rotated.error);
    })
    .openapi(retire, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const retired = await retirePreviousSecret(c.var.deps, target, actOf(c));
      return retired.ok ? c.body(null, 204) : problem(c, retired.error);
    });
}
