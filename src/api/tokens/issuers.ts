import { createRoute, z } from "@hono/zod-openapi";
import {
  createTokenIssuer,
  deleteTokenIssuer,
  listTokenIssuers,
  readTokenIssuer,
  tryToken,
  updateTokenIssuer,
} from "../../identity";
import { actOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { changedIssuer, newIssuer, readRules, tokenIssuer, triedToken, viewIssuer, viewTried } from "./issuer-shapes";

const common = { tags: ["Tokens"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List the issuers whose tokens are accepted, newest first",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
  responses: { 200: { description: "A page of issuers", ...json(listOf(tokenIssuer)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Accept the tokens of an issuer",
  description:
    "Issuer and audience together name one organization. What its tokens may do is what the rules give them, and nothing without rules. No rule gives more rights than one's own.",
  request: {
    body: {
      required: true,
      ...json(newIssuer, {
        name: "Acme sign-in",
        issuer: "https://acme.eu.auth0.com/",
        jwks_url: "https://acme.eu.auth0.com/.well-known/jwks.json",
        rules: [{ claim: "permissions", value: "read:calls", scopes: ["calls:read"] }],
      }),
    },
  },
  responses: { 201: { description: "The issuer", ...json(tokenIssuer) }, ...failures(400, 401, 403, 409, 415, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an issuer",
  request: { params: idParam },
  responses: { 200: { description: "The issuer", ...json(tokenIssuer) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change an issuer",
  description: "Needs all the rights that its rules give. With a new `jwks_url` its keys are fetched anew.",
  request: { params: idParam, body: { required: true, ...json(changedIssuer, { algorithms: ["ES256"] }) } },
  responses: {
    200: { description: "The issuer", ...json(tokenIssuer) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Accept the tokens of an issuer no longer",
  description: "The API refuses its tokens at once, sources within 60 seconds.",
  request: { params: idParam },
  responses: { 204: { description: "The issuer is removed" }, ...failures(401, 403, 404) },
});

const test = createRoute({
  ...common,
  method: "post",
  path: "/{id}/test",
  summary: "Try a token with an issuer",
  description: "Says who its requests would be from and what they may do, or why it is not accepted.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ token: z.string().min(1).max(20_000) }), { token: "eyJhbGciOiJSUzI1NiIsImtpZCI6…" }),
    },
  },
  responses: {
    200: { description: "What became of it", ...json(triedToken) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** `/v1/token-issuers` */
export function tokenIssuerRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const query = { organizationId: c.var.caller.organizationId, limit: limit + 1, after: cursor, order };
      const rows = await listTokenIssuers(c.var.deps.db, query);
      return c.json(
        pageOf(rows, limit, viewIssuer, ({ issuer }) => ({ id: issuer.id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const { organizationId } = c.var.caller;
      const { jwks_url: keysUrl, rules, ...given } = c.req.valid("json");
      const input = { ...given, organizationId, keysUrl, rules: readRules(rules ?? []) };
      const made = await createTokenIssuer(c.var.deps, input, c.var.caller, actOf(c));
      return made.ok ? c.json(viewIssuer(made.value), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const found = await readTokenIssuer(c.var.deps.db, {
        organizationId: c.var.caller.organizationId,
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(viewIssuer(found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const { jwks_url: keysUrl, rules, ...given } = c.req.valid("json");
      const changes = { ...given, keysUrl, rules: rules && readRules(rules) };
      const changed = await updateTokenIssuer(c.var.deps, target, changes, c.var.caller, actOf(c));
      return changed.ok ? c.json(viewIssuer(changed.value), 200) : problem(c, changed.error);
    })
    .openapi(remove, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const removed = await deleteTokenIssuer(c.var.deps, target, actOf(c));
      return removed.ok ? c.body(null, 204) : problem(c, removed.error);
    })
    .openapi(test, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const tried = await tryToken(c.var.deps, target, c.req.valid("json").token);
      return tried.ok ? c.json(viewTried(tried.value), 200) : problem(c, tried.error);
    });
}
