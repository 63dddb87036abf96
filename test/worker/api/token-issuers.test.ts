import { eq } from "drizzle-orm";
import { exportJWK, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { describe, it } from "vitest";
import type { ApiDeps } from "../../../src/api";
import { memberships, tokenIssuerKeys, tokenIssuers } from "../../../src/db/schema";
import { HOUR, MINUTE, SECOND } from "../../../src/lib/time";
import { mintApiKey, mintCall, mintCampaign, mintOrganization, NOON } from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";
import { newIssuer, rawToken } from "./issuer";

type Issuer = Awaited<ReturnType<typeof newIssuer>>;

const READING = [{ claim: "roles", value: "reader", scopes: ["campaigns:read", "calls:read"] }];
const READER = { roles: ["reader"] };

/** An API in which this issuer can be asked, at a time. */
function apiWith(issuer: Issuer, overrides: Partial<ApiDeps> = {}) {
  return apiClient({ fetch: issuer.fetch, guardPolicy: { allowPrivateAddresses: false, ownHosts: [] }, ...overrides });
}

/** An organization that accepts the tokens of an issuer. */
async function accept(issuer: Issuer, body: object = {}) {
  const organization = await mintOrganization(db);
  const made = await apiWith(issuer).post("/v1/token-issuers", {
    key: organization.key,
    body: { name: "Ours", issuer: issuer.issuer, jwks_url: issuer.url, rules: READING, ...body },
  });
  if (made.status !== 201) throw new Error(`${made.status} ${JSON.stringify(made.body)}`);
  return { ...organization, issuerId: made.body.id as string, audience: made.body.audience as string };
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function statusOf(issuer: Issuer, token: string, path = "/v1/campaigns", now = NOON): Promise<number> {
  return (await apiWith(issuer, { now: () => now }).get(path, bearer(token))).status;
}

/** Why a token is not accepted; null where it is. The API refuses exactly what the test operation refuses. */
async function reasonOf(issuer: Issuer, { key, issuerId }: { key: string; issuerId: string }, token: string) {
  const { body } = await apiWith(issuer).post(`/v1/token-issuers/${issuerId}/test`, { key, body: { token } });
  const status = await statusOf(issuer, token);
  if ((status === 401) === body.valid) throw new Error(`${status}, and the test gives ${JSON.stringify(body)}`);
  return body.reason as string | null;
}

describe("a token of an organization's issuer", () => {
  it.for(["RS256", "PS256", "ES256", "EdDSA"])("signed with %s does what the rules say", async (alg, { expect }) => {
    const issuer = await newIssuer(alg);
    const { audience } = await accept(issuer, { algorithms: [alg] });
    const token = await issuer.sign(audience, READER);
    for (const headers of [{ authorization: `Bearer ${token}` }, { "x-api-key": token }] as Record<string, string>[])
      expect((await apiWith(issuer).get("/v1/campaigns", { headers })).status).toBe(200);
    expect(await statusOf(issuer, token, "/v1/calls")).toBe(200);
    expect(await statusOf(issuer, token, "/v1/api-keys")).toBe(403);
    expect(issuer.asked).toEqual([issuer.url]);
  });

  it("may do nothing where no rule applies, and the refusal names what is missing", async ({ expect }) => {
    const issuer = await newIssuer();
    const { audience } = await accept(issuer);
    for (const claims of [
      {},
      { roles: ["writer"] },
      { roles: "readers" },
      { roles: { reader: true } },
      { role: "reader" },
    ]) {
      const answer = await apiWith(issuer).get("/v1/campaigns", bearer(await issuer.sign(audience, claims)));
      expect([claims, answer.status, answer.body.permission]).toEqual([claims, 403, "campaigns:read"]);
    }
    const bare = await newIssuer();
    const without = await accept(bare, { rules: undefined });
    expect(await statusOf(bare, await bare.sign(without.audience, READER))).toBe(403);
  });

  it("has the rights of all rules that apply, by name, list, word of a scope, or pointer", async ({ expect }) => {
    const issuer = await newIssuer();
    const rules = [
      { claim: "https://example.com/groups", value: "sales", scopes: ["campaigns:read"] },
      { claim: "/realm_access/roles", value: "calls", scopes: ["calls:read"] },
      { claim: "scope", value: "read:tasks", scopes: ["tasks:read"] },
      { claim: "team", value: "keys", role: "developer" },
    ];
    const { audience } = await accept(issuer, { rules });
    const token = await issuer.sign(audience, {
      "https://example.com/groups": ["support", "sales"],
      realm_access: { roles: ["calls"] },
      scope: "openid read:tasks",
      team: "sales keys",
    });
    for (const path of ["/v1/campaigns", "/v1/calls", "/v1/tasks"])
      expect(await statusOf(issuer, token, path)).toBe(200);
    expect(await statusOf(issuer, token, "/v1/analyses")).toBe(403);
    expect(await statusOf(issuer, token, "/v1/api-keys")).toBe(403);
    const other = await issuer.sign(audience, { team: "keys" });
    expect(await statusOf(issuer, other, "/v1/api-keys")).toBe(200);
    expect(await statusOf(issuer, other, "/v1/calls")).toBe(403);
  });

  it("reaches the campaigns of its rules: nothing of others, by id, in a list, and in what it makes", async ({
    expect,
  }) => {
    const issuer = await newIssuer();
    const { id, key, audience, issuerId } = await accept(issuer);
    const [mine, theirs] = [await mintCampaign(db, id, "Mine"), await mintCampaign(db, id, "Theirs")];
    const scopes = ["campaigns:*", "calls:read", "keys:write", "endpoints:read", "audit:read"];
    const rules = [{ claim: "team", value: "mine", scopes, campaigns: [mine.id] }];
    const api = apiWith(issuer);
    expect((await api.patch(`/v1/token-issuers/${issuerId}`, { key, body: { rules } })).status).toBe(200);
    const own = await mintCall(db, id, { campaignId: mine.id });
    const other = await mintCall(db, id, { campaignId: theirs.id });
    const sent = bearer(await issuer.sign(audience, { team: "mine" }));
    expect((await api.get("/v1/calls", sent)).body.data).toMatchObject([{ id: own.id }]);
    expect((await api.get("/v1/campaigns", sent)).body.data).toMatchObject([{ id: mine.id }]);
    for (const path of [`/v1/calls/${other.id}`, `/v1/campaigns/${theirs.id}`])
      expect((await api.get(path, sent)).status).toBe(404);
    const rename = (campaign: string) => api.patch(`/v1/campaigns/${campaign}`, { ...sent, body: { name: "Renamed" } });
    expect([(await rename(mine.id)).status, (await rename(theirs.id)).status]).toEqual([200, 404]);
    // What concerns the whole organization, and what would reach beyond.
    for (const path of ["/v1/endpoints", "/v1/audit-log"]) expect((await api.get(path, sent)).status).toBe(403);
    expect((await api.post("/v1/campaigns", { ...sent, body: { name: "New" } })).status).toBe(403);
    for (const campaign_id of [theirs.id, undefined])
      expect((await api.post("/v1/api-keys", { ...sent, body: { name: "x", campaign_id } })).status).toBe(403);
    const tried = await api.post(`/v1/token-issuers/${issuerId}/test`, {
      key,
      body: { token: await issuer.sign(audience, { team: "mine" }) },
    });
    expect(tried.body).toMatchObject({ valid: true, campaigns: [mine.id] });
  });

  it("acts as its subject, and nothing that it makes outlives it", async ({ expect }) => {
    const issuer = await newIssuer();
    const { audience, issuerId } = await accept(issuer, { rules: [{ claim: "sub", value: "alice", role: "owner" }] });
    const token = await issuer.sign(audience);
    const api = apiWith(issuer);
    const ask = (expires_at?: string) =>
      api.post("/v1/api-keys", { ...bearer(token), body: { name: "By alice", expires_at } });
    expect((await ask()).status).toBe(403);
    const made = await ask(new Date(NOON + HOUR).toISOString());
    expect(made.body).toMatchObject({ created_by: `${issuerId}:alice` });
    expect((await api.post("/v1/tokens", bearer(token))).status).toBe(403);
  });

  it("beside a key of the same organization has the rights in common", async ({ expect }) => {
    const issuer = await newIssuer();
    const { id, key, audience } = await accept(issuer);
    const stranger = await mintOrganization(db);
    const little = await mintApiKey(db, { organizationId: id, scopes: ["calls:read", "tasks:read"] });
    const token = await issuer.sign(audience, READER);
    const ask = async (apiKey: string, path: string) => {
      const headers = { "x-api-key": apiKey, authorization: `Bearer ${token}` };
      return (await apiWith(issuer).get(path, { headers })).status;
    };
    expect(await ask(key, "/v1/campaigns")).toBe(200);
    expect(await ask(key, "/v1/tasks")).toBe(403);
    expect(await ask(little.key, "/v1/calls")).toBe(200);
    expect(await ask(little.key, "/v1/campaigns")).toBe(403);
    expect(await ask(stranger.key, "/v1/calls")).toBe(401);
  });

  it("is refused from the moment that its issuer is removed", async ({ expect }) => {
    const issuer = await newIssuer();
    const { key, audience, issuerId } = await accept(issuer);
    const token = await issuer.sign(audience, READER);
    expect(await statusOf(issuer, token)).toBe(200);
    expect((await apiWith(issuer).delete(`/v1/token-issuers/${issuerId}`, { key })).status).toBe(204);
    expect(await statusOf(issuer, token)).toBe(401);
    expect(await db.select().from(tokenIssuerKeys).where(eq(tokenIssuerKeys.issuerId, issuerId))).toEqual([]);
    expect((await apiWith(issuer).delete(`/v1/token-issuers/${issuerId}`, { key })).status).toBe(404);
  });
});

describe("what is refused", () => {
  it("is every claim that is wrong, missing, past or ahead, and the test operation says which", async ({ expect }) => {
    const issuer = await newIssuer();
    const given = await accept(issuer);
    const now = NOON / SECOND;
    const sign = (claims: object, header: object = {}) => issuer.sign(given.audience, { ...READER, ...claims }, header);
    const wanted: [string | null, string][] = [
      [null, await sign({})],
      [null, await sign({ exp: now - 59 })],
      [null, await sign({ nbf: now + 60 })],
      [null, await sign({ exp: 9e15 })],
      [null, await sign({ aud: ["other", given.audience] })],
      [null, await sign({}, { typ: "at+jwt" })],
      ["expired", await sign({ exp: now - 60 })],
      ["expired", await sign({ exp: 0 })],
      ["malformed", await sign({ exp: "tomorrow" })],
      ["claim_missing", await sign({ exp: undefined })],
      ["claim_missing", await sign({ sub: undefined })],
      ["claim_missing", await sign({ sub: "" })],
      ["claim_missing", await sign({ sub: "a".repeat(256) })],
      ["not_yet_valid", await sign({ nbf: now + 61 })],
      ["wrong_audience", await sign({ aud: "other" })],
      ["wrong_audience", await sign({ aud: `${given.audience}x` })],
      ["malformed", await sign({ aud: undefined })],
      ["malformed", await sign({ aud: [] })],
      ["wrong_issuer", await sign({ iss: issuer.issuer.slice(0, -1) })],
      ["wrong_issuer", await sign({ iss: "urn:trunkline:tokens" })],
      ["malformed", await sign({ iss: undefined })],
      ["wrong_type", await sign({}, { typ: "logout+jwt" })],
      ["malformed", "your-jwt-token"],
    ];
    for (const [reason, token] of wanted)
      expect([reason, await reasonOf(issuer, given, token)]).toEqual([reason, reason]);
    expect(issuer.asked).toEqual([issuer.url]);
  });

  it("is every signature that is not the issuer's own", async ({ expect }) => {
    const issuer = await newIssuer();
    const given = await accept(issuer);
    const token = await issuer.sign(given.audience, READER);
    const [head = "", body = "", signature = ""] = token.split(".");
    const claims = { iss: issuer.issuer, aud: given.audience, sub: "alice", exp: NOON / SECOND + 60, ...READER };
    const [jwk] = issuer.jwks();
    if (!jwk) throw new Error("no key");
    const pem = new TextEncoder().encode(
      await exportSPKI((await importJWK(jwk, "RS256", { extractable: true })) as CryptoKey),
    );
    const byPublicKey = (secret: Uint8Array, alg = "HS256") =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: "one" }).sign(secret);
    const stranger = await newIssuer();
    const [strangerJwk] = stranger.jwks();
    const [, otherBody = ""] = rawToken({}, { ...claims, sub: "bob" }).split(".");
    const refused: Record<string, string> = {
      public_key_as_secret: await byPublicKey(pem),
      modulus_as_secret: await byPublicKey(new TextEncoder().encode(jwk.n ?? "")),
      key_set_as_secret: await byPublicKey(new TextEncoder().encode(JSON.stringify(jwk)), "HS512"),
      none: new UnsecuredJWT(claims).encode(),
      none_with_kid: rawToken({ alg: "none", kid: "one" }, claims),
      other_algorithm: `${rawToken({ alg: "RS512", kid: "one" }, claims)}${signature}`,
      no_signature: `${head}.${body}.`,
      other_claims: `${head}.${otherBody}.${signature}`,
      stranger: await stranger.sign(given.audience, { ...READER, iss: issuer.issuer }),
      stranger_brings_key: await stranger.sign(given.audience, { ...READER, iss: issuer.issuer }, { jwk: strangerJwk }),
      stranger_names_address: await stranger.sign(
        given.audience,
        { ...READER, iss: issuer.issuer },
        { jku: stranger.url },
      ),
      critical_header: rawToken({ alg: "RS256", kid: "one", crit: ["b64"], b64: false }, claims, signature),
    };
    expect(await statusOf(issuer, token)).toBe(200);
    for (const [name, text] of Object.entries(refused))
      expect([name, await reasonOf(issuer, given, text)]).not.toEqual([name, null]);
    expect(issuer.asked).toEqual([issuer.url]);
    expect(stranger.asked).toEqual([]);
  });

  it("is a token that is signed with an algorithm that the owner did not name", async ({ expect }) => {
    const issuer = await newIssuer("ES256");
    const given = await accept(issuer);
    const token = await issuer.sign(given.audience, READER);
    expect(await reasonOf(issuer, given, token)).toBe("wrong_algorithm");
    const changed = await apiWith(issuer).patch(`/v1/token-issuers/${given.issuerId}`, {
      key: given.key,
      body: { algorithms: ["ES256"] },
    });
    expect(changed.status).toBe(200);
    expect(await reasonOf(issuer, given, token)).toBeNull();
  });

  it("is a token for two organizations at once, and one for somebody else's audience", async ({ expect }) => {
    const issuer = await newIssuer();
    const [one, other] = [await accept(issuer), await accept(issuer)];
    expect(await reasonOf(issuer, one, await issuer.sign([one.audience, other.audience], READER))).toBe(
      "ambiguous_audience",
    );
    const named = await apiWith(issuer).get("/v1/token-issuers", bearer(await issuer.sign(other.audience, READER)));
    expect(named.status).toBe(403);
    const theirs = await apiWith(issuer).get("/v1/campaigns", {
      headers: { "x-api-key": one.key, authorization: `Bearer ${await issuer.sign(other.audience, READER)}` },
    });
    expect(theirs.status).toBe(401);
  });
});

describe("the keys of an issuer", () => {
  it("are asked for once, then every ten minutes, and used for an hour when no answer comes", async ({ expect }) => {
    const issuer = await newIssuer();
    const { audience } = await accept(issuer);
    const token = await issuer.sign(audience, { ...READER, exp: NOON / SECOND + 86_400 });
    const at = (now: number) => statusOf(issuer, token, "/v1/campaigns", now);
    for (let time = 0; time < 10 * MINUTE; time += 2 * MINUTE) expect(await at(NOON + time)).toBe(200);
    expect(issuer.asked).toHaveLength(1);
    expect(await at(NOON + 10 * MINUTE)).toBe(200);
    expect(issuer.asked).toHaveLength(2);
    issuer.answerWith(async () => new Response("down", { status: 503 }));
    expect(await at(NOON + 20 * MINUTE)).toBe(200);
    expect(await at(NOON + 70 * MINUTE - 1)).toBe(200);
    expect(await at(NOON + 70 * MINUTE)).toBe(401);
    expect(issuer.asked).toHaveLength(4);
    issuer.answerWith(undefined);
    expect(await at(NOON + 71 * MINUTE)).toBe(200);
  });

  it("are asked for again where one is unknown, at most once a minute, however many tokens come", async ({
    expect,
  }) => {
    const issuer = await newIssuer("ES256");
    const { audience } = await accept(issuer, { algorithms: ["ES256"] });
    const old = await issuer.sign(audience, READER);
    expect(await statusOf(issuer, old)).toBe(200);
    await issuer.rotate("two");
    const fresh = await issuer.sign(audience, READER);
    const flood = async (now: number) => {
      const made = Array.from({ length: 10 }, (_, index) => issuer.sign(audience, READER, { kid: `made-up-${index}` }));
      const tokens = await Promise.all(made);
      return Promise.all(tokens.map((token) => statusOf(issuer, token, "/v1/campaigns", now)));
    };
    // Within the minute after the first question nothing is asked.
    expect(new Set(await flood(NOON + MINUTE - 1))).toEqual(new Set([401]));
    expect(await statusOf(issuer, fresh, "/v1/campaigns", NOON + MINUTE - 1)).toBe(401);
    expect(issuer.asked).toHaveLength(1);
    expect(new Set(await flood(NOON + MINUTE))).toEqual(new Set([401]));
    expect(issuer.asked).toHaveLength(2);
    expect(await statusOf(issuer, fresh, "/v1/campaigns", NOON + MINUTE)).toBe(200);
    expect(await statusOf(issuer, old, "/v1/campaigns", NOON + MINUTE)).toBe(401);
    await flood(NOON + 2 * MINUTE);
    expect(issuer.asked).toHaveLength(3);
  });

  it("that another request asks for are waited for", async ({ expect }) => {
    const issuer = await newIssuer();
    const { audience } = await accept(issuer);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => issuer.sign(audience, READER)));
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    issuer.answerWith(async () => {
      await gate;
      return Response.json({ keys: issuer.jwks() });
    });
    let first: Promise<unknown> = Promise.resolve();
    // Who waits lets the answer come in, and looks again once whoever asked is done.
    const pause = async () => {
      waiting += 1;
      release();
      await first;
    };
    const api = apiWith(issuer, { pause });
    const asking = tokens.map((token) => api.get("/v1/campaigns", bearer(token)));
    first = Promise.race(asking);
    const answers = await Promise.all(asking);
    expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 200));
    expect(issuer.asked).toHaveLength(1);
    expect(waiting).toBeGreaterThan(0);
  });

  it.for<[string, () => Promise<Response>, RegExp]>([
    ["huge", async () => new Response(`{"keys":[${" ".repeat(70_000)}]}`), /more than 64 kB/],
    ["endless", async () => new Response(endless()), /more than 64 kB/],
    ["redirecting", async () => Response.redirect("http://169.254.169.254/latest/meta-data"), /answered 302/],
    ["not there", async () => new Response("", { status: 404 }), /answered 404/],
    ["no JSON", async () => new Response("<html>"), /no key set/],
    ["no keys", async () => Response.json({ keys: [] }), /no key set/],
    ["no list", async () => Response.json({ keys: "none" }), /no key set/],
    ["symmetric", async () => Response.json({ keys: [{ kty: "oct", k: "c2VjcmV0", kid: "one" }] }), /no key set/],
    [
      "private",
      async () => Response.json({ keys: [{ kty: "RSA", n: "AQAB", e: "AQAB", d: "AQ", kid: "one" }] }),
      /no key set/,
    ],
    ["unreachable", async () => Promise.reject(new Error("connection refused to 10.0.0.1")), /could not be reached/],
  ])("are refused where the answer is %s, and the owner reads why", async ([, answer, why], { expect }) => {
    const issuer = await newIssuer();
    const { key, audience, issuerId } = await accept(issuer);
    issuer.answerWith(answer);
    const token = await issuer.sign(audience, READER);
    expect(await statusOf(issuer, token)).toBe(401);
    expect(await statusOf(issuer, token)).toBe(401);
    expect(issuer.asked).toHaveLength(1);
    const read = await apiWith(issuer).get(`/v1/token-issuers/${issuerId}`, { key });
    expect(read.body.keys_error).toMatch(why);
    expect(read.body.keys_error).not.toContain("10.0.0.1");
    const tried = await apiWith(issuer).post(`/v1/token-issuers/${issuerId}/test`, { key, body: { token } });
    expect(tried.body).toMatchObject({ valid: false, reason: "keys_unavailable", keys_error: read.body.keys_error });
  });

  it("that are weak prove nothing", async ({ expect }) => {
    const issuer = await newIssuer();
    const given = await accept(issuer);
    const { publicKey, privateKey } = (await crypto.subtle.generateKey(
      { name: "RSASSA-PKCS1-v1_5", modulusLength: 1_024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
      true,
      ["sign", "verify"],
    )) as CryptoKeyPair;
    const weak = Object.assign(await exportJWK(publicKey), { kid: "one" });
    issuer.answerWith(async () => Response.json({ keys: [weak] }));
    const unsigned = rawToken(
      { alg: "RS256", kid: "one" },
      { iss: issuer.issuer, aud: given.audience, sub: "alice", exp: NOON / SECOND + 60, ...READER },
    ).slice(0, -1);
    const signed = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, new TextEncoder().encode(unsigned));
    const text = btoa(String.fromCharCode(...new Uint8Array(signed)));
    const token = `${unsigned}.${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
    expect(await reasonOf(issuer, given, token)).toBe("malformed");
  });

  it("of two with one name prove nothing, because either could be meant", async ({ expect }) => {
    const issuer = await newIssuer();
    const given = await accept(issuer);
    const [other] = (await newIssuer()).jwks();
    issuer.answerWith(async () => Response.json({ keys: [...issuer.jwks(), other] }));
    expect(await reasonOf(issuer, given, await issuer.sign(given.audience, READER))).toBe("ambiguous_key");
  });

  it("count no more once the issuer has another address", async ({ expect }) => {
    const [issuer, moved] = [await newIssuer(), await newIssuer()];
    const { key, audience, issuerId } = await accept(issuer);
    const token = await issuer.sign(audience, READER);
    expect(await statusOf(issuer, token)).toBe(200);
    const changed = await apiWith(issuer).patch(`/v1/token-issuers/${issuerId}`, {
      key,
      body: { jwks_url: moved.url },
    });
    expect(changed.body).toMatchObject({ jwks_url: moved.url, keys_fetched_at: null });
    expect(await statusOf(moved, token)).toBe(401);
    expect(await statusOf(moved, await moved.sign(audience, { ...READER, iss: issuer.issuer }))).toBe(200);
    expect(moved.asked).toEqual([moved.url]);
  });

  it("are asked for at no address that the network guard refuses, now or later", async ({ expect }) => {
    const issuer = await newIssuer();
    const { id, key, audience, issuerId } = await accept(issuer);
    for (const jwks_url of [
      "http://a.example.com/jwks",
      "https://10.0.0.1/jwks",
      "https://localhost/jwks",
      "file:///etc/passwd",
      "x",
    ]) {
      const body = { name: "x", issuer: `https://${id}.example.com`, jwks_url };
      const made = await apiWith(issuer).post("/v1/token-issuers", { key, body });
      expect([jwks_url, made.status, fieldsOf(made)]).toEqual([jwks_url, 422, ["jwks_url"]]);
      const changed = await apiWith(issuer).patch(`/v1/token-issuers/${issuerId}`, { key, body: { jwks_url } });
      expect([jwks_url, changed.status]).toEqual([jwks_url, 422]);
    }
    // A name that was public when it was saved may lead elsewhere later.
    const resolve = async () => ["10.0.0.1"];
    const api = apiWith(issuer, { guardPolicy: { allowPrivateAddresses: false, ownHosts: [], resolve } });
    expect((await api.get("/v1/campaigns", bearer(await issuer.sign(audience, READER)))).status).toBe(401);
    expect(issuer.asked).toEqual([]);
  });
});

describe("/v1/token-issuers", () => {
  it("adds, lists, reads, changes and removes", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    const api = apiClient();
    const body = {
      name: "Ours",
      issuer: `https://${id}.example.com/`,
      jwks_url: `https://${id}.example.com/jwks.json`,
      rules: [{ claim: "roles", value: "support", role: "viewer" }],
    };
    const made = await api.post("/v1/token-issuers", { key, body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: "Ours",
      issuer: body.issuer,
      audience: `urn:trunkline:${id}`,
      jwks_url: body.jwks_url,
      algorithms: ["RS256"],
      created_by: apiKeyId,
      keys_fetched_at: null,
      keys_error: null,
      rules: [{ claim: "roles", value: "support", role: "viewer", scopes: expect.arrayContaining(["calls:read"]) }],
    });
    const later = apiClient({ now: () => NOON + SECOND });
    const second = await later.post("/v1/token-issuers", { key, body: { ...body, audience: "second" } });
    const page = await api.get("/v1/token-issuers?limit=1", { key });
    expect(page.body.data).toEqual([second.body]);
    const rest = await api.get(`/v1/token-issuers?cursor=${page.body.next_cursor}`, { key });
    expect(rest.body).toEqual({ data: [made.body], next_cursor: null, prev_cursor: expect.any(String) });
    const changed = await api.patch(`/v1/token-issuers/${made.body.id}`, { key, body: { name: "New", rules: [] } });
    expect(changed.body).toEqual({ ...made.body, name: "New", rules: [] });
    expect((await api.get(`/v1/token-issuers/${made.body.id}`, { key })).body).toEqual(changed.body);
    expect((await api.delete(`/v1/token-issuers/${made.body.id}`, { key })).status).toBe(204);
    expect((await api.get(`/v1/token-issuers/${made.body.id}`, { key })).status).toBe(404);
  });

  it("refuses a rule that gives nothing in its campaigns but for one that is there already, and names what is idle", async ({
    expect,
  }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const api = apiClient();
    const issuer = {
      name: "Ours",
      issuer: `https://${id}.example.com/`,
      jwks_url: `https://${id}.example.com/jwks.json`,
    };
    const idle = { claim: "roles", value: "support", scopes: ["teams:read"], campaigns: [campaign.id] };
    const refused = await api.post("/v1/token-issuers", { key, body: { ...issuer, rules: [idle] } });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain("rules.0.scopes");
    const half = { ...idle, scopes: ["teams:read", "calls:read"] };
    const made = await api.post("/v1/token-issuers", { key, body: { ...issuer, rules: [half] } });
    expect(made.body.rules).toMatchObject([{ idle_scopes: ["teams:read"] }]);
    // One from before it was refused does not keep anybody from changing the others.
    const before = [{ ...idle, role: null }];
    await db.update(tokenIssuers).set({ rules: before }).where(eq(tokenIssuers.id, made.body.id));
    const path = `/v1/token-issuers/${made.body.id}`;
    const stays = await api.patch(path, { key, body: { name: "New" } });
    expect([stays.status, stays.body.rules]).toMatchObject([200, [{ idle_scopes: ["teams:read"] }]]);
    expect((await api.patch(path, { key, body: { rules: [{ ...idle, value: "other" }] } })).status).toBe(422);
  });

  it("gives issuer and audience to one organization of the deployment", async ({ expect }) => {
    const issuer = await newIssuer();
    const mine = await accept(issuer, { audience: "shared" });
    const theirs = await mintOrganization(db);
    const ask = (key: string, body: object) => apiWith(issuer).post("/v1/token-issuers", { key, body });
    const body = { name: "x", issuer: issuer.issuer, jwks_url: issuer.url };
    for (const key of [mine.key, theirs.key])
      expect((await ask(key, { ...body, audience: "shared" })).status).toBe(409);
    const free = await ask(theirs.key, { ...body, audience: "free" });
    expect(free.status).toBe(201);
    const taken = await apiWith(issuer).patch(`/v1/token-issuers/${free.body.id}`, {
      key: theirs.key,
      body: { audience: "shared" },
    });
    expect(taken.status).toBe(409);
    const racing = await Promise.all(
      [mine, theirs, mine, theirs].map(({ key }) => ask(key, { ...body, audience: "race" })),
    );
    expect(racing.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
    // The name that an organization has without choosing one is taken by nobody else, and our own by nobody.
    const own = `urn:trunkline:${mine.id}`;
    expect(fieldsOf(await ask(theirs.key, { ...body, audience: own }))).toEqual(["audience"]);
    expect((await ask(mine.key, { ...body, audience: own })).status).toBe(201);
    for (const name of ["urn:trunkline:tokens", "urn:trunkline:"])
      expect(fieldsOf(await ask(mine.key, { ...body, issuer: name, audience: "y" }))).toEqual(["issuer"]);
  });

  it("gives no token more rights than whoever writes its rules has", async ({ expect }) => {
    const issuer = await newIssuer();
    const { id, issuerId } = await accept(issuer, { rules: [{ claim: "sub", value: "root", role: "owner" }] });
    const little = await mintApiKey(db, { organizationId: id, scopes: ["tokens:*", "calls:read"] });
    const ending = await mintApiKey(db, { organizationId: id, expiresAt: NOON + HOUR });
    const api = apiWith(issuer);
    const ask = (key: string, rules: object[]) =>
      api.post("/v1/token-issuers", {
        key,
        body: { name: "x", issuer: issuer.issuer, audience: crypto.randomUUID(), jwks_url: issuer.url, rules },
      });
    const rule = { claim: "sub", value: "me" };
    for (const rules of [
      [{ ...rule, role: "owner" }],
      [{ ...rule, scopes: ["keys:write"] }],
      [{ ...rule, role: "viewer" }],
    ])
      expect((await ask(little.key, rules)).status).toBe(403);
    expect(
      (
        await ask(little.key, [
          { ...rule, scopes: ["calls:read"] },
          { ...rule, scopes: ["calls:write"] },
        ])
      ).status,
    ).toBe(403);
    expect((await ask(little.key, [{ ...rule, scopes: ["calls:read"] }])).status).toBe(201);
    // Rules have no end, so a key that has one gives none.
    expect((await ask(ending.key, [{ ...rule, scopes: ["calls:read"] }])).status).toBe(403);
    // Nor does one lead the tokens that may do more to keys of one's own, or take the rules away to put others there.
    const mine = await newIssuer();
    for (const body of [
      { jwks_url: mine.url },
      { issuer: mine.issuer },
      { algorithms: ["ES256"] },
      { rules: [] },
      { name: "x" },
    ])
      expect((await api.patch(`/v1/token-issuers/${issuerId}`, { key: little.key, body })).status).toBe(403);
    const [row] = await db.select().from(tokenIssuers).where(eq(tokenIssuers.id, issuerId));
    expect(row).toMatchObject({ keysUrl: issuer.url, version: 1 });
  });

  it("gives no token a campaign that whoever writes its rules does not reach, and none that is not there", async ({
    expect,
  }) => {
    const issuer = await newIssuer();
    const { id, key } = await mintOrganization(db);
    const [own, foreign] = [await mintCampaign(db, id), await mintCampaign(db, (await mintOrganization(db)).id)];
    const limited = await mintSession(db, { organizationId: id, role: "admin", now: NOON });
    await db
      .update(memberships)
      .set({ campaigns: [own.id] })
      .where(eq(memberships.userId, limited.userId));
    const ask = (options: object, campaigns?: string[]) =>
      apiWith(issuer).post("/v1/token-issuers", {
        ...options,
        body: {
          name: "x",
          issuer: issuer.issuer,
          audience: crypto.randomUUID(),
          jwks_url: issuer.url,
          rules: [{ claim: "sub", value: "me", scopes: ["calls:read"], ...(campaigns && { campaigns }) }],
        },
      });
    for (const campaigns of [undefined, [own.id], [foreign.id]])
      expect((await ask({ headers: limited.headers }, campaigns)).status).toBe(403);
    for (const campaigns of [[foreign.id], [own.id, "cmp_unknown"]])
      expect(fieldsOf(await ask({ key }, campaigns))).toEqual(["rules"]);
    const made = await ask({ key }, [own.id]);
    expect(made.body.rules).toMatchObject([{ campaigns: [own.id] }]);
    const change = (campaigns: string[] | null) =>
      apiWith(issuer).patch(`/v1/token-issuers/${made.body.id}`, {
        key,
        body: { rules: [{ claim: "sub", value: "me", scopes: ["calls:read"], campaigns }] },
      });
    expect(fieldsOf(await change([foreign.id]))).toEqual(["rules"]);
    for (const odd of [[], null, [own.id, 7], Array.from({ length: 101 }, (_, at) => `cmp_${at}`)])
      expect((await change(odd as string[])).status).toBe(422);
  });

  it("lets one of two changes at once win, and no change is based on what is gone", async ({ expect }) => {
    const issuer = await newIssuer();
    const { key, issuerId } = await accept(issuer);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        apiWith(issuer).patch(`/v1/token-issuers/${issuerId}`, { key, body: { name: `Name ${index}` } }),
      ),
    );
    const won = answers.filter(({ status }) => status === 200).length;
    expect(new Set(answers.map(({ status }) => status).filter((status) => status !== 200))).not.toContain(500);
    const [row] = await db.select().from(tokenIssuers).where(eq(tokenIssuers.id, issuerId));
    expect(row?.version).toBe(1 + won);
  });

  it("takes twenty of one organization", async ({ expect }) => {
    const issuer = await newIssuer();
    const { key } = await accept(issuer);
    const answers = await Promise.all(
      Array.from({ length: 22 }, (_, index) =>
        apiWith(issuer).post("/v1/token-issuers", {
          key,
          body: { name: "x", issuer: issuer.issuer, audience: `a${index} ${issuer.issuer}`, jwks_url: issuer.url },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(19);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
  });

  it.for<[string, object]>([
    ["algorithms.0", { algorithms: ["HS256"] }],
    ["algorithms.0", { algorithms: ["none"] }],
    ["algorithms", { algorithms: [] }],
    ["rules.0.scopes", { rules: [{ claim: "a", value: "b" }] }],
    ["rules.0.scopes", { rules: [{ claim: "a", value: "b", scopes: ["calls:read"], role: "viewer" }] }],
    ["rules.0.scopes.0", { rules: [{ claim: "a", value: "b", scopes: ["everything"] }] }],
    ["rules.0.role", { rules: [{ claim: "a", value: "b", role: "operator" }] }],
    ["rules.0.claim", { rules: [{ claim: "", value: "b", role: "viewer" }] }],
    ["issuer", { issuer: "" }],
    ["name", { name: " " }],
    ["organization_id", { organization_id: "org_x" }],
    ["version", { version: 7 }],
  ])("refuses a wrong %s", async ([field, change], { expect }) => {
    const { key } = await mintOrganization(db);
    const body = { name: "x", issuer: "https://a.example.com", jwks_url: "https://a.example.com/jwks", ...change };
    const answer = await apiClient().post("/v1/token-issuers", { key, body });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [field]]);
  });
});

/** A body without an end. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_024).fill(32)) });
}
