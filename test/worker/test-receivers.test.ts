import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  createTestReceiver,
  forgetTestReceivers,
  listTestReceivers,
  profiles,
  readTestReceiver,
  TEST_RECEIVER_LIMITS,
} from "../../src/delivery";
import { sealSecrets } from "../../src/delivery/endpoints/secret";
import { newId } from "../../src/lib/id";
import { HOUR } from "../../src/lib/time";
import {
  ACT_AT_NOON,
  mintEndpoint,
  mintOrganization,
  mintTestReceiver,
  NOON,
  openDatabase,
  TEST_MASTER_KEYS,
} from "../factories";
import { apiClient } from "./api/client";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const api = apiClient();
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PAGE = "/dashboard/webhooks/test-receivers";

/** A request as an endpoint with the profile `standard` is sent it, signed at noon. */
async function signedRequest(organizationId: string) {
  const id = newId("wh", NOON);
  const secrets = await sealSecrets(TEST_MASTER_KEYS, id, [{ value: SECRET, until: null }]);
  await mintEndpoint(db, organizationId, { id, secrets, profile: "standard" });
  const request = await profiles.standard.request({
    endpointId: id,
    organizationId,
    publicUrl: "https://trunkline.test",
    eventId: "evt_1",
    deliveryId: "dlv_1",
    type: "call.completed",
    seq: 1,
    recordedAt: NOON,
    data: { call: { id: "call_1" } },
    gap: null,
    attempt: 1,
    test: false,
    now: NOON,
    method: "POST",
    headers: {},
    template: null,
    ed25519: false,
    secrets: [SECRET],
  });
  return { ...request, endpointId: id };
}

async function made(key: string) {
  const { status, body } = await api.post("/v1/test-receivers", { key });
  expect(status).toBe(201);
  return body as { id: string; url: string; expires_at: string };
}

const pathOf = (url: string) => new URL(url).pathname;

describe("a test receiver", () => {
  it("shows what arrives, as it came, and whether its signature is right", async () => {
    const { id: organizationId, key } = await mintOrganization(db);
    const { id, url, expires_at } = await made(key);
    expect(url).toBe(`${api.deps.config.publicUrl}/test-receivers/${id}`);
    expect(expires_at).toBe(new Date(NOON + HOUR).toISOString());
    const { headers, body, endpointId } = await signedRequest(organizationId);
    const first = await api.post(pathOf(url), { headers, text: body });
    expect(first.body).toMatchObject({ received: 1, valid: true, finding: "valid" });
    const rewritten = await api.post(pathOf(url), { headers, text: JSON.stringify(JSON.parse(body), null, 2) });
    expect(rewritten.body).toMatchObject({ received: 2, valid: false, finding: "body_rewritten" });
    const bare = await api.put(pathOf(url), { text: SCRIPT, headers: { "content-type": "text/plain" } });
    expect(bare.body).toMatchObject({ received: 3, valid: false });
    const { body: shown } = await api.get(`/v1/test-receivers/${id}`, { key });
    expect(shown.requests.map(({ number, finding }: { number: number; finding: string }) => [number, finding])).toEqual(
      [
        [3, bare.body.finding],
        [2, "body_rewritten"],
        [1, "valid"],
      ],
    );
    expect(shown.requests[2]).toMatchObject({ method: "POST", body, endpoint_id: endpointId, valid: true });
    expect(shown.requests[2].headers).toMatchObject(
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    );
    const page = await visit({ id: organizationId, name: "Acme" }, { now: NOON + 1 }).page(`${PAGE}/${id}`);
    expect(page.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(page.text);
    expect(page.text).toContain("The signature is right");
    expect(page.text).toContain("The body was written anew");
    expect(page.text).toContain(`href="/dashboard/webhooks/${endpointId}"`);
  });

  it("keeps the last fifty, one number each however many come at once, and takes no body beyond 256 kB", async () => {
    const { key } = await mintOrganization(db);
    const { id, url } = await made(key);
    const answers = await Promise.all(Array.from({ length: 60 }, () => api.post(pathOf(url), { text: "{}" })));
    const numbers = answers.map(({ body }) => body.received as number);
    expect(numbers.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    const { body } = await api.get(`/v1/test-receivers/${id}`, { key });
    expect([body.received, body.requests.length, body.requests[0].number]).toEqual([60, 50, 60]);
    expect((await api.post(pathOf(url), { text: "x".repeat(300_000) })).status).toBe(413);
  });

  it("ends after an hour, with what came, and by hand", async () => {
    const { id: organizationId, key } = await mintOrganization(db);
    const { id, url } = await made(key);
    await api.post(pathOf(url), { text: "{}" });
    const late = apiClient({ now: () => NOON + HOUR });
    expect((await late.post(pathOf(url), { text: "{}" })).status).toBe(404);
    expect((await late.get(`/v1/test-receivers/${id}`, { key })).status).toBe(404);
    await forgetTestReceivers(db, NOON + HOUR);
    for (const [table, column] of [
      ["test_receivers", "id"],
      ["received_requests", "receiver_id"],
    ]) {
      const left = await env.DB.prepare(`SELECT 1 FROM ${table} WHERE ${column} = ?`).bind(id).all();
      expect([table, left.results]).toEqual([table, []]);
    }
    const other = await mintTestReceiver(db, organizationId);
    expect((await api.delete(`/v1/test-receivers/${other}`, { key })).status).toBe(204);
    expect((await api.post(`/test-receivers/${other}`, { text: "{}" })).status).toBe(404);
    expect((await api.delete(`/v1/test-receivers/${other}`, { key })).status).toBe(404);
  });

  it("is one of five of an organization, also where they are made at once", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const results = await Promise.all(
      Array.from({ length: 8 }, () => createTestReceiver({ db }, { organizationId }, ACT_AT_NOON)),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(TEST_RECEIVER_LIMITS.open);
    expect(await listTestReceivers(db, organizationId, NOON)).toHaveLength(TEST_RECEIVER_LIMITS.open);
    expect(await listTestReceivers(db, organizationId, NOON + HOUR)).toEqual([]);
    const full = await visit({ id: organizationId, name: "Acme" }, { now: NOON }).post(PAGE);
    expect([full.status, (await full.text()).includes("There are 5 test receivers already.")]).toEqual([409, true]);
  });

  it("is one for a form that is sent twice, and a new one for a form that outlived its own", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const id = newId("rcv", NOON);
    const idMadeAt = async (now: number) => {
      const one = await createTestReceiver({ db }, { organizationId, id }, { ...ACT_AT_NOON, now });
      return one.ok ? one.value.id : one.error;
    };
    expect([await idMadeAt(NOON), await idMadeAt(NOON + 1)]).toEqual([id, id]);
    const later = NOON + TEST_RECEIVER_LIMITS.lifetime + 1;
    expect(await idMadeAt(later)).toMatch(/^rcv_/);
    expect((await listTestReceivers(db, organizationId, later)).map((one) => one.id)).not.toContain(id);
    expect(await listTestReceivers(db, organizationId, later)).toHaveLength(1);
  });

  it("is seen by its own organization only, and by who has the permission", async () => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const id = await mintTestReceiver(db, theirs.id);
    expect((await api.get(`/v1/test-receivers/${id}`, { key: mine.key })).status).toBe(404);
    expect((await readTestReceiver(db, { organizationId: mine.id, id }, NOON)).ok).toBe(false);
    const pages = visit(mine, { now: NOON });
    for (const path of [id, `${id}/arrived`]) expect((await pages.page(`${PAGE}/${path}`)).status).toBe(404);
    expect((await pages.post(`${PAGE}/${id}/end`)).status).toBe(404);
    expect((await visit(theirs, { now: NOON, role: "viewer" }).page(`${PAGE}/${id}`)).status).toBe(403);
    // A request that another organization's endpoint signed is not said to be ours.
    const { headers, body } = await signedRequest(mine.id);
    const foreign = await api.post(`/test-receivers/${id}`, { headers, text: body });
    expect(foreign.body).toMatchObject({ valid: false, finding: "no_match" });
  });

  it("is made on the page, waits there, and shows what came", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization, { now: NOON });
    expect((await pages.page("/dashboard/webhooks")).text).toContain(`href="${PAGE}"`);
    const at = (await pages.post(PAGE)).headers.get("location") ?? "";
    const waiting = await pages.page(at);
    expect(waiting.text).toContain(`hx-get="${at}/arrived"`);
    await api.post(`/test-receivers/${at.split("/").at(-1)}`, { text: SCRIPT });
    const part = await pages.page(`${at}/arrived`);
    expect(part.text).not.toContain("hx-get");
    expect(part.text).toContain("&lt;script&gt;");
    const list = await pages.page(PAGE, { "accept-language": "es" });
    expect(list.text).toContain("Receptores de prueba abiertos");
    expect((await pages.post(`${at}/end`)).headers.get("location")).toBe(`${PAGE}?done=ended`);
    expect((await pages.page(PAGE)).text).toContain("No test receiver is open");
  });
});
