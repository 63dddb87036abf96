import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { FULL_REACH, systemAct } from "../../src/identity";
import { PLATFORMS } from "../../src/platforms";
import { createSource, readSourceHealth, searchInbound, type SourceView } from "../../src/sources";
import { mintApiKey, mintCampaign, mintOrganization, TEST_MASTER_KEYS } from "../factories";
import { renderAnura } from "../fixtures/anura-template";
import { apiClient } from "./api/client";
import { newPipeline, QUEUES } from "./pipeline";

const db = openDatabase(env.DB);
const JSON_BODY = { "content-type": "application/json" };
const WRONG_KEY = `tk_${"z".repeat(40)}`;

afterEach(() => vi.restoreAllMocks());

async function sourceOf(
  kind: "anura" | "freeswitch" | "asterisk" | "external" | "audian",
  organizationId: string,
  campaignId?: string,
): Promise<SourceView> {
  const made = await createSource(
    { db, masterKeys: TEST_MASTER_KEYS },
    PLATFORMS[kind],
    { reach: FULL_REACH, organizationId, name: kind, campaignId },
    systemAct(Date.now()),
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value.source;
}

async function logOf(organizationId: string) {
  const search = { organizationId, filter: {}, limit: 50, order: "newest" as const };
  return (await searchInbound(db, { ...search, reach: FULL_REACH })).rows;
}

describe("a refusal at a source's own address", () => {
  it.for([
    ["anura", "unknown_key", { "x-api-key": WRONG_KEY }, 401],
    ["anura", "missing_key", {}, 401],
    ["freeswitch", "unknown_key", { authorization: `Basic ${btoa(`x:${WRONG_KEY}`)}` }, 401],
    ["asterisk", "unknown_key", { "x-api-key": WRONG_KEY }, 401],
    ["external", "unknown_key", { "x-api-key": "not a key" }, 401],
    ["audian", "missing_signature", {}, 401],
  ] as const)(
    "of %s: %s is in its owner's log, without a body, with what to do",
    async ([kind, reason, proof, status]) => {
      const line = newPipeline();
      const organization = await mintOrganization(db);
      const source = await sourceOf(kind, organization.id);
      const body = renderAnura();
      const answer = await line.post(`/webhook/${kind}/${source.id}`, body, { ...JSON_BODY, ...proof });
      expect(answer.status).toBe(status);
      await line.run();
      const { body: page } = await apiClient().get(`/v1/inbound?source_id=${source.id}`, { key: organization.key });
      expect(page.data).toMatchObject([{ outcome: "refused", reason, status, source: { id: source.id, kind } }]);
      expect(page.data[0].advice.length).toBeGreaterThan(20);
      expect(JSON.stringify(page)).not.toContain(WRONG_KEY);
      const { body: entry } = await apiClient().get(`/v1/inbound/${page.data[0].id}`, { key: organization.key });
      expect(entry.body).toBeNull();
      // Counted behind the answer, seconds later.
      const health = await vi.waitFor(
        async () => {
          const read = await readSourceHealth(db, source, 2, Date.now());
          expect(read).toMatchObject({ status: "failing", reasons: [{ outcome: "refused", reason, requests: 1 }] });
          return read;
        },
        { timeout: 30_000, interval: 200 },
      );
      expect(health.trouble).toMatchObject({ reason, event: "refused", requests: 1 });
    },
  );

  it.for(["anura", "external", "audian"] as const)(
    "of headers without end is its owner's too, and nobody else's: %s",
    async (kind) => {
      const line = newPipeline();
      const organization = await mintOrganization(db);
      const source = await sourceOf(kind, organization.id);
      const flood = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`x-flood-${index}`, "x".repeat(500)]));
      const answer = await line.post(`/webhook/${kind}/${source.id}`, "{}", { ...JSON_BODY, ...flood });
      expect(answer.status).toBe(431);
      await line.run();
      expect(await logOf(organization.id)).toMatchObject([
        { outcome: "refused", reason: "headers_too_large", status: 431, sourceId: source.id, sourceKind: kind },
      ]);
      const kept = Object.values((await logOf(organization.id))[0]?.headers ?? {});
      expect(kept.length).toBeLessThanOrEqual(16);
      expect(Math.max(...kept.map((value) => value.length))).toBeLessThanOrEqual(201);
    },
  );

  it("is unowned where the address is of no source, of a deleted one or of another platform", async () => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    const asterisk = await sourceOf("asterisk", organization.id);
    const paths = [`/webhook/anura/src_${"0".repeat(26)}`, `/webhook/anura/${asterisk.id}`, "/webhook/anura/"];
    for (const path of paths) {
      expect((await line.post(path, "{}", { ...JSON_BODY, "x-api-key": WRONG_KEY })).status).toBe(401);
    }
    await line.run();
    expect(await logOf(organization.id)).toEqual([]);
    const unowned = (await logOf("")).filter(({ path }) => paths.includes(path));
    expect(unowned.map(({ sourceId }) => sourceId)).toEqual([null, null, null]);
  });

  it("is kept ten times a minute for each source, however many come", async () => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    const [one, other] = [await sourceOf("anura", organization.id), await sourceOf("anura", organization.id)];
    for (let index = 0; index < 25; index += 1) {
      await line.post(`/webhook/anura/${one.id}`, "{}", { ...JSON_BODY, "x-api-key": WRONG_KEY });
    }
    await line.post(`/webhook/anura/${other.id}`, "{}", { ...JSON_BODY, "x-api-key": WRONG_KEY });
    const kept = line.sent.map(({ body }) => (body as { sourceId: string }).sourceId);
    expect(kept.filter((id) => id === one.id).length).toBeLessThanOrEqual(20);
    expect(kept.filter((id) => id === other.id)).toHaveLength(1);
  });
});

describe("a notice that names a campaign of another platform", () => {
  async function take(
    organization: { id: string; key: string },
    campaign: { number: number },
    path = "/webhook/anura/",
  ) {
    const line = newPipeline();
    const body = renderAnura({ dialtime: "2026-08-20 11:00:00" }, campaign.number);
    const answer = await line.post(path, body, { ...JSON_BODY, "x-api-key": organization.key });
    expect(answer.status).toBe(200);
    const notices = line.sent.filter(({ queue }) => queue === QUEUES.ingest).map((message) => message.body);
    await line.deliver(QUEUES.ingest, notices);
    return (await logOf(organization.id)).filter(({ outcome }) => outcome === "accepted");
  }

  it("is taken, with a warning in the log and in the source's health", async () => {
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    await sourceOf("audian", organization.id, campaign.id);
    const anura = await sourceOf("anura", organization.id);
    const [entry] = await take(organization, campaign);
    expect(entry).toMatchObject({ outcome: "accepted", reason: "campaign_of_another_source" });
    expect(entry?.callId).not.toBeNull();
    const health = await readSourceHealth(db, anura, 1, Date.now());
    expect(health.status).toBe("active");
    expect(health.reasons).toMatchObject([{ outcome: "accepted", reason: "campaign_of_another_source", requests: 1 }]);
  });

  it("carries none where the campaign is Anura's too, or no source's", async () => {
    const organization = await mintOrganization(db);
    const shared = await mintCampaign(db, organization.id, "Shared");
    await sourceOf("audian", organization.id, shared.id);
    await sourceOf("anura", organization.id, shared.id);
    expect(await take(organization, shared)).toMatchObject([{ reason: null }]);
    const loner = await mintOrganization(db);
    const free = await mintCampaign(db, loner.id, "Free");
    await sourceOf("audian", organization.id, shared.id);
    expect(await take(loner, free)).toMatchObject([{ reason: null }]);
  });
});

it("a key of another campaign changes nothing about whom a refusal belongs to", async () => {
  const line = newPipeline();
  const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
  const source = await sourceOf("anura", mine.id);
  const { key } = await mintApiKey(db, { organizationId: theirs.id });
  expect((await line.post(`/webhook/anura/${source.id}`, "{}", { ...JSON_BODY, "x-api-key": key })).status).toBe(404);
  await line.run();
  expect(await logOf(theirs.id)).toMatchObject([{ sourceId: null, reason: "unknown_source" }]);
});
