import { createRoute, z } from "@hono/zod-openapi";
import { beginTotp, confirmTotp, groupsOfFour, removeTotp, totpStateOf } from "../../identity";
import { qrCodeSvg } from "../../lib/qr-code";
import { toIso } from "../../lib/time";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { json } from "../shapes";
import { firstCodes, FIRST_CODES } from "./recovery-codes";
import { actOfSelf, OF_ONESELF, renewSession, selfOf, unconfirmed } from "./self";

const state = z
  .object({
    state: z.enum(["none", "pending", "confirmed"]).describe("Pending: the key was given, no code came yet."),
    confirmed_at: z.iso.datetime().nullable(),
  })
  .openapi("Totp", { example: { state: "confirmed", confirmed_at: "2026-08-20T14:00:00.000Z" } });

const KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

const freshKey = z
  .object({
    key: z.string().describe("For typing by hand. It is shown here and never again."),
    key_groups: z.array(z.string()).describe("The same in groups of four."),
    url: z.string().describe("The same as a link that an authenticator app opens."),
    qr_svg: z.string().describe("The link as a QR code, an SVG image."),
  })
  .openapi("TotpKey", {
    example: {
      key: KEY,
      key_groups: groupsOfFour(KEY),
      url: `otpauth://totp/Trunkline:ana%40acme.example?secret=${KEY}&issuer=Trunkline`,
      qr_svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 57 57"></svg>',
    },
  });

const read = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "Whether you have an authenticator app",
  responses: { 200: { description: "Its state", ...json(state) }, ...failures(401, 403) },
});

const begin = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/",
  summary: "Begin to set up an authenticator app",
  description:
    "Gives a new key. It counts once `POST /v1/me/totp/confirm` had a first code. Needs a confirmation of the last 15 minutes.",
  responses: { 201: { description: "The key", ...json(freshKey) }, ...failures(401, 403, 409) },
});

const confirm = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/confirm",
  summary: "Confirm the authenticator app by its first code",
  description: "With your first second factor you get recovery codes. The session gets a new cookie.",
  request: {
    body: { required: true, ...json(z.strictObject({ code: z.string().max(40) }), { code: "123456" }) },
  },
  responses: {
    200: { description: "It is asked for from now on", ...json(firstCodes, FIRST_CODES) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const remove = createRoute({
  ...OF_ONESELF,
  method: "delete",
  path: "/",
  summary: "Remove the authenticator app",
  description: "With your last second factor the recovery codes go too. Needs a confirmation of the last 15 minutes.",
  responses: { 204: { description: "It is removed" }, ...failures(401, 403, 404) },
});

/** `/v1/me/totp` */
export function totpRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const row = await totpStateOf(c.var.deps, selfOf(c).userId);
      return c.json({ state: row.state, confirmed_at: toIso(row.confirmedAt) }, 200);
    })
    .openapi(begin, async (c) => {
      const stale = unconfirmed(c);
      if (stale) return problem(c, stale);
      const { userId, email } = selfOf(c);
      const begun = await beginTotp(c.var.deps, { userId, account: email }, actOfSelf(c));
      if (!begun.ok) return problem(c, begun.error);
      const { key, url } = begun.value;
      c.header("cache-control", "no-store");
      return c.json({ key, key_groups: groupsOfFour(key), url, qr_svg: qrCodeSvg(url, "QR code of the key") }, 201);
    })
    .openapi(confirm, async (c) => {
      const { code } = c.req.valid("json");
      const confirmed = await confirmTotp(c.var.deps, { userId: selfOf(c).userId, code }, actOfSelf(c));
      if (!confirmed.ok) return problem(c, confirmed.error);
      const renewed = await renewSession(c, "password+totp");
      if (!renewed.ok) return problem(c, renewed.error);
      return c.json({ csrf_token: renewed.value, recovery_codes: confirmed.value.recoveryCodes ?? null }, 200);
    })
    .openapi(remove, async (c) => {
      const stale = unconfirmed(c);
      if (stale) return problem(c, stale);
      const removed = await removeTotp(c.var.deps, selfOf(c).userId);
      return removed.ok ? c.body(null, 204) : problem(c, removed.error);
    });
}
