import { env } from "cloudflare:workers";
import { and, eq, ne } from "drizzle-orm";
import { describe, it } from "vitest";
import { analysisIdOf, recordingIdOf } from "../../src/calls";
import * as schema from "../../src/db/schema";
import { endpointConfigOf, endpointObjects, eventStreams, objectName } from "../../src/delivery";
import { EXPIRED_DATA, spillPrefix, sweepSpills } from "../../src/events";
import { FULL_REACH } from "../../src/identity";
import { within } from "../../src/lib/deadline";
import { newId } from "../../src/lib/id";
import {
  CLOCKS,
  countExpiring,
  followClocks,
  nextNight,
  setRetention,
  startPasses,
  type Clock,
  type Clocks,
} from "../../src/privacy";
import { countDays } from "../../src/usage";
import {
  ACT_AT_NOON,
  mintAlert,
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintEvent,
  mintHold,
  mintInbound,
  mintOrganization,
  mintRecording,
  NOON,
  openDatabase,
} from "../factories";
import { counting } from "./counting";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const DAY = 86_400_000;
const HOUR = 3_600_000;

const { calls, recordings, analyses, events, inbound, erasedCalls, retentionPasses } = schema;

/** A keeper with a clock of its own. `fail`: throws at that use of the bucket's `delete`, as where a Worker is killed. */
function keeper() {
  let clock = NOON;
  let fail = 0;
  const dying = new Proxy(bucket, {
    get(target, name) {
      if (name !== "delete") {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      }
      return async (keys: string[]) => {
        fail -= 1;
        if (fail === 0) throw new Error("killed");
        await target.delete(keys);
      };
    },
  });
  const deps = {
    db,
    bucket: dying,
    search: env.SEARCH,
    endpointObjects: endpointObjects(env.ENDPOINTS),
    eventStreams: eventStreams(env.STREAMS, within),
    now: () => clock,
  };
  return {
    deps,
    /** The nights until then: every pass that is due is followed to its end. */
    async until(moment: number) {
      clock = moment;
      for (let turn = 0; turn < 40; turn += 1) if ((await followClocks(deps, FAR)) === 0) return;
      throw new Error("it does not come to an end");
    },
    at: (moment: number) => void (clock = moment),
    failAt: (use: number) => void (fail = use),
  };
}

const MINUTE = 60_000;
/** More than a night's work takes, and about what one step does. */
const FAR = { statements: 3_000, requests: 100_000, time: MINUTE };
const FEW = { statements: 12, requests: 100_000, time: MINUTE };

const isThere = (value: unknown) => value !== null && value !== undefined;

const KINDS = CLOCKS.filter((clock) => clock !== "metadata");

/** A call with something of each kind, which began a while before noon. */
async function mintWhole(
  organizationId: string,
  { campaignId, age, told = age }: { campaignId: string | null; age: number; told?: number },
) {
  const startedAt = NOON - age;
  const conversation = { agentId: null, summary: "said", transcript: "said", timeline: [], actionResults: [] };
  const call = await mintCall(db, organizationId, {
    campaignId,
    startedAt,
    createdAt: NOON - told,
    conversation,
    talkStrip: "strip",
    riskScore: 71,
    externalId: newId("ext", NOON),
  });
  const recordingId = await recordingIdOf(call.id, "one");
  const key = `recordings/${organizationId}/${recordingId}/att_1`;
  const waveform = `waveforms/${organizationId}/${recordingId}/att_1`;
  await mintRecording(db, call, { id: recordingId, key, size: 5, url: "https://pbx.example/1.mp3" });
  const analysisId = analysisIdOf(recordingId, "acoustic");
  const [findingsKey, wordsKey, scoresKey] = [
    `analysis/${analysisId}/att_1`,
    `transcripts/${analysisId}/att_1`,
    `transcripts/${analysisId}/att_2`,
  ];
  const score = { name: "Stress", value: 40, why: "They sighed.", quote: { text: "said", start: 0, end: 1 } };
  const set = {
    engine: "llm",
    version: "1",
    at: NOON,
    reason: null,
    indicator: false,
    channels: [{ channel: 0, talkSeconds: 1, scores: [score] }],
  };
  const { quote: _, why: __, ...bare } = score;
  const inRow = { ...set, channels: [{ channel: 0, talkSeconds: 1, scores: [bare] }] };
  const run = {
    version: "1",
    state: "completed",
    reason: null,
    tries: 1,
    claimsBefore: 0,
    audioMs: null,
    micros: null,
    month: null,
    createdAt: NOON,
    completedAt: NOON,
  };
  await mintAnalysis(db, call, recordingId, {
    id: analysisId,
    findingsKey,
    scores: [inRow],
    risk: {
      claims: [{ engine: "x", version: null, at: NOON, score: 71, level: "high", evidence: ["said"] }],
      reviews: [],
    },
    engines: [
      { ...run, engine: "whisper", kind: "transcript", findings: null, findingsKey: wordsKey },
      { ...run, engine: "llm", kind: "scores", findings: null, findingsKey: scoresKey },
    ],
  });
  const spilled = `${spillPrefix({ id: call.id, organizationId })}evt_2`;
  await mintEvent(db, call, 1, { recordedAt: startedAt, data: JSON.stringify({ call: { id: call.id } }) });
  await mintEvent(db, call, 2, {
    id: `evt_${call.id}`,
    recordedAt: startedAt,
    data: JSON.stringify({ spilled, call: {} }),
  });
  const bodyKey = `inbound/${organizationId}/${newId("inb", NOON)}`;
  const request = { callId: call.id, receivedAt: startedAt };
  const small = await mintInbound(db, organizationId, {
    ...request,
    id: newId("inb", startedAt),
    body: Buffer.from("said"),
  });
  const large = await mintInbound(db, organizationId, { ...request, id: newId("inb", startedAt), body: null, bodyKey });
  for (const one of [key, waveform, findingsKey, wordsKey, spilled, bodyKey]) await bucket.put(one, "x");
  await bucket.put(scoresKey, JSON.stringify(set));
  await db.delete(schema.pendingStreams).where(eq(schema.pendingStreams.stream, call.id));
  const objectsOf: Record<string, string[]> = {
    audio: [key, waveform],
    transcript: [wordsKey],
    findings: [findingsKey],
    inbound: [bodyKey],
    events: [spilled],
  };

  /** The kinds that are still there, each in all of its places; `half` where only a part is. */
  async function left(): Promise<string[]> {
    const [known] = await db.select().from(calls).where(eq(calls.id, call.id));
    const [recording] = await db.select().from(recordings).where(eq(recordings.callId, call.id));
    const [analysis] = await db.select().from(analyses).where(eq(analyses.callId, call.id));
    const recorded = await db.select().from(events).where(eq(events.stream, call.id));
    const logged = await db
      .select()
      .from(inbound)
      .where(and(eq(inbound.organizationId, organizationId), eq(inbound.callId, call.id)));
    const runs = (analysis?.engines ?? []) as { kind: string; findingsKey: string | null }[];
    const quoted = async () => {
      const object = await bucket.get(scoresKey);
      return (
        JSON.stringify(analysis?.scores ?? "").includes("quote") || ((await object?.text()) ?? "").includes("quote")
      );
    };
    const rows: Record<string, boolean[]> = {
      audio: [isThere(recording?.key), isThere(recording?.url), isThere(recording?.size)],
      transcript: [
        isThere(known?.conversation),
        runs.some((one) => one.kind === "transcript" && one.findingsKey !== null),
      ],
      findings: [
        isThere(known?.talkStrip),
        isThere(known?.riskScore),
        isThere(analysis?.findings),
        isThere(analysis?.findingsKey),
        isThere(analysis?.scores),
        isThere(analysis?.risk),
      ],
      inbound: logged.map((one) => one.body !== null || one.bodyKey !== null),
      events: recorded.map(({ data }) => data !== EXPIRED_DATA),
    };
    // Quotes are both: they go with what was said, and with what was found.
    const bothThere = rows["transcript"]![1] && rows["findings"]![4];
    if ((await quoted()) !== bothThere) return ["quotes are wrong"];
    const found: string[] = [];
    for (const kind of KINDS) {
      const stored = await Promise.all(objectsOf[kind]!.map(async (one) => (await bucket.head(one)) !== null));
      const all = [...(rows[kind]!.length > 0 ? rows[kind]! : [false]), ...stored];
      if (all.every(Boolean)) found.push(kind);
      else if (all.some(Boolean)) found.push(`half ${kind}`);
    }
    return known ? [...found, "call"] : found;
  }
  return { call, left, small, large };
}

async function mintKept(clocks: Clocks, own?: Clocks) {
  const { id: organizationId } = await mintOrganization(db);
  const campaign = await mintCampaign(db, organizationId);
  const whole = { organizationId, reach: FULL_REACH };
  const set = await setRetention({ db }, { ...whole, campaignId: null }, clocks, ACT_AT_NOON);
  if (!set.ok) throw new Error(JSON.stringify(set.error));
  if (own) await setRetention({ db }, { ...whole, campaignId: campaign.id }, own, ACT_AT_NOON);
  return { organizationId, campaignId: campaign.id };
}

const ALL = [...KINDS, "call"];
const without = (...kinds: string[]) => ALL.filter((kind) => !kinds.includes(kind));

describe("a retention clock", () => {
  it.for(KINDS.map((clock) => [clock]))(
    "of %s removes that and nothing else, when it has run out and not before",
    async ([clock], { expect }) => {
      const kept = await mintKept({ [clock as Clock]: 40 });
      const old = await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 40 * DAY + HOUR });
      const alone = await mintWhole(kept.organizationId, { campaignId: null, age: 40 * DAY + HOUR });
      // At the first night it is not forty days old; at the second it is.
      const young = await mintWhole(kept.organizationId, {
        campaignId: kept.campaignId,
        age: 39 * DAY + 10 * HOUR - (NOON - (nextNight(NOON) - DAY)),
      });
      const { until } = keeper();
      await startPasses(db, nextNight(NOON));
      // Nothing goes before the night.
      await until(nextNight(NOON) - 1);
      expect(await old.left()).toEqual(ALL);
      await until(nextNight(NOON));
      expect(await old.left()).toEqual(without(clock!));
      expect(await alone.left()).toEqual(without(clock!));
      const isOver = nextNight(NOON) - 40 * DAY > young.call.startedAt;
      expect(await young.left()).toEqual(isOver ? without(clock!) : ALL);
      await until(nextNight(NOON) + DAY);
      expect(await young.left()).toEqual(without(clock!));
      expect(await old.left()).toEqual(without(clock!));
    },
  );

  it("takes quotes from the risk and the alert with what was said, and the rest of the alert's evidence with what was found", async ({
    expect,
  }) => {
    const kept = await mintKept({ transcript: 10, findings: 20 });
    const times = { startedAt: NOON - 11 * DAY, createdAt: NOON - 11 * DAY };
    const rule = { id: "rul_x", name: "Code", version: 1, weight: 70 };
    const phrase = { kind: "phrase", phrase: "the code", speaker: "operator", at: 31 };
    const quote = '"verbatim" the code words';
    const number = { kind: "number", party: "caller", number: "+5411" };
    const fired = [
      { rule, evidence: [{ ...phrase, quote }, number], said: [] },
      { rule: null, evidence: [], said: ["verbatim words too"] },
    ];
    const claim = { version: null, at: NOON, score: 70, level: "high" };
    const risk = {
      claims: [
        { ...claim, engine: "rules", evidence: [`Code (+70): operator said “${quote}” at 0:31`] },
        { ...claim, engine: "platform", evidence: ["verbatim words too"] },
      ],
      reviews: [],
      judged: [{ ...rule, script: null, holds: true, evidence: [{ ...phrase, quote }, number] }],
    };
    // The second is found by what its platform said alone, the third by its alert alone.
    const [whole, ofPlatform, ofAlert] = await Promise.all(
      ["whole", "platform", "alert"].map((externalId) => mintCall(db, kept.organizationId, { ...times, externalId })),
    );
    await mintAnalysis(db, whole!, "rec_whole", { risk });
    await mintAnalysis(db, ofPlatform!, "rec_platform", { risk: { ...risk, claims: [risk.claims[1]], judged: [] } });
    await mintAlert(db, whole!, { fired });
    await mintAlert(db, ofAlert!, { fired, state: "confirmed", decidedBy: "user:usr_x", decidedAt: NOON });
    const stored = async () => {
      const is = (table: typeof analyses | typeof schema.alerts) => eq(table.organizationId, kept.organizationId);
      const ofRisk = await db.select({ risk: analyses.risk }).from(analyses).where(is(analyses));
      const ofAlerts = await db.select().from(schema.alerts).where(is(schema.alerts));
      return { risks: ofRisk.map((one) => one.risk), alerts: ofAlerts };
    };
    const { until } = keeper();
    await startPasses(db, nextNight(NOON));
    await until(nextNight(NOON));
    const unquoted = [{ ...phrase, quote: "" }, number];
    const spoken = await stored();
    expect(JSON.stringify(spoken)).not.toContain("verbatim");
    expect(spoken.risks).toContainEqual({
      ...risk,
      claims: [
        {
          ...risk.claims[0],
          evidence: ["Code (+70): operator said “the code” at 0:31", "Code (+70): the caller is +5411"],
        },
        { ...risk.claims[1], evidence: [] },
      ],
      judged: [{ ...risk.judged[0], evidence: unquoted }],
    });
    for (const alert of spoken.alerts)
      expect(alert).toMatchObject({
        score: 70,
        fired: [
          { rule, evidence: unquoted },
          { rule: null, said: [] },
        ],
      });
    const whoseWords = { organizationId: kept.organizationId, reach: FULL_REACH, campaignId: null };
    const none = { transcript: { count: 0, more: false } };
    // Nothing is found again, night after night.
    expect(await countExpiring(db, whoseWords, { transcript: 10 }, NOON + DAY)).toEqual(none);
    await until(nextNight(NOON) + 10 * DAY);
    const found = await stored();
    expect(found.risks).toEqual([null, null]);
    expect(new Set(found.alerts.map(({ state }) => state))).toEqual(new Set(["open", "confirmed"]));
    for (const alert of found.alerts)
      expect(alert).toMatchObject({
        score: null,
        fired: [
          { rule, evidence: [], said: [] },
          { rule: null, evidence: [], said: [] },
        ],
      });
    expect(await countExpiring(db, whoseWords, { findings: 20 }, NOON + 11 * DAY)).toEqual({
      findings: { count: 0, more: false },
    });
  });

  it("of the call itself removes all of it, and leaves a tombstone", async ({ expect }) => {
    const kept = await mintKept({ metadata: 10 });
    const [old, young] = [
      await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 11 * DAY }),
      await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 3 * DAY }),
    ];
    await startPasses(db, nextNight(NOON));
    const { until } = keeper();
    await until(nextNight(NOON));
    expect((await old.left()).filter((kind) => kind !== "inbound")).toEqual([]);
    expect(await young.left()).toEqual(ALL);
    // Its requests go at the latest in the night after it: the log is looked through by itself.
    await until(nextNight(NOON) + DAY);
    expect(await old.left()).toEqual([]);
    expect(await young.left()).toEqual(ALL);
    const [tombstone] = await db.select().from(erasedCalls).where(eq(erasedCalls.callId, old.call.id));
    expect(tombstone).toMatchObject({ erasureId: "retention", erasedAt: nextNight(NOON) });
    await db
      .insert(calls)
      .values({ ...old.call, id: old.call.id })
      .onConflictDoNothing();
    expect(await db.select().from(calls).where(eq(calls.id, old.call.id))).toEqual([]);
  });

  it("of a campaign goes before that of the organization, also where it never runs out", async ({ expect }) => {
    const kept = await mintKept({ audio: 10, events: 10 }, { audio: null, findings: 5 });
    const own = await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 30 * DAY });
    const other = await mintWhole(kept.organizationId, { campaignId: null, age: 30 * DAY });
    await startPasses(db, nextNight(NOON));
    await keeper().until(nextNight(NOON));
    expect(await own.left()).toEqual(without("findings", "events"));
    expect(await other.left()).toEqual(without("audio", "events"));
  });

  it("stands still for what a hold covers: a call, a caller, a campaign; and goes on when it is lifted", async ({
    expect,
  }) => {
    const everything = Object.fromEntries(CLOCKS.map((clock) => [clock, 10]));
    for (const kind of ["call", "caller", "campaign"] as const) {
      const kept = await mintKept(everything);
      const held = await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 30 * DAY });
      const free = await mintWhole(kept.organizationId, { campaignId: null, age: 30 * DAY });
      const number = "+5491100000001";
      await db.update(calls).set({ fromE164: number }).where(eq(calls.id, held.call.id));
      const subject = { call: held.call.id, caller: number, campaign: kept.campaignId }[kind];
      const hold = await mintHold(db, kept.organizationId, { kind, subject });
      await startPasses(db, nextNight(NOON));
      const { until } = keeper();
      await until(nextNight(NOON));
      expect([kind, await held.left()]).toEqual([kind, ALL]);
      expect([kind, await free.left()]).toEqual([kind, []]);
      await db.delete(schema.legalHolds).where(eq(schema.legalHolds.id, hold.id));
      await until(nextNight(NOON) + DAY);
      // Inbound may go after the call is gone: it is looked at by itself.
      await until(nextNight(NOON) + 2 * DAY);
      expect([kind, await held.left()]).toEqual([kind, []]);
    }
  });

  it("counts from when the call was told of, where its platform says it began long ago", async ({ expect }) => {
    const kept = await mintKept({ audio: 10, metadata: 20 });
    const odd = await mintWhole(kept.organizationId, { campaignId: null, age: 5_000 * DAY, told: DAY });
    await startPasses(db, nextNight(NOON));
    const { until } = keeper();
    await until(nextNight(NOON));
    expect(await odd.left()).toEqual(ALL);
    await until(nextNight(NOON) + 10 * DAY);
    expect(await odd.left()).toEqual(without("audio"));
  });

  it("goes on where it was killed, and done twice removes no more", async ({ expect }) => {
    const everything = Object.fromEntries(CLOCKS.map((clock) => [clock, 10]));
    for (const use of [1, 2, 3, 4, 5]) {
      const kept = await mintKept(everything);
      const old = await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 30 * DAY });
      await startPasses(db, nextNight(NOON));
      const { until, failAt } = keeper();
      failAt(use);
      await until(nextNight(NOON)).catch((cause: Error) => expect(cause.message).toBe("Error: killed"));
      // The lease of whoever was killed runs out.
      await until(nextNight(NOON) + HOUR);
      expect([use, await old.left()]).toEqual([use, []]);
      await until(nextNight(NOON) + 2 * HOUR);
      expect(await old.left()).toEqual([]);
      const [tombstone] = await db.select().from(erasedCalls).where(eq(erasedCalls.callId, old.call.id));
      expect(tombstone?.erasedAt).not.toBeNull();
    }
  });

  it("leaves what the outbox needs: what is not handed over, the numbers of a call's events, and that each happened", async ({
    expect,
  }) => {
    const kept = await mintKept({ events: 10 });
    const [pending, waiting] = [
      await mintWhole(kept.organizationId, { campaignId: null, age: 30 * DAY }),
      await mintWhole(kept.organizationId, { campaignId: null, age: 30 * DAY }),
    ];
    const stream = { organizationId: kept.organizationId };
    await db.insert(schema.pendingStreams).values({ ...stream, stream: pending.call.id, fromSeq: 2, since: NOON });
    await db
      .insert(schema.undelivered)
      .values({ ...stream, stream: waiting.call.id, endpointId: "ep_1", fromSeq: 1, attempts: 1, dueAt: NOON });
    await startPasses(db, nextNight(NOON));
    await keeper().until(nextNight(NOON));
    const dataOf = async (id: string) => {
      const rows = await db.select().from(events).where(eq(events.stream, id)).orderBy(events.seq);
      return rows.map(({ seq, data }) => [seq, data === EXPIRED_DATA]);
    };
    expect(await dataOf(pending.call.id)).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(await dataOf(waiting.call.id)).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  it("leaves an event's data in storage while an endpoint may send it, and for as long as the endpoint's log", async ({
    expect,
  }) => {
    const kept = await mintKept({ events: 1 });
    const objects = endpointObjects(env.ENDPOINTS);
    const endpoint = await mintEndpoint(db, kept.organizationId, { paused: true });
    const [open, over, young] = [
      await mintWhole(kept.organizationId, { campaignId: null, age: 60 * DAY }),
      await mintWhole(kept.organizationId, { campaignId: null, age: 60 * DAY }),
      await mintWhole(kept.organizationId, { campaignId: null, age: 20 * DAY }),
    ];
    const [row] = await db
      .select()
      .from(events)
      .where(and(eq(events.stream, open.call.id), eq(events.seq, 2)));
    const { id: eventId, stream, seq, type, recordedAt, data } = row!;
    const sent = { eventId, stream, seq, type, recordedAt, data };
    await objects.enqueue(objectName(endpoint.id, 0), endpointConfigOf(endpoint), [sent]);
    await startPasses(db, nextNight(NOON));
    const { until } = keeper();
    await until(nextNight(NOON));
    const isKept = async ({ call: { id, organizationId } }: typeof open) => {
      const rows = await db.select().from(events).where(eq(events.stream, id)).orderBy(events.seq);
      const object = await bucket.head(`${spillPrefix({ id, organizationId })}evt_2`);
      return [...rows.map((one) => one.data !== EXPIRED_DATA), object !== null];
    };
    expect(await isKept(open)).toEqual([false, true, true]);
    expect(await isKept(young)).toEqual([false, true, true]);
    expect(await isKept(over)).toEqual([false, false, false]);
    // Until it is over.
    const [delivery] = await objects.log(endpoint, { limit: 1, stream });
    await objects.erase(endpoint, [stream]);
    expect(delivery?.state).toBe("pending");
    await until(nextNight(NOON) + DAY);
    expect(await isKept(open)).toEqual([false, false, false]);
    expect(await isKept(young)).toEqual([false, true, true]);
    await until(nextNight(NOON) + 11 * DAY);
    expect(await isKept(young)).toEqual([false, false, false]);
  });

  it("empties an event's row before its data in storage goes, which a sweep removes after a crash", async ({
    expect,
  }) => {
    const kept = await mintKept({ events: 1 });
    const { call } = await mintWhole(kept.organizationId, { campaignId: null, age: 60 * DAY });
    await startPasses(db, nextNight(NOON));
    const { until, failAt } = keeper();
    failAt(1);
    await expect(until(nextNight(NOON))).rejects.toThrow("killed");
    const rows = await db.select().from(events).where(eq(events.stream, call.id));
    expect(rows.map(({ data }) => data)).toEqual([EXPIRED_DATA, EXPIRED_DATA]);
    const key = `${spillPrefix(call)}evt_${call.id}`;
    await bucket.put(key, "x");
    await sweepSpills(db, bucket, Date.now() + 2 * DAY, { pages: 50 });
    expect(await bucket.head(key)).toBeNull();
  });

  it("of the call takes its requests too, whatever the clock of requests was; not those of a call that is to come", async ({
    expect,
  }) => {
    const kept = await mintKept({ inbound: null }, { metadata: 10, inbound: 20 });
    const old = await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 15 * DAY });
    const kin = await mintWhole(kept.organizationId, { campaignId: null, age: 15 * DAY });
    const early = await mintInbound(db, kept.organizationId, {
      id: newId("inb", NOON - 15 * DAY),
      receivedAt: NOON - 15 * DAY,
      callId: newId("call", NOON),
      body: Buffer.from("said"),
    });
    await startPasses(db, nextNight(NOON));
    const { until } = keeper();
    await until(nextNight(NOON));
    await until(nextNight(NOON) + DAY);
    expect(await old.left()).toEqual([]);
    expect(await kin.left()).toEqual(ALL);
    const [waiting] = await db.select().from(inbound).where(eq(inbound.id, early.id));
    expect(waiting?.body).not.toBeNull();
  });

  it("goes on for all others where calls cannot be erased for now", async ({ expect }) => {
    const [stuck, free] = [await mintKept({ metadata: 10 }), await mintKept({ audio: 10, metadata: 10 })];
    const bad = await mintWhole(stuck.organizationId, { campaignId: null, age: 40 * DAY });
    const good = await mintWhole(free.organizationId, { campaignId: null, age: 40 * DAY });
    // Their rows are gone, and an object never answers.
    for (let at = 0; at < 4; at += 1)
      await db.insert(erasedCalls).values({
        callId: newId("call", NOON),
        organizationId: stuck.organizationId,
        erasureId: "retention",
        erasedAt: null,
      });
    await startPasses(db, nextNight(NOON));
    const { deps, at } = keeper();
    const { eventStreams: streams } = deps;
    const erase = async (organizationId: string, ids: readonly string[]) => {
      if (organizationId === stuck.organizationId) throw new Error("no answer");
      await streams.erase(organizationId, ids);
    };
    const failing = { ...deps, eventStreams: { erase } };
    for (const night of [0, 1]) {
      at(nextNight(NOON) + night * DAY);
      for (let turn = 0; turn < 8; turn += 1)
        await expect(followClocks(failing, FEW)).rejects.toThrow("Error: no answer");
    }
    expect(await good.left()).toEqual([]);
    const [tombstone] = await db.select().from(erasedCalls).where(eq(erasedCalls.callId, good.call.id));
    expect(tombstone?.erasedAt).not.toBeNull();
    // They are not forgotten.
    for (let turn = 0; turn < 3; turn += 1) await followClocks(deps, FEW);
    const open = await db.select().from(erasedCalls).where(eq(erasedCalls.organizationId, stuck.organizationId));
    expect(open).toHaveLength(5);
    expect(open.filter(({ erasedAt }) => erasedAt === null)).toEqual([]);
    expect(await bad.left()).not.toContain("call");
  });

  it("lowers no count of what was used but that of stored bytes", async ({ expect }) => {
    const kept = await mintKept({ findings: 2, metadata: 4 });
    const { call } = await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 3 * DAY });
    await db
      .update(analyses)
      .set({ findings: { durationSeconds: 60 } as never, completedAt: NOON })
      .where(eq(analyses.callId, call.id));
    const usage = async (now: number) => {
      await countDays(db, 100_000, undefined, now);
      const [days] = await db
        .select()
        .from(schema.usageDays)
        .where(eq(schema.usageDays.organizationId, kept.organizationId));
      const engines = await db
        .select()
        .from(schema.usageEngines)
        .where(eq(schema.usageEngines.organizationId, kept.organizationId));
      return { ...days, heard: engines.reduce((sum, one) => sum + one.audioMs, 0), runs: engines.length };
    };
    const before = await usage(NOON);
    expect(before).toMatchObject({ calls: 1, recordings: 1, bytes: 5, heard: 60_000, runs: 3 });
    await startPasses(db, nextNight(NOON));
    const { until } = keeper();
    await until(nextNight(NOON));
    const [emptied] = await db.select().from(analyses).where(eq(analyses.callId, call.id));
    expect(emptied?.findings).toBeNull();
    expect(await usage(nextNight(NOON))).toEqual(before);
    await until(nextNight(NOON) + 3 * DAY);
    expect(await db.select().from(calls).where(eq(calls.id, call.id))).toEqual([]);
    expect(await usage(nextNight(NOON) + 3 * DAY)).toEqual({ ...before, bytes: 0 });
    // A call that is told of late still counts where it is more.
    const day = Math.floor(call.startedAt / DAY) * DAY;
    for (const more of [1, 2])
      await mintCall(db, kept.organizationId, {
        campaignId: kept.campaignId,
        startedAt: day + more,
        externalId: newId("ext", NOON),
      });
    expect(await usage(nextNight(NOON) + 3 * DAY)).toMatchObject({ calls: 2, heard: 60_000 });
  });

  it("does many calls in steps, and two keepers at once do each once", async ({ expect }) => {
    const kept = await mintKept({ audio: 10 });
    for (let at = 0; at < 25; at += 1) {
      const call = await mintCall(db, kept.organizationId, {
        startedAt: NOON - 30 * DAY + at,
        createdAt: NOON - 30 * DAY,
        externalId: newId("ext", NOON),
      });
      await mintRecording(db, call, { key: `recordings/${kept.organizationId}/rec_${at}/att_1` });
    }
    await startPasses(db, nextNight(NOON));
    const [one, other] = [keeper(), keeper()];
    await Promise.all([one.until(nextNight(NOON)), other.until(nextNight(NOON))]);
    const [pass] = await db
      .select()
      .from(retentionPasses)
      .where(and(eq(retentionPasses.organizationId, kept.organizationId), eq(retentionPasses.campaignId, "")));
    expect(pass).toMatchObject({ removed: 25, cursor: null, dueAt: nextNight(NOON) + DAY });
  });

  it("erases fifty calls in a step, in few enough statements that a turn of the cron erases five hundred", async ({
    expect,
  }) => {
    const kept = await mintKept({ metadata: 10 });
    for (let at = 0; at < 60; at += 1)
      await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 40 * DAY + at });
    await startPasses(db, nextNight(NOON));
    // Those of other tests are not counted here.
    await db.delete(retentionPasses).where(ne(retentionPasses.organizationId, kept.organizationId));
    const { DB, counts } = counting(env.DB);
    const { deps, at } = keeper();
    at(nextNight(NOON));
    const counted = { ...deps, db: openDatabase(DB) };
    let most = 0;
    for (let steps = 1; steps > 0;) {
      counts.statements = 0;
      steps = await followClocks(counted, { statements: 2, requests: 10_000, time: MINUTE });
      most = Math.max(most, counts.statements);
    }
    const left = await db.select().from(calls).where(eq(calls.organizationId, kept.organizationId));
    expect(left).toEqual([]);
    // A look at what is cut short, one at what is due, and a step.
    expect(most).toBeLessThanOrEqual(2 + 40);
    const [pass] = await db
      .select()
      .from(retentionPasses)
      .where(
        and(eq(retentionPasses.organizationId, kept.organizationId), eq(retentionPasses.campaignId, kept.campaignId)),
      );
    expect(pass?.removed).toBe(60);
  });

  it("ends a turn where it has taken its statements or its time, and goes on in the next", async ({ expect }) => {
    const kept = await mintKept({ audio: 10 });
    for (let at = 0; at < 120; at += 1) {
      const call = await mintCall(db, kept.organizationId, {
        campaignId: kept.campaignId,
        startedAt: NOON - 30 * DAY + at,
        createdAt: NOON - 30 * DAY,
        externalId: newId("ext", NOON),
      });
      await mintRecording(db, call, { key: `recordings/${kept.organizationId}/rec_${at}/att_1` });
    }
    await startPasses(db, nextNight(NOON));
    await db.delete(retentionPasses).where(ne(retentionPasses.organizationId, kept.organizationId));
    const { deps, at } = keeper();
    at(nextNight(NOON));
    expect(await followClocks(deps, { statements: 25, requests: 10_000, time: MINUTE })).toBeLessThanOrEqual(4);
    let clock = nextNight(NOON);
    const slow = { ...deps, now: () => (clock += 10_000) };
    expect(await followClocks(slow, { statements: 1_000, requests: 10_000, time: 35_000 })).toBeLessThanOrEqual(2);
    at(clock);
    for (let turn = 0; turn < 40; turn += 1) if ((await followClocks(deps, FAR)) === 0) break;
    const stored = await db
      .select({ key: recordings.key })
      .from(recordings)
      .where(eq(recordings.organizationId, kept.organizationId));
    expect(stored.filter(({ key }) => key !== null)).toEqual([]);
  });

  it("ends a turn where it has taken its requests to R2 and to objects, and asks objects of few calls in a step", async ({
    expect,
  }) => {
    const kept = await mintKept({ metadata: 10 });
    for (let at = 0; at < 130; at += 1)
      await mintCall(db, kept.organizationId, {
        campaignId: kept.campaignId,
        startedAt: NOON - 30 * DAY + at,
        createdAt: NOON - 30 * DAY,
        externalId: newId("ext", NOON),
      });
    await startPasses(db, nextNight(NOON));
    await db.delete(retentionPasses).where(ne(retentionPasses.organizationId, kept.organizationId));
    const { deps, at } = keeper();
    at(nextNight(NOON));
    let lists = 0;
    const list = async (...given: Parameters<R2Bucket["list"]>) => {
      lists += 1;
      return bucket.list(...given);
    };
    const listing = new Proxy(bucket, {
      get: (target, name) => {
        if (name === "list") return list;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    // A step of fifty takes some 350 requests: the second one begins, and no third.
    await followClocks({ ...deps, bucket: listing }, { statements: 10_000, requests: 400, time: MINUTE });
    const waiting = await db.select().from(calls).where(eq(calls.organizationId, kept.organizationId));
    expect(waiting).toHaveLength(30);
    expect(lists).toBeLessThan(800);
    expect(lists).toBeGreaterThan(400);

    const many = await mintKept({ events: 10 });
    for (let one = 0; one < 10; one += 1)
      await mintEndpoint(db, many.organizationId, { shards: [{ since: 0, shards: 16 }] });
    const old: Awaited<ReturnType<typeof mintWhole>>[] = [];
    for (let one = 0; one < 3; one += 1)
      old.push(await mintWhole(many.organizationId, { campaignId: many.campaignId, age: 200 * DAY }));
    await startPasses(db, nextNight(NOON));
    await db.delete(retentionPasses).where(ne(retentionPasses.organizationId, many.organizationId));
    const counted: string[] = [];
    const asking = {
      ...deps,
      endpointObjects: {
        ...deps.endpointObjects,
        count: async (_: unknown, { stream = "" }: { stream?: string }) => {
          counted.push(stream);
          return { count: 0, more: false };
        },
      },
    };
    const halves = async () =>
      (await Promise.all(old.map((one) => one.left()))).flat().filter((one) => one === "half events");
    for (let night = 0; night < 3; night += 1) {
      at(nextNight(NOON) + night * DAY);
      counted.length = 0;
      for (let steps = 1; steps > 0;) steps = await followClocks(asking, FAR);
      // One call of three, in each of two states at ten endpoints.
      expect([new Set(counted).size, counted.length]).toEqual([1, 20]);
      expect(await halves()).toHaveLength(2 - night);
    }
  });

  it("runs no more once it is taken away, and the count before it is set says what would go", async ({ expect }) => {
    const kept = await mintKept({ audio: 10 });
    const old = await mintWhole(kept.organizationId, { campaignId: kept.campaignId, age: 30 * DAY });
    await mintWhole(kept.organizationId, { campaignId: null, age: 3 * DAY });
    const whole = { organizationId: kept.organizationId, reach: FULL_REACH };
    await startPasses(db, nextNight(NOON));
    await setRetention({ db }, { ...whole, campaignId: null }, {}, ACT_AT_NOON);
    await keeper().until(nextNight(NOON));
    expect(await old.left()).toEqual(ALL);
    const everything = Object.fromEntries(CLOCKS.map((clock) => [clock, 10]));
    const one = { count: 1, more: false };
    expect(await countExpiring(db, { ...whole, campaignId: null }, everything, NOON)).toEqual({
      audio: one,
      transcript: one,
      findings: one,
      inbound: { count: 2, more: false },
      events: one,
      metadata: one,
    });
    expect(await countExpiring(db, { ...whole, campaignId: kept.campaignId }, { audio: 40 }, NOON)).toEqual({
      audio: { count: 0, more: false },
    });
    expect(await countExpiring(db, { ...whole, campaignId: kept.campaignId }, { audio: 10 }, NOON)).toEqual({
      audio: one,
    });
    expect(await old.left()).toEqual(ALL);
  });

  it("is a whole number of days, and set by whoever reaches the whole organization", async ({ expect }) => {
    const { id: organizationId } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    const other = await mintOrganization(db);
    for (const days of [0, -1, 1.5, 36_501, Number.NaN]) {
      const set = await setRetention(
        { db },
        { organizationId, reach: FULL_REACH, campaignId: null },
        { audio: days },
        ACT_AT_NOON,
      );
      expect(set.ok).toBe(false);
    }
    const limited = { campaigns: [campaign.id], operators: null };
    const refused = await setRetention(
      { db },
      { organizationId, reach: limited, campaignId: campaign.id },
      { audio: 1 },
      ACT_AT_NOON,
    );
    expect(refused).toMatchObject({ ok: false, error: { kind: "forbidden" } });
    const foreign = await setRetention(
      { db },
      { organizationId: other.id, reach: FULL_REACH, campaignId: campaign.id },
      { audio: 1 },
      ACT_AT_NOON,
    );
    expect(foreign.ok).toBe(false);
  });
});
