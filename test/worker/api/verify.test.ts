import { describe, it } from "vitest";
import { profiles } from "../../../src/delivery";
import { sealSecrets } from "../../../src/delivery/endpoints/secret";
import { newId } from "../../../src/lib/id";
import { mintEndpoint, mintOrganization, NOON, TEST_MASTER_KEYS } from "../../factories";
import { apiClient, db } from "./client";

const BODY = '{"event":"call.completed","data":{"n":1.0}}';
type Name = keyof typeof profiles;

/** An endpoint of a profile with these secrets, the current one first, and what its receivers get. */
async function mintSigned(organizationId: string, profile: Name, ends: (number | null)[] = [null]) {
  const id = newId("wh", NOON);
  const secrets = ends.map((until) => ({ value: profiles[profile].newSecret(), until }));
  await mintEndpoint(db, organizationId, {
    id,
    profile,
    secrets: await sealSecrets(TEST_MASTER_KEYS, id, secrets),
  });
  const sign = async (at = NOON, index = 0, body = BODY) => {
    const context = { eventId: "evt_1", deliveryId: "dlv_1", now: at, ed25519: false };
    return profiles[profile].sign({ ...context, secrets: [secrets[index]!.value] }, body);
  };
  return { id, secrets: secrets.map(({ value }) => value), sign };
}

describe("POST /v1/webhooks/verify", () => {
  it.for(Object.keys(profiles) as Name[])("finds what is wrong with a request of %s", async (profile, { expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const endpoint = await mintSigned(organizationId, profile, [null, NOON + 1_000, NOON - 1_000]);
    const { timestamp, header } = profiles[profile].signature;
    const verify = async (headers: unknown, body: string, more: object = {}) =>
      (await apiClient().post("/v1/webhooks/verify", { key, body: { headers, body, ...more } })).body;
    const right = await endpoint.sign();
    const pasted = Object.entries(right)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\r\n");
    for (const headers of [right, pasted])
      expect(await verify(headers, BODY)).toMatchObject({
        valid: true,
        finding: "valid",
        webhookId: endpoint.id,
        secret: "current",
        receivers_secret: null,
        age_seconds: timestamp === null ? null : 0,
      });
    expect(await verify(await endpoint.sign(NOON, 1), BODY)).toMatchObject({ valid: true, secret: "previous" });
    expect(await verify(await endpoint.sign(NOON, 2), BODY)).toMatchObject({
      valid: false,
      finding: "wrong_secret",
      secret: "expired",
    });
    const versions = ["current", "previous", "expired"];
    for (const [index, version] of versions.entries()) {
      const found = await verify(right, BODY, { secret: endpoint.secrets[index] });
      expect(found).toMatchObject({ receivers_secret: version, finding: index === 0 ? "valid" : "wrong_secret" });
    }
    expect(await verify(right, BODY, { secret: "never ours" })).toMatchObject({ receivers_secret: "unknown" });
    expect(await verify(right, `${BODY}\n`)).toMatchObject({ valid: false, finding: "body_changed" });
    const compact = JSON.stringify({ a: 1 });
    const ofCompact = await endpoint.sign(NOON, 0, compact);
    expect(await verify(ofCompact, JSON.stringify({ a: 1 }, null, 2))).toMatchObject({
      valid: false,
      finding: "body_rewritten",
      webhookId: endpoint.id,
    });
    expect(await verify(right, "another")).toMatchObject({ valid: false, finding: "no_match", webhookId: null });
    expect(await verify(right, "another", { webhookId: endpoint.id })).toMatchObject({ webhookId: endpoint.id });
    const { [header]: _, ...without } = right;
    expect(await verify(without, BODY)).toMatchObject({ valid: false, finding: "missing_header", header });
    if (timestamp !== null) {
      expect(await verify(await endpoint.sign(NOON - 600_000), BODY)).toMatchObject({
        valid: false,
        finding: "stale",
        age_seconds: 600,
      });
      const { [timestamp]: __, ...timeless } = right;
      expect(await verify(timeless, BODY)).toMatchObject({ finding: "missing_header", header: timestamp });
    }
  });

  it("knows whose request it is among several, and nothing of other organizations", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    await mintSigned(mine.id, "audian");
    const second = await mintSigned(mine.id, "audian");
    const foreign = await mintSigned(theirs.id, "audian");
    const api = apiClient();
    const verify = (body: object) => api.post("/v1/endpoints/verify", { key: mine.key, body });
    const headers = await second.sign();
    expect((await verify({ headers, body: BODY })).body).toMatchObject({ valid: true, webhookId: second.id });
    expect((await verify({ headers: await foreign.sign(), body: BODY })).body).toMatchObject({
      finding: "no_match",
      webhookId: null,
    });
    const named = await verify({ headers, body: BODY, webhookId: foreign.id });
    expect([named.status, named.body]).toEqual([404, (await verify({ headers, body: BODY, webhookId: "wh_x" })).body]);
    const { key } = await mintOrganization(db);
    expect((await api.post("/v1/webhooks/verify", { key, body: { headers, body: BODY } })).body.finding).toBe(
      "no_match",
    );
  });

  it("shows no secret, and reads hostile headers", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintSigned(id, "standard");
    const api = apiClient();
    const hostile = [
      { headers: { "webhook-id": "a\r\nwebhook-signature: v1,x" }, body: "" },
      { headers: { "webhook-id": "x", "webhook-timestamp": "NaN", "webhook-signature": "v1,x" }, body: "\u0000" },
      {
        headers: { "webhook-id": ["x", "y"], "webhook-timestamp": "9".repeat(300), "webhook-signature": "" },
        body: "{",
      },
      { headers: "\n\n:::\nwebhook-id", body: "[" },
      { headers: {}, body: "{}", secret: "" },
    ];
    for (const body of hostile) {
      const answer = await api.post("/v1/webhooks/verify", { key, body });
      expect([body, answer.status, answer.body.valid]).toEqual([body, 200, false]);
      expect(JSON.stringify(answer.body)).not.toContain(endpoint.secrets[0]);
    }
    for (const body of [{}, { headers: 1, body: "" }, { headers: {}, body: "", more: 1 }])
      expect((await api.post("/v1/webhooks/verify", { key, body })).status).toBe(422);
  });
});
