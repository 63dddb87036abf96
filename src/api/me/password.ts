import { createRoute, z } from "@hono/zod-openapi";
import { changePassword, newPassword } from "../../identity";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { json } from "../shapes";
import { actOfSelf, addressOf, OF_ONESELF, selfOf } from "./self";

const change = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/",
  summary: "Change your password",
  description: "Your other sessions end, and so do links that were sent to replace the password.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ current_password: z.string().max(1_000), new_password: newPassword }), {
        current_password: "the present one",
        new_password: "correct horse battery staple",
      }),
    },
  },
  responses: { 204: { description: "It is changed" }, ...failures(400, 401, 403, 415, 422, 429) },
});

/** `/v1/me/password` */
export function passwordRoutes() {
  return newRouter().openapi(change, async (c) => {
    const { current_password: present, new_password: next } = c.req.valid("json");
    const { userId, session } = selfOf(c);
    const input = { userId, present, next, sessionHash: session.hash, address: addressOf(c) };
    const changed = await changePassword(c.var.deps, input, actOfSelf(c));
    return changed.ok ? c.body(null, 204) : problem(c, changed.error);
  });
}
