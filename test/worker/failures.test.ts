import { env } from "cloudflare:workers";
import { and, eq, isNotNull } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { endpointConfigOf, endpointObjects, objectName, type EndpointRow } from "../../src/delivery";
import { FULL_REACH, ROLES, systemAct, type Digest } from "../../src/identity";
import { digestLetters } from "../../src/jobs/digests";
import { explainProblem } from "../../src/connectors";
import { readTroubles } from "../../src/jobs/troubles";
import type { Letter } from "../../src/lib/mail";
import { NetworkFailure } from "../../src/lib/outbound";
import { DAY } from "../../src/lib/time";
import { PLATFORMS } from "../../src/platforms";
import { createSource, readSourceHealth } from "../../src/sources";
import { sealSecrets } from "../../src/delivery/endpoints";
import { deliveryFailures } from "../../src/ui/failures/deliveries";
import { noticeFailures } from "../../src/ui/failures/notices";
import { recordingFailures } from "../../src/ui/failures/recordings";
import {
  mintApiKey,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintOrganization,
  TEST_MASTER_KEYS,
} from "../factories";
import { renderAnura } from "../fixtures/anura-template";
import { apiClient } from "./api/client";
import { newPipeline } from "./pipeline";
import { visit } from "./visiting";

// Each failure is provoked by what really causes it. What is wrong is then read in the API, on pages and in the letter,
// in both languages: the code is the same everywhere, and so is the sentence but for how times are written.

const db = openDatabase(env.DB);
const HOST = "crm.example";
const LIKELY = { en: /^Likely\b/, es: /^Probablemente\b/ };
const EXPLAINED = { delivery: deliveryFailures, notice: noticeFailures, recording: recordingFailures };

/** What is known for certain, by what was answered or decided: the sentence names it without the mark. */
const CERTAIN: Record<keyof typeof EXPLAINED, readonly string[]> = {
  delivery: ["gone", "failing"],
  notice: [],
  recording: ["gone", "too_large"],
};

/**
 * That what is behind a failure stands in these texts, each in its language, and is marked as likely wherever it is no more
 * than that. The mark begins the sentence: another one's further down does not count.
 */
function expectLikely(
  about: keyof typeof EXPLAINED,
  code: string,
  texts: Record<"en" | "es", readonly string[]>,
): void {
  for (const language of ["en", "es"] as const) {
    const explanations: Record<string, readonly [likely: string, next: string]> = EXPLAINED[about][language];
    const [likely = ""] = explanations[code] ?? [];
    expect(likely, `${about} ${code}`).not.toBe("");
    expect([code, language, LIKELY[language].test(likely)]).toEqual([code, language, !CERTAIN[about].includes(code)]);
    for (const text of texts[language]) expect(text, `${about} ${code}`).toContain(likely);
  }
}

afterEach(() => vi.restoreAllMocks());

type Organization = Awaited<ReturnType<typeof mintOrganization>>;

/** The letter about what is wrong, to an owner who has nothing unread. */
async function letterTo(organization: Organization, language: "en" | "es"): Promise<string> {
  const letters: Letter[] = [];
  const mailer = {
    send: async (letter: Letter) => {
      letters.push(letter);
      return { ok: true as const, value: undefined };
    },
  };
  const now = Date.now();
  const send = digestLetters(mailer, "https://trunkline.example", (digest) => readTroubles(db, digest, now));
  const audience = { scopes: ROLES.owner.scopes, campaignId: null, sourceId: null, reach: FULL_REACH };
  const counts: Digest["counts"] = [];
  const to = { organizationId: organization.id, audience, now, email: "ana@acme.example", language, counts };
  expect(await send({ ...to, organizationName: "Acme" })).toBe(true);
  return letters[0]?.text ?? "";
}

/** The text of a page, as a person reads it. */
async function textOf(organization: Organization, path: string, language: "en" | "es"): Promise<string> {
  const { page } = visit(organization, { now: Date.now() });
  const { status, text } = await page(path, { cookie: `trunkline_language=${language}` });
  expect(status, path).toBe(200);
  const plain = text
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"');
  return plain.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&").replaceAll(/\s+/g, " ");
}

/** What is likely and what to do, out of a sentence of the API: what follows the facts. */
function adviceIn(message: string): string {
  const found = /[.)] ((?:Likely|The |Its |Every |A |It |Our |More |Calls ).*)$/.exec(message);
  return found?.[1] ?? message;
}

async function expectEverywhere(
  organization: Organization,
  about: "delivery" | "notice",
  { code, message, who, paths }: { code: string; message: string; who: string; paths: readonly string[] },
): Promise<void> {
  expect(message).toContain(who);
  const english = adviceIn(message);
  const texts: Record<"en" | "es", string[]> = { en: [message], es: [] };
  for (const path of paths) {
    const page = await textOf(organization, path, "en");
    expect(page, path).toContain(english);
    expect(page, path).toContain(code);
    expect(page, path).toContain(who);
    const spanish = await textOf(organization, path, "es");
    expect(spanish, path).toContain(code);
    expect(spanish, path).toContain(who);
    expect(spanish, path).not.toContain(english);
    texts.en.push(page);
    texts.es.push(spanish);
  }
  const letter = await letterTo(organization, "en");
  expect(letter.replaceAll(/\s+/g, " ")).toContain(english);
  expect(letter).toContain(`[${code}]`);
  const spanish = await letterTo(organization, "es");
  expect(spanish).toContain(`[${code}]`);
  expect(spanish).toContain(who);
  expect(spanish.replaceAll(/\s+/g, " ")).not.toContain(english);
  texts.en.push(letter.replaceAll(/\s+/g, " "));
  texts.es.push(spanish.replaceAll(/\s+/g, " "));
  expectLikely(about, code, texts);
}

async function deliverTo(endpoint: EndpointRow): Promise<void> {
  const event = { stream: "call_1", seq: 1, eventId: "evt_1", type: "call.completed", recordedAt: 1, data: "{}" };
  const data = JSON.stringify({ call: { id: "call_1" } });
  await endpointObjects(env.ENDPOINTS).enqueue(objectName(endpoint.id, 0), endpointConfigOf(endpoint), [
    { ...event, data },
  ]);
}

const answering = (status: number) => () => new Response("no", { status });
const failing = (kind: ConstructorParameters<typeof NetworkFailure>[0], detail: string) => () => {
  throw new NetworkFailure(kind, detail);
};
const throwing = (words: string) => () => {
  throw new Error(words);
};

describe("a webhook's deliveries", () => {
  it.for<[code: string, cause: string, answer: (init: RequestInit | undefined) => Response | Promise<Response>]>([
    ["no_name", "no DNS entry", throwing("DNS lookup failed.")],
    ["bad_certificate", "a certificate that ran out", throwing("TLS peer's certificate is not trusted")],
    ["connection_refused", "a port on which nothing listens", throwing("connection refused")],
    ["connection_closed", "a connection that is closed", failing("closed", "crm.example ended the connection")],
    ["plain_http", "plain HTTP behind https", failing("plain_http", "crm.example speaks plain HTTP")],
    [
      "slow",
      "an answer that does not come in time",
      (init) =>
        new Promise((_, reject) => {
          init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    ],
    ["wrong_secret", "401", answering(401)],
    ["forbidden", "403", answering(403)],
    ["wrong_path", "404", answering(404)],
    ["method_refused", "405", answering(405)],
    ["body_refused", "422", answering(422)],
    ["too_large", "413", answering(413)],
    ["throttled", "429", answering(429)],
    ["receiver_broken", "500", answering(500)],
    ["receiver_down", "503", answering(503)],
    ["redirects", "302", () => new Response(null, { status: 302, headers: { location: "https://crm.example/new" } })],
    ["gone", "410", answering(410)],
  ])("fail with %s: %s", async ([code, , answer]) => {
    const organization = await mintOrganization(db);
    const url = `https://${HOST}/hooks`;
    const settings = { timeout: 100, retryWaits: [] };
    const endpoint = await mintEndpoint(db, organization.id, { url, settings, createdAt: 0, updatedAt: 0 });
    vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => answer(init));
    await deliverTo(endpoint);
    const path = `/v1/endpoints/${endpoint.id}/health`;
    const health = await vi.waitFor(
      async () => {
        const { body } = await apiClient({ now: Date.now }).get(path, { key: organization.key });
        expect(body).toMatchObject({ code });
        return body;
      },
      { timeout: 30_000, interval: 50 },
    );
    if (code !== "gone") expect(health).toMatchObject({ failures: expect.any(Number) });
    await expectEverywhere(organization, "delivery", {
      code,
      message: health.message,
      who: HOST,
      paths: ["/dashboard/webhooks", `/dashboard/webhooks/${endpoint.id}`, "/dashboard"],
    });
  });

  it("fail with secret_changed where the secret was replaced a minute ago", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id, {
      url: `https://${HOST}/hooks`,
      settings: { retryWaits: [] },
      createdAt: 0,
    });
    const value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const since = Date.now() - 60_000;
    const secrets = await sealSecrets(TEST_MASTER_KEYS, endpoint.id, [{ value, until: null, since }]);
    await db.update(schema.endpoints).set({ secrets }).where(eq(schema.endpoints.id, endpoint.id));
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("no", { status: 401 }));
    await deliverTo({ ...endpoint, secrets });
    await vi.waitFor(async () => {
      const rows = await db
        .select()
        .from(schema.endpointHealth)
        .where(eq(schema.endpointHealth.endpointId, endpoint.id));
      expect(rows).toMatchObject([{ failureCode: "secret_changed", failureStatus: 401 }]);
    });
    const api = await apiClient({ now: Date.now }).get(`/v1/endpoints/${endpoint.id}/health`, {
      key: organization.key,
    });
    const paths = ["/dashboard/webhooks", `/dashboard/webhooks/${endpoint.id}`];
    await expectEverywhere(organization, "delivery", {
      code: "secret_changed",
      message: api.body.message,
      who: HOST,
      paths,
    });
  });

  it("are not sent where the webhook was switched off for failing, or its queue is full", async () => {
    const organization = await mintOrganization(db);
    const off = {
      url: `https://${HOST}/hooks`,
      active: false,
      disabledReason: "failing",
      disabledAt: Date.now() - DAY,
    };
    const endpoint = await mintEndpoint(db, organization.id, off);
    const api = apiClient({ now: Date.now });
    const { body } = await api.get(`/v1/endpoints/${endpoint.id}/health`, { key: organization.key });
    expect(body.code).toBe("failing");
    const paths = ["/dashboard/webhooks", `/dashboard/webhooks/${endpoint.id}`, "/dashboard"];
    await expectEverywhere(organization, "delivery", { code: "failing", message: body.message, who: HOST, paths });

    const other = await mintOrganization(db);
    const full = await mintEndpoint(db, other.id, { url: `https://${HOST}/hooks` });
    await db.insert(schema.undelivered).values({
      endpointId: full.id,
      organizationId: other.id,
      stream: "call_1",
      fromSeq: 1,
      attempts: 3,
      dueAt: 0,
      reason: "full",
    });
    const waiting = await api.get(`/v1/endpoints/${full.id}/health`, { key: other.key });
    expect(waiting.body.code).toBe("undelivered");
    const where = ["/dashboard/webhooks", `/dashboard/webhooks/${full.id}`, "/dashboard"];
    await expectEverywhere(other, "delivery", {
      code: "undelivered",
      message: waiting.body.message,
      who: HOST,
      paths: where,
    });
  });
});

describe("what a source sends", () => {
  const JSON_BODY = { "content-type": "application/json" };
  const moment = (at: number) => String(Math.floor(at / 1000));
  type Sent = { kind: "anura" | "audian"; headers: Record<string, string>; body: string; mayKey?: boolean };

  it.for<[code: string, cause: string, sent: () => Sent]>([
    [
      "wrong_signature",
      "another secret",
      () => ({
        kind: "audian",
        headers: { "x-audian-timestamp": moment(Date.now()), "x-audian-signature": "a".repeat(64) },
        body: "{}",
      }),
    ],
    [
      "timestamp_out_of_window",
      "a clock that is an hour off",
      () => ({
        kind: "audian",
        headers: { "x-audian-timestamp": moment(Date.now() - 3_600_000), "x-audian-signature": "a".repeat(64) },
        body: "{}",
      }),
    ],
    ["missing_signature", "no signature", () => ({ kind: "audian", headers: {}, body: "{}" })],
    [
      "unknown_key",
      "a wrong key",
      () => ({ kind: "anura", headers: { "x-api-key": `tk_${"z".repeat(40)}` }, body: renderAnura() }),
    ],
    ["missing_key", "no key", () => ({ kind: "anura", headers: {}, body: renderAnura() })],
    ["invalid_json", "a body that is cut off", () => ({ kind: "anura", headers: {}, body: '{"a": ', mayKey: true })],
    ["missing_fields", "another body", () => ({ kind: "anura", headers: {}, body: "{}", mayKey: true })],
  ])("is refused with %s: %s", async ([code, , sent]) => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    const { kind, headers, body, mayKey = false } = sent();
    const made = await createSource(
      { db, masterKeys: TEST_MASTER_KEYS },
      PLATFORMS[kind],
      { reach: FULL_REACH, organizationId: organization.id, name: "Sales floor" },
      systemAct(Date.now()),
    );
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const { source } = made.value;
    const proof: Record<string, string> = mayKey ? { "x-api-key": organization.key } : {};
    const answer = await line.post(`/webhook/${kind}/${source.id}`, body, { ...JSON_BODY, ...headers, ...proof });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    await line.run();
    await vi.waitFor(
      async () => expect(await readSourceHealth(db, source, 2, Date.now())).toMatchObject({ status: "failing" }),
      { timeout: 30_000, interval: 200 },
    );
    const api = apiClient({ now: Date.now });
    const health = await api.get(`/v1/sources/${source.id}/health`, { key: organization.key });
    expect(health.body.code).toBe(code);
    const { body: log } = await api.get(`/v1/inbound?source_id=${source.id}`, { key: organization.key });
    expect(log.data).toMatchObject([{ reason: code, advice: adviceIn(health.body.message) }]);
    await expectEverywhere(organization, "notice", {
      code,
      message: health.body.message,
      who: "Sales floor",
      paths: [
        "/dashboard/sources",
        `/dashboard/sources/${source.id}`,
        `/dashboard/inbound/${log.data[0].id}`,
        "/dashboard",
      ],
    });
  });

  it("waits with unknown_campaign where its campaign does not exist", async () => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    const { key } = await mintApiKey(db, { organizationId: organization.id });
    const headers = { ...JSON_BODY, "x-api-key": key };
    expect((await line.post("/webhook/anura/", renderAnura({}, 99), headers)).status).toBe(200);
    await line.run();
    const { body } = await apiClient({ now: Date.now }).get("/v1/inbound", { key: organization.key });
    expect(body.data).toMatchObject([{ outcome: "quarantined", reason: "unknown_campaign" }]);
    const path = `/dashboard/inbound/${body.data[0].id}`;
    const [en, es] = [await textOf(organization, path, "en"), await textOf(organization, path, "es")];
    for (const page of [en, es]) expect(page).toContain("unknown_campaign");
    expect(en).toContain(body.data[0].advice);
    expectLikely("notice", "unknown_campaign", { en: [en, body.data[0].advice], es: [es] });
  });
});

describe("a recording", () => {
  it.for<[code: string, cause: string, audio: (url: string) => Response]>([
    ["not_allowed", "a link that expired (403)", answering(403)],
    ["not_there", "a link that expired (404)", answering(404)],
    ["gone", "a file that was removed", answering(410)],
    ["busy", "a server that asks to come back later", answering(429)],
    ["server_error", "a server that is down", answering(503)],
    [
      "not_audio",
      "a sign-in page",
      () => new Response("<!doctype html><title>Sign in</title>", { headers: { "content-type": "text/html" } }),
    ],
    [
      "too_large",
      "a file that is too large",
      () => new Response("RIFF", { headers: { "content-type": "audio/wav", "content-length": String(2 ** 40) } }),
    ],
    ["unreachable", "a host that does not exist", throwing("DNS lookup failed.")],
  ])("is missing with %s: %s", async ([code, , audio]) => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    await mintCampaign(db, organization.id);
    line.audio = audio;
    const headers = { "content-type": "application/json", "x-api-key": organization.key };
    expect((await line.post("/webhook/anura/", renderAnura(), headers)).status).toBe(200);
    await line.run();
    // What may still come is tried for a day; that day is over at once here, with the reason of its tries.
    const own = and(eq(schema.recordings.organizationId, organization.id), isNotNull(schema.recordings.reason));
    await db.update(schema.recordings).set({ state: "failed", completedAt: Date.now() }).where(own);
    const api = apiClient({ now: Date.now });
    const { body } = await api.get("/v1/recordings", { key: organization.key });
    expect(body.data).toMatchObject([{ state: "failed", reason: expect.stringMatching(new RegExp(`^${code}:`)) }]);
    const path = `/dashboard/calls/${body.data[0].call_id}`;
    const english = await textOf(organization, path, "en");
    expect(english).toContain(code);
    expect(english).toContain("pbx.example");
    expect(english).toContain("No recording came from pbx.example: 1 try since ");
    const letter = await letterTo(organization, "en");
    expect(letter).toContain(`[${code}]`);
    const spanish = await textOf(organization, path, "es");
    expect(spanish).toContain("No llegó ninguna grabación de pbx.example");
    const carta = await letterTo(organization, "es");
    expect(carta).toMatch(new RegExp(`No llegó ninguna grabación de pbx\\.example: 1 grabación desde .*\\[${code}\\]`));
    const flat = (text: string) => text.replaceAll(/\s+/g, " ");
    expectLikely("recording", code, { en: [english, flat(letter)], es: [spanish, flat(carta)] });
  });
});

describe("a storage that cannot be read", () => {
  it("is in the daily letter with what is behind it, in both languages, for its own organization", async () => {
    const [organization, other] = [await mintOrganization(db), await mintOrganization(db)];
    const trouble = { code: "wrong_key", detail: "InvalidAccessKeyId", since: Date.now() - 3_600_000, count: 3 };
    await mintConnector(db, organization.id, { name: "Exchange of Bea", trouble });
    await mintConnector(db, organization.id, { name: "Exchange that is read" });
    const letter = (await letterTo(organization, "en")).replaceAll(/\s+/g, " ");
    expect(letter).toMatch(/The storage Exchange of Bea cannot be read: 3 tries since .*\[wrong_key\]/);
    expect(letter).toContain(explainProblem("wrong_key", "en")!.remedy);
    expect(letter).not.toContain("Exchange that is read");
    const carta = (await letterTo(organization, "es")).replaceAll(/\s+/g, " ");
    expect(carta).toContain("No se puede leer el almacenamiento Exchange of Bea: 3 intentos desde ");
    expect(carta).toContain(explainProblem("wrong_key", "es")!.remedy);
    expect(await letterTo(other, "en")).not.toContain("Exchange");
  });
});
