import { createRoute, z } from "@hono/zod-openapi";
import { notFound } from "../../errors";
import {
  addPasskey,
  beginPasskey,
  listPasskeys,
  newPasskeyResponse,
  removePasskey,
  renamePasskey,
  type PasskeyRow,
} from "../../identity";
import { toIso } from "../../lib/time";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { idParam, json, listOf, wholeOf } from "../shapes";
import { firstCodes } from "./recovery-codes";
import { actOfSelf, OF_ONESELF, relyingPartyHere, renewSession, selfOf, unconfirmed } from "./self";

const example = {
  id: "pky_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Laptop",
  host: "calls.example.com",
  works: true,
  synced: true,
  created_at: "2026-08-20T14:00:00.000Z",
  last_used_at: null,
};

const passkey = z
  .object({
    id: z.string(),
    name: z.string(),
    host: z.string().describe("The host it was made for."),
    works: z.boolean().describe("Whether the deployment still has this host."),
    synced: z.boolean().describe("Whether its provider keeps it, so that it is on several devices."),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
  })
  .openapi("Passkey", { example });

const name = z.string().trim().min(1).max(100);

/** Objects of the browser, which changes them more often than we do. */
const ofBrowser = z.looseObject({ challenge: z.string() });

const list = createRoute({
  ...OF_ONESELF,
  method: "get",
  path: "/",
  summary: "List your passkeys, newest first",
  description: "There are at most 20.",
  responses: {
    200: { description: "All of them", ...json(listOf(passkey)) },
    ...failures(401, 403),
  },
});

const begin = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/options",
  summary: "Begin to add a passkey",
  description:
    "Gives what `navigator.credentials.create` takes. Its answer is awaited for five minutes. Needs a confirmation of the last 15 minutes. Not found where the deployment's address has no name.",
  responses: {
    200: {
      description: "For the browser",
      ...json(ofBrowser, { challenge: "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k" }),
    },
    ...failures(401, 403, 404),
  },
});

const add = createRoute({
  ...OF_ONESELF,
  method: "post",
  path: "/",
  summary: "Add the passkey that the browser made",
  description: "With your first second factor you get recovery codes. The session gets a new cookie.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ name, response: newPasskeyResponse }), {
        name: "Laptop",
        response: {
          id: "Zm9v",
          rawId: "Zm9v",
          type: "public-key",
          clientExtensionResults: {},
          response: { clientDataJSON: "e30", attestationObject: "oA" },
        },
      }),
    },
  },
  responses: {
    201: {
      description: "The passkey",
      ...json(
        passkey
          .extend(firstCodes.shape)
          .openapi("FreshPasskey", { example: { ...example, csrf_token: "5f0c2a…", recovery_codes: null } }),
      ),
    },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const rename = createRoute({
  ...OF_ONESELF,
  method: "patch",
  path: "/{id}",
  summary: "Rename a passkey",
  request: { params: idParam, body: { required: true, ...json(z.strictObject({ name }), { name: "Phone" }) } },
  responses: { 200: { description: "The passkey", ...json(passkey) }, ...failures(400, 401, 403, 404, 415, 422) },
});

const remove = createRoute({
  ...OF_ONESELF,
  method: "delete",
  path: "/{id}",
  summary: "Remove a passkey",
  description: "With your last second factor the recovery codes go too. Needs a confirmation of the last 15 minutes.",
  request: { params: idParam },
  responses: { 204: { description: "It is removed" }, ...failures(401, 403, 404) },
});

/** `/v1/me/passkeys` */
export function passkeyRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const rows = await listPasskeys(c.var.deps, selfOf(c).userId);
      return c.json(wholeOf(rows.map((row) => viewPasskey(row, relyingPartyHere(c)?.id))), 200);
    })
    .openapi(begin, async (c) => {
      const [stale, here] = [unconfirmed(c), relyingPartyHere(c)];
      if (stale) return problem(c, stale);
      if (!here) return problem(c, NO_PASSKEYS);
      c.header("cache-control", "no-store");
      return c.json({ ...(await beginPasskey(c.var.deps, selfOf(c), here, actOfSelf(c))) }, 200);
    })
    .openapi(add, async (c) => {
      const here = relyingPartyHere(c);
      if (!here) return problem(c, NO_PASSKEYS);
      const input = { ...c.req.valid("json"), userId: selfOf(c).userId };
      const added = await addPasskey(c.var.deps, input, here, actOfSelf(c));
      if (!added.ok) return problem(c, added.error);
      const { passkey: row, recoveryCodes } = added.value;
      const renewed = await renewSession(c, "passkey");
      if (!renewed.ok) return problem(c, renewed.error);
      const more = { csrf_token: renewed.value, recovery_codes: recoveryCodes ?? null };
      return c.json({ ...viewPasskey(row, here.id), ...more }, 201);
    })
    .openapi(rename, async (c) => {
      const target = { userId: selfOf(c).userId, ...c.req.valid("param"), ...c.req.valid("json") };
      const renamed = await renamePasskey(c.var.deps, target);
      return renamed.ok ? c.json(viewPasskey(renamed.value, relyingPartyHere(c)?.id), 200) : problem(c, renamed.error);
    })
    .openapi(remove, async (c) => {
      const stale = unconfirmed(c);
      if (stale) return problem(c, stale);
      const removed = await removePasskey(c.var.deps, { userId: selfOf(c).userId, ...c.req.valid("param") });
      return removed.ok ? c.body(null, 204) : problem(c, removed.error);
    });
}

const NO_PASSKEYS = notFound("host that passkeys could be made for: the deployment's address has no name");

function viewPasskey(row: PasskeyRow, host: string | undefined): z.infer<typeof passkey> {
  return {
    id: row.id,
    name: row.name,
    host: row.rpId,
    works: row.rpId === host,
    synced: row.synced,
    created_at: toIso(row.createdAt),
    last_used_at: toIso(row.lastUsedAt),
  };
}
