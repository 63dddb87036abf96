import { SignJWT } from "jose";
import { describe, it } from "vitest";
import { permissionsOf } from "../../../src/identity";
import { derivedKey } from "../../../src/lib/derived-key";
import { MINUTE, SECOND } from "../../../src/lib/time";
import { playbackKey } from "../../../src/recordings";
import { mintApiKey, mintCampaign, mintOrganization, NOON, TEST_MASTER_KEYS } from "../../factories";
import { apiClient, db } from "./client";
import { rawToken } from "./issuer";

const DAY_AHEAD = NOON + 24 * 60 * MINUTE;

async function tokenOf(key: string, body?: object): Promise<string> {
  const made = await apiClient().post("/v1/tokens", { key, body });
  if (made.status !== 201) throw new Error(`${made.status} ${JSON.stringify(made.body)}`);
  return made.body.access_token;
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function statusOf(token: string, path = "/v1/campaigns", now = NOON): Promise<number> {
  return (await apiClient({ now: () => now }).get(path, bearer(token))).status;
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
}

/** A token that is signed as ours are, with other claims, header or key. */
async function forge(
  keyId: string,
  organizationId: string,
  { claims = {}, header = {}, key }: { claims?: object; header?: object; key?: Uint8Array } = {},
): Promise<string> {
  const now = NOON / SECOND;
  const all = {
    iss: "urn:trunkline:tokens",
    aud: "urn:trunkline:api",
    sub: keyId,
    organization_id: organizationId,
    iat: now,
    exp: now + 60,
    ...claims,
  };
  const [master] = TEST_MASTER_KEYS.values();
  if (!master) throw new Error("no master key");
  return new SignJWT(all)
    .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "v1", ...header })
    .sign(key ?? (await derivedKey(master, "access token")));
}

describe("POST /v1/tokens", () => {
  it("makes a token that is accepted in each header and does what its key does", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const made = await apiClient().post("/v1/tokens", { key });
    expect(made.status).toBe(201);
    expect(made.headers.get("cache-control")).toBe("no-store");
    expect(made.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: "Bearer",
      expires_in: 900,
      expires_at: new Date(NOON + 15 * MINUTE).toISOString(),
      scopes: null,
    });
    const token = made.body.access_token;
    const ways: Record<string, string>[] = [
      { authorization: `Bearer ${token}` },
      { "x-api-key": token },
      { "x-auth-token": token },
    ];
    for (const headers of ways) expect((await apiClient().get("/v1/campaigns", { headers })).status).toBe(200);
  });

  it("acts as its key", async ({ expect }) => {
    const { key, apiKeyId } = await mintOrganization(db);
    const api = apiClient();
    const expires_at = new Date(NOON + MINUTE).toISOString();
    const made = await api.post("/v1/api-keys", { ...bearer(await tokenOf(key)), body: { name: "Short", expires_at } });
    expect(made.body).toMatchObject({ created_by: apiKeyId });
  });

  it("works 15 minutes at most, and no longer than its key", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const token = await tokenOf(key);
    expect(await statusOf(token, "/v1/campaigns", NOON + 15 * MINUTE - 1)).toBe(200);
    expect(await statusOf(token, "/v1/campaigns", NOON + 15 * MINUTE)).toBe(401);
    const short = await tokenOf(key, { expires_in: 30 });
    expect(await statusOf(short, "/v1/campaigns", NOON + 30 * SECOND - 1)).toBe(200);
    expect(await statusOf(short, "/v1/campaigns", NOON + 30 * SECOND)).toBe(401);
    for (const expires_in of [0, -1, 901, 1.5, "60"])
      expect((await apiClient().post("/v1/tokens", { key, body: { expires_in } })).status).toBe(422);

    const ending = await mintApiKey(db, { organizationId: id, expiresAt: NOON + MINUTE + 500 });
    const made = await apiClient().post("/v1/tokens", { key: ending.key });
    expect(made.body).toMatchObject({ expires_in: 60, expires_at: new Date(NOON + MINUTE).toISOString() });
    expect(await statusOf(made.body.access_token, "/v1/campaigns", NOON + MINUTE)).toBe(401);
    const gone = await mintApiKey(db, { organizationId: id, expiresAt: NOON + 500 });
    expect((await apiClient().post("/v1/tokens", { key: gone.key })).status).toBe(409);
  });

  it("is made by every key, also one that may do little", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const little = await mintApiKey(db, { organizationId: id, scopes: ["campaigns:read"] });
    const token = await tokenOf(little.key);
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(token, "/v1/calls")).toBe(403);
    const campaign = await mintCampaign(db, id);
    const sending = await mintApiKey(db, { organizationId: id, campaignId: campaign.id });
    const narrow = await tokenOf(sending.key);
    expect(await statusOf(narrow)).toBe(403);
    expect(await statusOf(narrow, "/v1/uploads")).toBe(200);
  });

  it("narrows to scopes, and never widens", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const made = await apiClient().post("/v1/tokens", { key, body: { scopes: ["campaigns:*", "calls:read"] } });
    const scopes = permissionsOf(["campaigns:*", "calls:read"]);
    expect(made.body.scopes).toEqual(scopes);
    expect(await statusOf(made.body.access_token)).toBe(200);
    expect(await statusOf(made.body.access_token, "/v1/api-keys")).toBe(403);

    const little = await mintApiKey(db, { organizationId: id, scopes: ["calls:read", "campaigns:read"] });
    for (const wanted of [["campaigns:write"], ["calls:*"], ["calls:read", "keys:write"]])
      expect((await apiClient().post("/v1/tokens", { key: little.key, body: { scopes: wanted } })).status).toBe(403);
    for (const wanted of [[], ["everything"], ["*"], "calls:read", null])
      expect((await apiClient().post("/v1/tokens", { key, body: { scopes: wanted } })).status).toBe(422);
  });

  it("has what its key has at each use: a signed scope that the key has lost gives nothing", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const little = await mintApiKey(db, { organizationId: id, scopes: ["calls:read"] });
    const claims = { scope: "calls:read campaigns:read keys:write" };
    const token = await forge(little.row.id, id, { claims });
    expect(await statusOf(token, "/v1/calls")).toBe(200);
    expect(await statusOf(token)).toBe(403);
    expect(await statusOf(token, "/v1/api-keys")).toBe(403);
  });

  it("is not made with a token, with several keys, or without any", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const token = await tokenOf(key);
    const wrong: Record<string, string>[] = [
      { authorization: `Bearer ${token}` },
      { "x-api-key": key, authorization: `Bearer ${token}` },
      { "x-api-key": key, "x-auth-token": other.key },
    ];
    for (const headers of wrong) expect((await apiClient().post("/v1/tokens", { headers })).status).toBe(403);
    expect((await apiClient().post("/v1/tokens")).status).toBe(401);
    expect((await apiClient().post("/v1/tokens", { headers: { "x-api-key": key, "x-auth-token": key } })).status).toBe(
      201,
    );
  });

  it("makes nothing that outlives it", async ({ expect }) => {
    const { key, apiKeyId } = await mintOrganization(db);
    const token = await tokenOf(key);
    const api = apiClient();
    const ask = (path: string, body: object) => api.post(path, { ...bearer(token), body });
    expect((await ask("/v1/api-keys", { name: "For ever" })).status).toBe(403);
    const late = new Date(DAY_AHEAD).toISOString();
    expect((await ask("/v1/api-keys", { name: "Long", expires_at: late })).status).toBe(403);
    expect((await ask(`/v1/api-keys/${apiKeyId}/rotate`, {})).status).toBe(403);
    const issuer = {
      name: "Back door",
      issuer: "https://back.example.com/",
      jwks_url: "https://back.example.com/jwks.json",
      rules: [{ claim: "sub", value: "me", role: "owner" }],
    };
    expect((await ask("/v1/token-issuers", issuer)).status).toBe(403);
  });
});

describe("a token of ours is dead with its key", () => {
  it("when that is revoked", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const token = await tokenOf(other.key);
    expect(await statusOf(token)).toBe(200);
    await apiClient().delete(`/v1/api-keys/${other.row.id}`, { key });
    expect(await statusOf(token)).toBe(401);
  });

  it("when that is rotated away: at once without overlap, and at its end with one", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    for (const [overlap, end] of [
      [0, NOON],
      [60, NOON + MINUTE],
    ] as const) {
      const old = await mintApiKey(db, { organizationId: id });
      const token = await tokenOf(old.key);
      await apiClient().post(`/v1/api-keys/${old.row.id}/rotate`, { key, body: { overlap_seconds: overlap } });
      if (overlap > 0) expect(await statusOf(token, "/v1/campaigns", end - 1)).toBe(200);
      expect(await statusOf(token, "/v1/campaigns", end)).toBe(401);
    }
  });

  it("and dies with it where it is given alone or beside another", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const token = await tokenOf(other.key);
    await apiClient().delete(`/v1/api-keys/${other.row.id}`, { key });
    const headers = { "x-api-key": key, authorization: `Bearer ${token}` };
    expect((await apiClient().get("/v1/campaigns", { headers })).status).toBe(401);
  });
});

describe("a key and a token in one request", () => {
  it("work as the subscribers' documentation prints them", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const headers = { "X-API-Key": key, Authorization: `Bearer ${await tokenOf(key)}` };
    expect((await apiClient().get("/v1/analyses", { headers })).status).toBe(200);
  });

  it("have the rights in common, and must be of one organization", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const narrow = await tokenOf(mine.key, { scopes: ["calls:read"] });
    const little = await mintApiKey(db, { organizationId: mine.id, scopes: ["campaigns:read", "calls:read"] });
    const both = { "x-api-key": little.key, authorization: `Bearer ${narrow}` };
    expect((await apiClient().get("/v1/calls", { headers: both })).status).toBe(200);
    expect((await apiClient().get("/v1/campaigns", { headers: both })).status).toBe(403);
    const foreign = { "x-api-key": theirs.key, authorization: `Bearer ${narrow}` };
    expect((await apiClient().get("/v1/calls", { headers: foreign })).status).toBe(401);
    const junk = { "x-api-key": mine.key, authorization: "Bearer your-jwt-token" };
    expect((await apiClient().get("/v1/calls", { headers: junk })).status).toBe(401);
  });
});

describe("a token that is not ours", () => {
  it("is refused, whatever was changed, and never with more than 401", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const token = await tokenOf(mine.key);
    const [head = "", body = "", signature = ""] = token.split(".");
    const edited = (claims: object) => {
      const [, part = ""] = rawToken({}, { ...claimsOf(token), ...claims }).split(".");
      return `${head}.${part}.${signature}`;
    };
    const forged = {
      edited_end: edited({ exp: 9_999_999_999 }),
      edited_organization: edited({ organization_id: theirs.id, sub: theirs.apiKeyId }),
      no_signature: `${head}.${body}.`,
      other_signature: `${head}.${body}.${"A".repeat(signature.length)}`,
      none: rawToken({ alg: "none", typ: "at+jwt", kid: "v1" }, claimsOf(token)),
      none_signed: rawToken({ alg: "None", typ: "at+jwt", kid: "v1" }, claimsOf(token), signature),
      other_algorithm: await forge(mine.apiKeyId, mine.id, { header: { alg: "HS512" }, key: new Uint8Array(64) }),
      other_key: await forge(mine.apiKeyId, mine.id, { key: new Uint8Array(32).fill(1) }),
      master_key: await forge(mine.apiKeyId, mine.id, { key: new Uint8Array(32) }),
      playback_key: await forge(mine.apiKeyId, mine.id, { key: await playbackKey(TEST_MASTER_KEYS) }),
      unknown_version: await forge(mine.apiKeyId, mine.id, { header: { kid: "v2" } }),
      no_version: await forge(mine.apiKeyId, mine.id, { header: { kid: "1" } }),
      other_type: await forge(mine.apiKeyId, mine.id, { header: { typ: "JWT" } }),
      no_type: await forge(mine.apiKeyId, mine.id, { header: { typ: undefined } }),
      other_audience: await forge(mine.apiKeyId, mine.id, { claims: { aud: "urn:other" } }),
      no_end: await forge(mine.apiKeyId, mine.id, { claims: { exp: undefined } }),
      ended: await forge(mine.apiKeyId, mine.id, { claims: { exp: NOON / SECOND } }),
      not_yet: await forge(mine.apiKeyId, mine.id, { claims: { nbf: NOON / SECOND + 1 } }),
      no_key: await forge("key_00000000000000000000000000", mine.id),
      foreign_organization: await forge(mine.apiKeyId, theirs.id),
    };
    expect(await statusOf(await forge(mine.apiKeyId, mine.id))).toBe(200);
    for (const [name, text] of Object.entries(forged)) expect([name, await statusOf(text)]).toEqual([name, 401]);
  });

  it("is refused without work where it is no token at all", async ({ expect }) => {
    for (const text of ["a.b", "a.b.c.d.e", "..", "a.b.c", `${"a".repeat(9_000)}.b.c`, "e30.e30.e30", "é.é.é"])
      expect([
        text.length,
        (await apiClient().get("/v1/campaigns", { headers: { "x-api-key": text } })).status,
      ]).toEqual([text.length, 401]);
  });

  it("costs one query where it is valid", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const token = await tokenOf(key);
    const asked: string[] = [];
    const noting = new Proxy(db, {
      get: (target, name: keyof typeof db) => {
        if (name === "select" || name === "batch") asked.push(name);
        return target[name];
      },
    });
    // An operation that opens to every caller and asks nothing itself: it refuses a token.
    expect((await apiClient({ db: noting }).post("/v1/tokens", bearer(token))).status).toBe(403);
    expect(asked).toEqual(["select"]);
  });
});

describe("scopes by the name of what they are for", () => {
  it("stay what they were when the token was made", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const token = await tokenOf(key, { scopes: ["keys:*"] });
    expect(claimsOf(token)["scope"]).toBe("keys:read keys:write");
  });
});
