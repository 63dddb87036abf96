import { createRoute, z } from "@hono/zod-openapi";
import type { DomainError } from "../../errors";
import {
  countResetRequest,
  emailAddress,
  mailPasswordReset,
  newPassword,
  resetPassword,
  type ResetLetter,
} from "../../identity";
import { afterAnswer } from "../../lib/http/after-answer";
import { addressOf } from "../me/self";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { OPEN } from "../security";
import { json } from "../shapes";

const common = { tags: ["People"], security: OPEN };
const TOKEN = "4Wc0kP1qjv8d2r0s7u5y9x3b6n1m4k8j2h5g7f0d3s6";

const ask = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Ask for a link by which a forgotten password is replaced",
  description:
    "The answer is the same whether the address has an account or not. Three links in a quarter of an hour for an address. Conflict where the deployment sends no mail: its admin makes the link.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ email: emailAddress }), { email: "ana@acme.example" }),
    },
  },
  responses: {
    202: { description: "If there is an account, a link is on its way" },
    ...failures(400, 409, 415, 422, 429),
  },
});

const complete = createRoute({
  ...common,
  method: "post",
  path: "/complete",
  summary: "Replace a forgotten password",
  description:
    "`token` is the last part of the link. It works once, for 30 minutes; all sessions end, and a second factor is asked for as before.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ token: z.string().max(200), password: newPassword }), {
        token: TOKEN,
        password: "correct horse battery staple",
      }),
    },
  },
  responses: { 204: { description: "The password is replaced" }, ...failures(400, 404, 415, 422, 429) },
});

/** `/v1/password-resets`, for who cannot sign in: no key opens it, and none is needed. */
export function passwordResetRoutes() {
  return newRouter()
    .openapi(ask, async (c) => {
      const { db, config, now, sendResetLink: send } = c.var.deps;
      if (!send) return problem(c, NO_MAIL);
      const { email } = c.req.valid("json");
      const allowed = await countResetRequest({ db }, { email, address: addressOf(c) }, now());
      if (!allowed.ok) return problem(c, allowed.error);
      const language = c.req.header("accept-language");
      const publicUrl = config.publicUrl || new URL(c.req.url).origin;
      const mailing = { db, publicUrl, send: (letter: ResetLetter) => send(letter, language) };
      afterAnswer(c, mailPasswordReset(mailing, email, now()), "reset_link.not_sent");
      return c.body(null, 202);
    })
    .openapi(complete, async (c) => {
      const { token, password } = c.req.valid("json");
      const input = { token, password, address: addressOf(c) };
      const set = await resetPassword(c.var.deps, input, c.var.deps.now());
      return set.ok ? c.body(null, 204) : problem(c, set.error);
    });
}

const NO_MAIL: DomainError = {
  kind: "conflict",
  message: "This deployment sends no mail. Ask its administrator for a link.",
};
