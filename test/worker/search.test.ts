import { env } from "cloudflare:workers";
import { eq, inArray } from "drizzle-orm";
import { describe, it, vi } from "vitest";
import { callIdOf } from "../../src/calls";
import { calls, searchMarks } from "../../src/db/schema";
import { valueList } from "../../src/db/value-list";
import { FULL_REACH, reachOfCampaign, type Reach } from "../../src/identity";
import { consume, jobDeps } from "../../src/jobs";
import { workOnJob } from "../../src/bulk";
import { ok } from "../../src/lib/result";
import { DAY } from "../../src/lib/time";
import { PLATFORMS } from "../../src/platforms";
import {
  addMarks,
  findCalls,
  indexCalls,
  keepSearch,
  readSearchState,
  removeFromSearch,
  rowOf,
  startRebuild,
  sweepSearch,
  type CallSearch,
  type FoundCalls,
} from "../../src/search";
import { firstRowAt } from "../../src/search/row";
import { newRun } from "../../src/analysis/engine-run";
import {
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintSource,
  NOON,
} from "../factories";
import { apiClient, db } from "./api/client";
import { ingestMessage } from "./ingest-message";
import { newPipeline, QUEUES } from "./pipeline";
import { MOST_TRIPS, visit } from "./visiting";

const search = env.SEARCH;
const deps = { db, search, random: () => 0.5, now: () => NOON };

type Filter = CallSearch["filter"];
type Said = { text: string; speaker?: "bot" | "human" };

function conversationOf(...said: Said[]) {
  const timeline = said.map(({ text, speaker = "human" }, at) => ({
    at: NOON + at,
    kind: "message" as const,
    speaker,
    text,
  }));
  return { agentId: null, summary: null, transcript: null, timeline, actionResults: [] };
}

async function idsOf(organizationId: string, filter: Filter, more: Partial<CallSearch> = {}): Promise<string[]> {
  const found = await findCalls(deps, { organizationId, reach: FULL_REACH, filter, limit: 50, ...more });
  if (!found.ok) throw new Error("search is not set up");
  return found.value.calls.map(({ id }) => id);
}

/** Calls of an organization that is searched, the first the newest. */
async function mintSearched(...overrides: Partial<typeof calls.$inferInsert>[]) {
  const organization = await mintOrganization(db);
  const made = [];
  for (const [at, one] of overrides.entries())
    made.push(await mintCall(db, organization.id, { startedAt: NOON - at * 1000, ...one }));
  await keepSearch(
    deps,
    made.map(({ id }) => id),
  );
  return { ...organization, calls: made, ids: made.map(({ id }) => id) };
}

async function marksOf(ids: readonly string[]) {
  const marks = await db
    .select()
    .from(searchMarks)
    .where(inArray(searchMarks.callId, valueList(ids)));
  return marks.map(({ callId }) => callId);
}

function batchOf(body: unknown): MessageBatch {
  const message = { id: "m", timestamp: new Date(), body, attempts: 1, ack: () => {}, retry: () => {} };
  return { queue: QUEUES.events, messages: [message] } as unknown as MessageBatch;
}

describe("calls are found", () => {
  it("by what is said, whoever says it, with and without accents, by phrases and beginnings", async ({ expect }) => {
    const first = { text: "Quiero la devolución del dinero." };
    const { id, ids } = await mintSearched(
      { conversation: conversationOf(first, { text: "Su número de cuenta", speaker: "bot" }) },
      { conversation: { ...conversationOf(), transcript: "La cuenta, sin número. DEVOLUCIONES no." } },
      { conversation: { ...conversationOf(), summary: "The caller asked for a refund" } },
    );
    expect(await idsOf(id, { text: "devolucion" })).toEqual([ids[0], ids[1]]);
    expect(await idsOf(id, { text: "Devolución dinero" })).toEqual([ids[0]]);
    expect(await idsOf(id, { text: "cuenta numero" })).toEqual([ids[0], ids[1]]);
    expect(await idsOf(id, { text: '"numero de cuenta"' })).toEqual([ids[0]]);
    expect(await idsOf(id, { text: "refun" })).toEqual([ids[2]]);
    expect(await idsOf(id, { text: '"refun"' })).toEqual([]);
    expect(await idsOf(id, { text: "no such words" })).toEqual([]);
  });

  it("by numbers as they end, operators, tags, state and time", async ({ expect }) => {
    const [first, second] = [
      { fromRaw: "(011) 4778-1234", fromE164: "+541147781234" },
      { toRaw: "sip:desk@acme.example" },
    ];
    const { id, ids } = await mintSearched(
      { ...first, operatorName: "Lucía Fernández", tags: ["needs care", "vip"] },
      { ...second, fromRaw: null, fromE164: null, state: "failed", terminal: "failed" },
      { fromRaw: "5551234", fromE164: null, direction: "outbound", tags: ["care"] },
    );
    expect(await idsOf(id, { text: "4778-1234" })).toEqual([ids[0]]);
    expect(await idsOf(id, { text: "+54 11 4778 1234" })).toEqual([ids[0]]);
    expect(await idsOf(id, { text: "1234" })).toEqual([ids[0], ids[2]]);
    expect(await idsOf(id, { text: "desk@acme" })).toEqual([ids[1]]);
    expect(await idsOf(id, { text: "lucia fern" })).toEqual([ids[0]]);
    expect(await idsOf(id, { text: "lucia 1234" })).toEqual([ids[0]]);
    expect(await idsOf(id, { tag: "care" })).toEqual([ids[2]]);
    expect(await idsOf(id, { text: "care" })).toEqual([ids[0], ids[2]]);
    expect(await idsOf(id, { state: "failed" })).toEqual([ids[1]]);
    expect(await idsOf(id, { direction: "outbound" })).toEqual([ids[2]]);
    expect(await idsOf(id, {}, { from: NOON - 1000, to: NOON })).toEqual([ids[1]]);
  });

  it("by their risk and by scores of any channel, as the analyses of the call give them", async ({ expect }) => {
    const organization = await mintSearched({}, {}, { riskScore: 40 }, {});
    const { id, key, calls: made, ids } = organization;
    const setOf = (...channels: Record<string, number | null>[]) => [
      {
        engine: "platform",
        version: "5.2",
        at: NOON,
        reason: null,
        indicator: false,
        channels: channels.map((scores, channel) => ({
          channel,
          talkSeconds: null,
          scores: Object.entries(scores).map(([name, value]) => ({ name, value })),
        })),
      },
    ];
    const claim = { engine: "platform", version: null, at: NOON, level: "high" as const, evidence: [] };
    const scored = [
      { scores: setOf({ Stress: 21, Calm: 3.5 }, { stress: 4 }) },
      { scores: setOf({ Stress: 20.9 }), risk: { claims: [{ ...claim, score: 93 }], reviews: [] } },
      { scores: setOf({ Stress: null }) },
    ];
    for (const [at, one] of scored.entries()) {
      const recording = await mintRecording(db, made[at]!);
      await mintAnalysis(db, made[at]!, recording.id, one);
    }
    await keepSearch(jobDeps(env).index, ids);
    const found = async (query: string) => {
      const { status, body } = await apiClient().get(`/v1/search?${query}`, { key });
      expect([query, status]).toEqual([query, 200]);
      return body.data.map((one: { id: string }) => ids.indexOf(one.id));
    };
    expect(await found("risk_min=40")).toEqual([1, 2]);
    expect(await found("risk_min=41&risk_max=93")).toEqual([1]);
    expect(await found("risk_max=92")).toEqual([2]);
    expect(await found(`score=${encodeURIComponent("Stress>=21")}`)).toEqual([0]);
    expect(await found(`score=${encodeURIComponent("STRESS >= 20.9")}`)).toEqual([0, 1]);
    expect(await found(`score=${encodeURIComponent("Stress<5")}`)).toEqual([0]);
    expect(await found(`score=Calm%3E%3D3.5&score=Stress%3E%3D21&risk_max=100`)).toEqual([]);
    expect(await found(`score=Calm%3E%3D3.5&score=Stress%3E%3D21`)).toEqual([0]);
    expect(await found(`score=Engaged%3E%3D0`)).toEqual([]);
    for (const wrong of ["score=Stress", "score=Stress%3E%3Dmuch", "score=%3E%3D3", "risk_min=101", "risk_max=-1"])
      expect([wrong, (await apiClient().get(`/v1/search?${wrong}`, { key })).status]).toEqual([wrong, 422]);
    expect(await idsOf(id, { risk: { from: 60, below: 60 } })).toEqual([]);

    // The same in the dashboard, and for many calls at once.
    const { page } = visit(organization);
    const listed = async (query: string) => {
      const { text, trips } = await page(`/dashboard/calls?${query}`);
      expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
      return ids.flatMap((one, at) => (text.includes(`/dashboard/calls/${one}"`) ? [at] : []));
    };
    expect(await listed("risk=critical")).toEqual([1]);
    expect(await listed("score=stress&least=20%2C9")).toEqual([0, 1]);
    expect(await listed("score=Stress&least=20.9&below=21")).toEqual([1]);
    expect(await listed("score=Stress&below=5&unassigned=yes")).toEqual([]);
    // What bounds what is not said.
    expect(await listed("least=20")).toEqual([0, 1, 2, 3]);
    expect(await listed("score=Stress&least=much")).toEqual([0, 1]);
    const { text } = await page("/dashboard/calls?score=Stress&least=20.9&below=21");
    expect(text).toContain("Stress ≥ 20.9 &lt; 21");
    expect(text).toContain("/dashboard/calls/bulk?score=Stress&amp;least=20.9&amp;below=21");
    expect((await page("/dashboard/calls/bulk?score=Stress&least=20.9")).text).toContain("Change 2 calls");
    const body = { action: "tag", tags: ["x"], dry_run: true };
    const counted = async (filter: object) =>
      (await apiClient().post("/v1/bulk", { key, body: { ...body, filter } })).body.matched;
    expect(await counted({ risk_min: 40, score: ["Stress>=20"] })).toBe(1);
    expect(await counted({ risk_max: 92 })).toBe(1);
    for (const filter of [{ q: "x", search: "123" }, { risk_min: 1, number: "1" }, { score: ["Stress"] }])
      expect((await apiClient().post("/v1/bulk", { key, body: { ...body, filter } })).status).toBe(422);
  });

  it("and all of them are changed, those of a page and those behind it", async ({ expect }) => {
    const said = { conversation: conversationOf({ text: "a zeppelin" }) };
    const organization = await mintSearched(...Array.from({ length: 130 }, () => said), {});
    await startAndFinishBuild();
    const { key, ids } = organization;
    const api = apiClient();
    const body = { action: "tag", tags: ["seen"], filter: { q: "zepp" } };
    const begun = await api.post("/v1/bulk", { key, body });
    expect(begun.status).toBe(202);
    for (let message = api.recorded.jobs.shift(); message; message = api.recorded.jobs.shift())
      await workOnJob({ ...api.deps, now: () => NOON }, message);
    const job = await api.get(`/v1/jobs/${begun.body.id}`, { key });
    expect(job.body).toMatchObject({ state: "completed", done: 130, changed: 130 });
    const tagged = await db.select().from(calls).where(eq(calls.organizationId, organization.id));
    expect(tagged.filter(({ tags }) => tags.length > 0)).toHaveLength(130);
    expect(tagged.find(({ id }) => id === ids.at(-1))?.tags).toEqual([]);
  });

  it("page by page, the newest first", async ({ expect }) => {
    const { key, ids } = await mintSearched(...Array.from({ length: 5 }, () => ({ tags: ["vip"] })));
    const api = apiClient();
    await startAndFinishBuild();
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const at: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { status, body } = await api.get(`/v1/search?q=vip&limit=2${at}`, { key });
      expect([status, body.complete]).toEqual([200, true]);
      seen.push(...body.data.map((one: { id: string }) => one.id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(ids);
  });

  it("whatever is typed, as words and nothing else", async ({ expect }) => {
    const { id, key, ids } = await mintSearched({ tags: ["near"] });
    const other = await mintSearched({ tags: ["secret"] });
    const texts = [
      `" OR scope : "${other.id.replace("_", "")}`,
      other.id.replace("_", ""),
      `secret") OR ("near`,
      "scope : org*",
      "near OR secret",
      "-near",
      "* NEAR( ^ { } : + \u0000 '",
      '"'.repeat(9),
      "👩‍👩‍👧 🙂",
      "ñ".repeat(300),
      "a ".repeat(150),
    ];
    for (const text of texts) {
      const answer = await apiClient().get(`/v1/search?q=${encodeURIComponent(text)}`, { key });
      const found = answer.status === 200 ? answer.body.data.map((one: { id: string }) => one.id) : [];
      expect([text, answer.status < 500, found.filter((one: string) => !ids.includes(one))]).toEqual([text, true, []]);
    }
    expect(await idsOf(id, { text: "near" })).toEqual(ids);
  });
});

describe("the dashboard", () => {
  it("finds what is looked for by the index, in the list, page by page, and in the file", async ({ expect }) => {
    const organization = await mintSearched(...Array.from({ length: 60 }, () => ({ tags: ["zeppelin"] })), {});
    await startAndFinishBuild();
    const { page } = visit(organization);
    const shown = async (path: string) => {
      const { text } = await page(path);
      return { text, ids: organization.ids.filter((id) => text.includes(`/dashboard/calls/${id}"`)) };
    };
    const first = await shown("/dashboard/calls?q=zepp");
    expect(first.ids).toEqual(organization.ids.slice(0, 50));
    const next = /href="(\/dashboard\/calls\?q=zepp&(?:amp;)?after=[^"]+)"/.exec(first.text)?.[1] ?? "";
    expect((await shown(next.replaceAll("&amp;", "&"))).ids).toEqual(organization.ids.slice(50, 60));
    const { text } = await page("/dashboard/calls.csv?q=zeppelin");
    expect(organization.ids.filter((id) => text.includes(id))).toEqual(organization.ids.slice(0, 60));
  });

  it("shows what was said, opens there, and finds no other source's or unflagged calls", async ({ expect }) => {
    const said = conversationOf(
      { text: "Good morning" },
      { text: "My <b>Zeppelín</b> is late" },
      { text: "A zeppelin again" },
    );
    const organization = await mintSearched(
      { conversation: said, sourceId: "src_one" },
      ...Array.from({ length: 60 }, () => ({ tags: ["zeppelin"], sourceId: "src_two" })),
      { sourceId: "src_one" },
      { tags: ["zeppelin"], sourceId: "src_one" },
    );
    await startAndFinishBuild();
    const [first, , heard] = organization.calls;
    const run = { ...newRun("local", 0, NOON), version: "1", state: "completed" as const, completedAt: NOON };
    const words = (["is", "the", "zeppelin", "there"] as const).map((word, at) => [
      word,
      95_000 + at,
      95_001 + at,
      null,
    ]);
    const segments = [{ channel: 0, start: 95_000, end: 95_004, words }];
    const findings = { kind: "transcript", language: "en", channels: [], segments, gaps: [] };
    await mintAnalysis(db, heard!, "rec_1", { engines: [{ ...run, findings }], state: "failed", reason: "no_audio" });
    const { page } = visit(organization);
    const shown = async (query: string) => {
      const { text, trips } = await page(`/dashboard/calls?q=zeppelin${query}`);
      expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
      return { text, ids: organization.ids.filter((id) => text.includes(`/dashboard/calls/${id}`)) };
    };
    const list = await shown("");
    expect(list.text).toContain("My &lt;b&gt;<mark>Zeppelín</mark>&lt;/b&gt; is late");
    expect(list.text.split(`href="/dashboard/calls/${first!.id}?t=0"`)).toHaveLength(4);
    expect(list.text).toContain("is the <mark>zeppelin</mark> there");
    expect(list.text).toContain(`href="/dashboard/calls/${heard!.id}?t=95"`);
    expect(list.text.match(/"row-below"/g)).toHaveLength(2);
    // The index knows no sources: a page of it may be short, even empty, and another follows.
    const page1 = await shown("&source=src_one");
    expect(page1.ids).toEqual([first!.id]);
    const next = /href="(\/dashboard\/calls\?[^"]*after=[^"]+)"/.exec(page1.text)?.[1] ?? "";
    const rest = (await page(next.replaceAll("&amp;", "&"))).text;
    expect(organization.ids.filter((id) => rest.includes(`/dashboard/calls/${id}`))).toEqual([organization.ids.at(-1)]);
    expect((await shown("&flag=no_analysis")).ids).toEqual([heard!.id]);
    expect((await shown("&flag=no_recording")).ids).toEqual([]);
  });
});

describe("a platform's own id", () => {
  it("finds its call in the list, in the file and for bulk work, among what else has such words", async ({
    expect,
  }) => {
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id);
    const key = { organizationId: organization.id, sourceId: source.id };
    const idOf = (externalId: string) => callIdOf({ ...key, externalId });
    const uuid = "CA4f9b2a-77d1_zeppelin";
    const pasted = await mintCall(db, organization.id, {
      id: await idOf(uuid),
      sourceId: source.id,
      externalId: uuid,
      startedAt: NOON - 30_000,
    });
    const short = await mintCall(db, organization.id, {
      id: await idOf("4411"),
      sourceId: source.id,
      externalId: "4411",
      startedAt: NOON - 25_000,
    });
    const others = [];
    for (let at = 0; at < 55; at += 1)
      others.push(await mintCall(db, organization.id, { startedAt: NOON - at * 1000, fromRaw: "+5491155554411" }));
    await keepSearch(
      deps,
      [pasted, short, ...others].map(({ id }) => id),
    );
    await startAndFinishBuild();
    const { page } = visit(organization);
    const shown = async (path: string) => {
      const { text, trips } = await page(path);
      expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
      const ids = [...text.matchAll(/data-href="\/dashboard\/calls\/(call_\w+)/g)].map(([, id]) => id);
      return { text, ids };
    };
    expect((await shown(`/dashboard/calls?q=${uuid}`)).ids).toEqual([pasted.id]);
    expect((await shown(`/dashboard/calls?q=${uuid}&direction=outbound`)).ids).toEqual([]);
    expect((await page(`/dashboard/calls.csv?q=${uuid}`)).text).toContain(pasted.id);
    // A number that is also an id: each call once, in its place, over the pages.
    const first = await shown("/dashboard/calls?q=4411");
    const next = /href="(\/dashboard\/calls\?[^"]*after=[^"]+)"/.exec(first.text)?.[1] ?? "";
    const rest = await shown(next.replaceAll("&amp;", "&"));
    expect(first.ids).toHaveLength(50);
    expect(rest.ids).toHaveLength(6);
    expect(new Set([...first.ids, ...rest.ids])).toEqual(new Set([short, ...others].map(({ id }) => id)));
    expect(first.ids).toContain(short.id);
    // Of another organization, or beyond reach, it is not there.
    expect((await visit(await mintOrganization(db)).page(`/dashboard/calls?q=${uuid}`)).text).not.toContain(pasted.id);
    const reach: Reach = { ...FULL_REACH, campaigns: ["cmp_none"] };
    expect((await visit(organization, { reach }).page(`/dashboard/calls?q=${uuid}`)).text).not.toContain(pasted.id);
  });
});

describe("rights", () => {
  it("are part of the search: nothing beyond reach is found, and pages are full", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const [campaign, operator] = [await mintCampaign(db, id), await mintOperator(db, id)];
    const made = [];
    for (let at = 0; at < 6; at += 1) {
      const place = [{ campaignId: campaign.id }, { operatorId: operator.id }, {}][at % 3];
      made.push(await mintCall(db, id, { startedAt: NOON - at * 1000, tags: ["vip"], ...place }));
    }
    const foreign = await mintSearched({ tags: ["vip"] });
    const ids = made.map((call) => call.id);
    await keepSearch(deps, ids);
    const within = (reach: Reach, more: Partial<CallSearch> = {}) => idsOf(id, { text: "vip" }, { reach, ...more });
    expect(await within(FULL_REACH)).toEqual(ids);
    expect(await within(reachOfCampaign(campaign.id))).toEqual([ids[0], ids[3]]);
    expect(await within(reachOfCampaign(campaign.id), { limit: 1 })).toEqual([ids[0]]);
    expect(await within({ campaigns: null, operators: [operator.id] })).toEqual([ids[1], ids[4]]);
    expect(await within({ campaigns: [campaign.id], operators: [operator.id] })).toEqual([]);
    expect(await within({ campaigns: [], operators: null })).toEqual([]);
    const many = Array.from({ length: 400 }, (_, at) => `opr_${at}`);
    expect(await within({ campaigns: null, operators: [...many, operator.id] })).toEqual([ids[1], ids[4]]);
    const beyond = { reach: reachOfCampaign(campaign.id) };
    expect(await idsOf(id, { text: "vip", operatorId: operator.id }, beyond)).toEqual([]);
    expect(await idsOf(id, { text: "vip", campaignId: "cmp_x" }, beyond)).toEqual([]);
    expect(await idsOf(foreign.id, { text: "vip" })).toEqual(foreign.ids);
  });

  it("are those of now, also where the index is a moment behind", async ({ expect }) => {
    const { id, ids } = await mintSearched({ campaignId: "cmp_one" });
    await db.update(calls).set({ campaignId: "cmp_two" }).where(eq(calls.id, ids[0]!));
    expect(await idsOf(id, {}, { reach: reachOfCampaign("cmp_one") })).toEqual([]);
    await keepSearch(deps, ids);
    expect(await idsOf(id, {}, { reach: reachOfCampaign("cmp_two") })).toEqual(ids);
  });
});

describe("the index", () => {
  it("has a change after the message that the batch which hands it on sends", async ({ expect }) => {
    const { id, key, ids } = await mintSearched({});
    await apiClient().post(`/v1/calls/${ids[0]}/tags`, { key, body: { tags: ["later"] } });
    const sent: { body: unknown; delaySeconds?: number }[] = [];
    const queue = { sendBatch: async (messages: typeof sent) => void sent.push(...messages) } as unknown as Queue;
    for (const INBOX of ["queue", "table"] as const) {
      const line = jobDeps({ ...env, INBOX, EVENTS_QUEUE: queue } as Env);
      await consume(batchOf({ organizationId: id, stream: ids[0] }), line);
      const body = { kind: "search", callIds: ids };
      expect(sent).toEqual([{ body, contentType: "v8", delaySeconds: 3 }]);
      // A queue that forgets with its process is not all there is of it.
      expect(await marksOf(ids)).toEqual(INBOX === "table" ? ids : []);
      await consume(batchOf(sent.pop()?.body), line);
      expect(await idsOf(id, { text: "later" })).toEqual(ids);
      expect(await marksOf(ids)).toEqual([]);
    }
    expect(sent).toEqual([]);
  });

  it("has the calls of notices soon after them", async ({ expect }) => {
    const { id: organizationId } = await mintOrganization(db);
    const source = await mintSource(db, organizationId, { kind: "audian" });
    const line = newPipeline();
    vi.spyOn(PLATFORMS.audian, "read").mockImplementation(async () =>
      ok({
        kind: "calls",
        facts: [{ externalId: "c-1", outcome: "completed", recordings: [], from: "+15550004242" }],
      }),
    );
    await line.deliver(QUEUES.ingest, [
      ingestMessage({ organizationId, sourceId: source.id, sourceKind: "audian", body: new Uint8Array([1]) }),
    ]);
    const [message] = line.indexed.splice(0);
    expect(message?.delaySeconds).toBeLessThan(10);
    await line.deliver(QUEUES.events, [message?.body]);
    expect(await idsOf(organizationId, { text: "4242" })).toHaveLength(1);
  });

  it("that is away costs nothing but time: the sweep does what failed", async ({ expect }) => {
    const { id, ids } = await mintSearched({});
    await db
      .update(calls)
      .set({ tags: ["patient"], version: 2 })
      .where(eq(calls.id, ids[0]!));
    const batch = async () => Promise.reject(new Error("search is away"));
    const away = { prepare: (text: string) => search.prepare(text), batch } as unknown as D1Database;
    await keepSearch({ ...deps, search: away }, ids);
    expect(await marksOf(ids)).toEqual(ids);
    await sweepSearch(deps);
    expect(await idsOf(id, { text: "patient" })).toEqual(ids);
    expect(await marksOf(ids)).toEqual([]);
  });

  it("keeps the mark of a call that changes while it is indexed", async ({ expect }) => {
    const { id, ids } = await mintSearched({ version: 1 });
    const change = (tag: string, version: number) =>
      db
        .update(calls)
        .set({ tags: [tag], version })
        .where(eq(calls.id, ids[0]!));
    await change("first", 2);
    let changed = false;
    const foundBy = async () => {
      if (!changed) await change("second", 3);
      changed = true;
      return { spoken: [], scores: [], topics: [] };
    };
    await addMarks(db, ids);
    await sweepSearch({ ...deps, foundBy });
    expect([await idsOf(id, { text: "first" }), await idsOf(id, { text: "second" })]).toEqual([ids, []]);
    expect(await marksOf(ids)).toEqual(ids);
    await sweepSearch(deps);
    expect([await idsOf(id, { text: "first" }), await idsOf(id, { text: "second" })]).toEqual([[], ids]);
  });

  it("takes more calls than one page, in pages of bounded text", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const long = { ...conversationOf(), transcript: "palabra ".repeat(60_000) };
    const large = Array.from({ length: 24 }, () => ({ conversation: long }));
    const made: string[] = [];
    for (const [at, one] of [...large, ...Array.from({ length: 100 }, () => ({}))].entries())
      made.push((await mintCall(db, id, { startedAt: NOON - at * 1000, ...one })).id);
    await keepSearch(deps, made);
    expect(await idsOf(id, {}, { limit: 200 })).toEqual(made);
    await search.batch([search.prepare("DELETE FROM search_rows"), search.prepare("DELETE FROM search_calls")]);
    await addMarks(db, made);
    await sweepSearch(deps);
    expect(await idsOf(id, {}, { limit: 200 })).toEqual(made);
    expect(await marksOf(made)).toEqual([]);
  });

  it("has text of our own by call and speaker, beside that of the platform", async ({ expect }) => {
    const { id, ids } = await mintSearched({ conversation: conversationOf({ text: "platform words" }) });
    const [made] = await db.select().from(calls).where(eq(calls.id, ids[0]!));
    const spoken = [{ callId: ids[0]!, speaker: "operator", text: "words of ours" }];
    await indexCalls({ ...deps, foundBy: async () => ({ spoken, scores: [], topics: [] }) }, [
      { callId: ids[0]!, call: made!, stamp: 2_000 },
    ]);
    expect(await idsOf(id, { text: "ours" })).toEqual(ids);
    expect(await idsOf(id, { text: "platform" })).toEqual(ids);
  });

  it("keeps the later state, however late an earlier one is written", async ({ expect }) => {
    const { id, ids } = await mintSearched({ tags: ["old"], version: 2 });
    await db
      .update(calls)
      .set({ tags: ["new"], version: 3 })
      .where(eq(calls.id, ids[0]!));
    await keepSearch(deps, ids);
    await db
      .update(calls)
      .set({ tags: ["old"], version: 2 })
      .where(eq(calls.id, ids[0]!));
    await keepSearch(deps, ids);
    expect([await idsOf(id, { text: "old" }), await idsOf(id, { text: "new" })]).toEqual([[], ids]);
  });

  it("has a place for each of the calls of one millisecond, also when one moves", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const byRow = new Map<number, string>();
    let pair: string[] = [];
    while (pair.length === 0) {
      const call = await mintCall(db, id);
      const row = rowOf(NOON, call.id);
      const other = byRow.get(row);
      if (other !== undefined) pair = [other, call.id];
      byRow.set(row, call.id);
    }
    await keepSearch(deps, [...byRow.values(), ...pair]);
    const found = await idsOf(id, {}, { limit: 5000 });
    expect(found.length).toBe(new Set(found).size);
    expect(found).toEqual(expect.arrayContaining(pair));
    await db
      .update(calls)
      .set({ startedAt: NOON - 60_000, version: 2 })
      .where(eq(calls.id, pair[0]!));
    await keepSearch(deps, pair);
    expect((await idsOf(id, {}, { limit: 5000 })).at(-1)).toBe(pair[0]);
    expect((await idsOf(id, {}, { limit: 5000 })).length).toBe(found.length);
  });

  it("takes few steps also where every place of a millisecond is taken, and shows such calls once and in their time", async ({
    expect,
  }) => {
    const moment = NOON - DAY;
    const { id } = await mintOrganization(db);
    const first = firstRowAt(moment);
    await search
      .prepare(
        `WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < 2047)
          INSERT INTO search_rows (row, call_id, stamp) SELECT ? + n, 'call_crowd_' || n, 1 FROM counted`,
      )
      .bind(first)
      .run();
    const made: string[] = [];
    while (made.length < 25) made.push((await mintCall(db, id, { startedAt: moment })).id);
    let batches = 0;
    const counting = new Proxy(search, {
      get(target, member) {
        if (member === "batch") batches += 1;
        const value: unknown = Reflect.get(target, member);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    await keepSearch({ ...deps, search: counting }, made);
    expect(batches).toBeLessThanOrEqual(4);
    const after = await mintCall(db, id, { startedAt: moment + 1 });
    const before = await mintCall(db, id, { startedAt: moment - 1 });
    await keepSearch(deps, [after.id, before.id]);

    const paged = async (positionOf: (page: FoundCalls) => CallSearch["after"]) => {
      const seen: string[] = [];
      let position: CallSearch["after"];
      for (let page = 0; page < 10; page += 1) {
        const query = { organizationId: id, reach: FULL_REACH, filter: {}, limit: 10, after: position };
        const found = await findCalls(deps, query);
        if (!found.ok) throw new Error("search is not set up");
        seen.push(...found.value.calls.map((call) => call.id));
        if (found.value.next === null) break;
        position = positionOf(found.value);
      }
      return seen;
    };
    for (const seen of [await paged(({ next }) => next!), await paged(({ calls: rows }) => rows.at(-1)!)])
      expect(seen.toSorted()).toEqual([...made, after.id, before.id].toSorted());
    const exact = await idsOf(id, {}, { from: moment, to: moment + 1 });
    expect(exact.toSorted()).toEqual(made.toSorted());
  });

  it("loses a call that is deleted, and one that is taken out", async ({ expect }) => {
    const { id, ids } = await mintSearched({}, {});
    await db.delete(calls).where(eq(calls.id, ids[0]!));
    expect(await marksOf(ids)).toEqual([ids[0]]);
    await sweepSearch(deps);
    await removeFromSearch(search, [ids[1]!]);
    expect(await idsOf(id, {})).toEqual([]);
    const left = await search
      .prepare("SELECT count(*) AS n FROM search_rows WHERE call_id IN (?, ?)")
      .bind(...ids)
      .first();
    expect(left).toEqual({ n: 0 });
  });

  it("is built anew from all calls", async ({ expect }) => {
    const { id, ids } = await mintSearched({}, {});
    await startRebuild(deps);
    const building = await readSearchState(deps);
    expect([building.state, building.indexed]).toEqual(["building", 0]);
    expect(await idsOf(id, {})).toEqual([]);
    while ((await readSearchState(deps)).state !== "ready" || (await readSearchState(deps)).waiting > 0)
      await sweepSearch(deps);
    expect(await idsOf(id, {})).toEqual(ids);
  });

  it("that is not there, or has no tables, is named, and hinders nothing", async ({ expect }) => {
    const { key, id } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const bare = { ...env, SEARCH: undefined } as unknown as Env;
    for (const none of [null, env.DB]) {
      const answer = await apiClient({ search: none }).get("/v1/search?q=vip", { key });
      expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("Search is not set up")]);
      await keepSearch({ ...deps, search: none }, ["call_x"]);
      expect((await readSearchState({ db, search: none })).state).toBe("missing");
      expect((await startRebuild({ db, search: none })).ok).toBe(false);
    }
    const body = { kind: "search", callIds: [call.id] };
    const message = { id: "m", timestamp: new Date(), body, attempts: 1 };
    const acked: string[] = [];
    const batch = {
      queue: "trunkline-events",
      messages: [{ ...message, ack: () => acked.push("m"), retry: () => {} }],
    };
    await consume(batch as unknown as MessageBatch, jobDeps(bare));
    expect(acked).toEqual(["m"]);
    await keepSearch(deps, [call.id]);
    expect((await idsOf(id, {})).length).toBe(1);
  });

  it("reads a bounded number of rows among a hundred thousand calls", { timeout: 300_000 }, async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const scope = id.replace("_", "");
    const first = rowOf(NOON, "") + 5_000_000;
    await search.batch([
      search
        .prepare(
          `WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < 99999)
            INSERT INTO search_rows (row, call_id, stamp) SELECT ? + n, 'call_many_' || n, 1 FROM counted`,
        )
        .bind(first),
      search
        .prepare(
          `INSERT INTO search_calls (rowid, scope, number, operator, tags, words)
            SELECT row, ? || ' campaign' || (row % 20), '', '', '',
              'hello common words' || iif(row % 10000 = 0, ' rare', '') FROM search_rows WHERE row >= ?`,
        )
        .bind(scope, first),
    ]);
    let read = 0;
    const counting = new Proxy(search, {
      get(target, member) {
        if (member !== "batch") return Reflect.get(target, member).bind(target) as unknown;
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          read += results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
          return results;
        };
      },
    });
    const rowsRead = async (filter: Filter, reach: Reach = FULL_REACH) => {
      read = 0;
      await findCalls({ db, search: counting }, { organizationId: id, reach, filter, limit: 50 });
      return read;
    };
    const figures = {
      common: await rowsRead({ text: "hello" }),
      rare: await rowsRead({ text: "rare" }),
      both: await rowsRead({ text: "hello rare" }),
      campaign: await rowsRead({ text: "hello" }, { campaigns: ["campaign7"], operators: null }),
      none: await rowsRead({ text: "nothing" }),
    };
    console.log(JSON.stringify(figures));
    for (const [name, figure] of Object.entries(figures)) expect([name, figure <= 400]).toEqual([name, true]);
  });
});

async function startAndFinishBuild() {
  while ((await readSearchState(deps)).state !== "ready") await sweepSearch(deps);
}
