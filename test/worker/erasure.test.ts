import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq, getTableColumns, getTableName, is, sql } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterEach, describe, it, vi } from "vitest";
import { alertIdOf, recordingIdOf } from "../../src/calls";
import * as schema from "../../src/db/schema";
import { endpointConfigOf, endpointObjects, objectName, eventStreams } from "../../src/delivery";
import { spillPrefix } from "../../src/events";
import { FULL_REACH, reachOfCampaign, type Caller } from "../../src/identity";
import { within } from "../../src/lib/deadline";
import { newId } from "../../src/lib/id";
import { ok } from "../../src/lib/result";
import { HOUR } from "../../src/lib/time";
import {
  beginErasure,
  eraseCall,
  LAST_LOOK,
  OTHER_PLACES,
  PLACES,
  workOnErasure,
  type ErasureRow,
} from "../../src/privacy";
import type { ErasureMessage } from "../../src/queues/messages";
import { keepSearch } from "../../src/search";
import { inboundBodyKey } from "../../src/sources";
import {
  ACT_AT_NOON,
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintEvent,
  mintInbound,
  mintOrganization,
  mintRecording,
  mintTask,
  mintTestReceiver,
  mintUpload,
  NOON,
} from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import { apiClient, db } from "./api/client";
import { newPipeline, QUEUES } from "./pipeline";

const bucket = env.BUCKET;
const objects = endpointObjects(env.ENDPOINTS);
const streams = eventStreams(env.STREAMS, within);

/** A word that is nowhere but where a test writes it. */
const newMark = () => `marker${crypto.randomUUID().replaceAll("-", "")}`;

afterEach(() => vi.restoreAllMocks());

function ownerOf(organizationId: string, over: Partial<Caller> = {}): Caller {
  return {
    organizationId,
    actor: { kind: "apiKey", id: "key_test" },
    scopes: null,
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    reach: FULL_REACH,
    unnoted: [],
    ...over,
  } as Caller;
}

/** The parts that an erasure needs, with a clock and a queue in the test's hands. */
function eraser(over: object = {}) {
  const sent: (ErasureMessage & { delay: number })[] = [];
  let clock = NOON;
  const deps = {
    db,
    bucket,
    search: env.SEARCH,
    endpointObjects: objects,
    eventStreams: streams,
    nudges: {
      erasures: async (messages: readonly ErasureMessage[], delay = 0) =>
        void sent.push(...messages.map((message) => ({ ...message, delay }))),
    },
    now: () => clock,
    ...over,
  };
  /** Delivers what was sent, with the clock going on as long as it must wait, until nothing is left. */
  async function run(rounds = 200): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const message = sent.shift();
      if (!message) return;
      clock += message.delay * 1_000;
      await workOnErasure(deps, message);
    }
  }
  return { deps, sent, run, wait: (milliseconds: number) => void (clock += milliseconds) };
}

async function erasureOf({ organizationId, id }: ErasureRow): Promise<ErasureRow> {
  const { erasures } = schema;
  const row = await db
    .select()
    .from(erasures)
    .where(and(eq(erasures.organizationId, organizationId), eq(erasures.id, id)))
    .get();
  if (!row) throw new Error("there is no such erasure");
  return row;
}

async function begin(organizationId: string, callId: string, deps: ReturnType<typeof eraser>["deps"]) {
  const begun = await eraseCall(deps, ownerOf(organizationId), callId, ACT_AT_NOON);
  if (!begun.ok) throw new Error(JSON.stringify(begun.error));
  return begun.value;
}

/** Rows of a call that hold ids and moments alone; and what has only a caller's number (api/privacy.test.ts). */
const WITHOUT_TEXT = ["pendingStreams", "notifications", "notificationCauses", "idempotencyKeys", "jobs", "savedViews"];

function tableNamed(name: string): SQLiteTable {
  const table = Object.entries(schema).find(([one]) => one === name)?.[1];
  if (!is(table, SQLiteTable)) throw new Error(`${name} is no table`);
  return table;
}

/** Writes the mark into each column of a call's rows that can hold a text and finds none of the other rows. */
async function markRows(mark: string, callId: string): Promise<void> {
  const finding = /^(?:id|.*_id|stream|cause|kind|state|key|organization.*)$/;
  for (const [name, place] of Object.entries(PLACES)) {
    if (typeof place === "string" || !("rows" in place)) continue;
    const table = tableNamed(name);
    const columns = Object.values(getTableColumns(table)).filter(
      (column) => column.getSQLType() === "text" && !column.primary && !finding.test(column.name),
    );
    const of = { organizationId: "", ids: [callId] };
    if (columns.length === 0 || name === "notifications" || name === "notificationCauses") continue;
    const set = columns.map(
      (column) => sql`${sql.identifier(column.name)} = ${column.dataType === "json" ? JSON.stringify([mark]) : mark}`,
    );
    const where = name === "receivedRequests" ? sql`body LIKE ${`%${callId}%`}` : place.rows(of);
    const keep = name === "receivedRequests" ? sql` , body = ${`${mark} ${callId}`}` : sql``;
    await db.run(sql`UPDATE ${table} SET ${sql.join(set, sql`, `)}${keep} WHERE ${where}`).catch(async () => {
      // A column that is set twice: the body of a received request has to name its call.
      await db.run(sql`UPDATE ${table} SET body = ${`${mark} ${callId}`}, headers = ${mark} WHERE ${where}`);
    });
  }
}

/** All that an object has in its tables. */
function textOf(stub: DurableObjectStub): Promise<string> {
  return runInDurableObject(stub, (_, { storage: { sql: tables } }) => {
    const names = tables.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const own = names.filter(({ name }) => !name.startsWith("_cf"));
    return JSON.stringify(own.map(({ name }) => tables.exec(`SELECT * FROM "${name}"`).toArray()));
  });
}

/** Every place where the mark is, in all of D1, R2, search and the objects. */
async function findMark(mark: string, call: { id: string; organizationId: string }, endpointId: string) {
  const found: string[] = [];
  for (const table of Object.values(schema)) {
    if (!is(table, SQLiteTable)) continue;
    const name = getTableName(table);
    const rows = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
    for (const row of rows.results)
      for (const [column, value] of Object.entries(row)) {
        const text = Array.isArray(value) ? new TextDecoder().decode(new Uint8Array(value)) : String(value);
        if (text.includes(mark)) found.push(`${name}.${column}`);
      }
  }
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? {} : { cursor });
    for (const { key } of page.objects) {
      const text = await (await bucket.get(key))?.text();
      if (`${key} ${text}`.includes(mark)) found.push(`R2 ${key.slice(0, key.indexOf("/") + 1)}`);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  const indexed = await env.SEARCH.prepare("SELECT 1 FROM search_calls WHERE search_calls MATCH ?")
    .bind(`"${mark}"`)
    .all();
  const listed = await env.SEARCH.prepare("SELECT 1 FROM search_rows WHERE call_id = ?").bind(call.id).all();
  if (indexed.results.length + listed.results.length > 0) found.push("the search database");
  const name = objectName(endpointId, 0);
  if ((await textOf(env.ENDPOINTS.getByName(name))).includes(mark)) found.push("objects of endpoints");
  const stream = env.STREAMS.getByName(call.organizationId);
  if ((await textOf(stream)).includes(mark)) found.push("object of the event stream");
  return [...new Set(found)].toSorted();
}

/** A call with the mark in every place that anything of a call can be in. */
async function mintMarked(mark: string) {
  const organization = await mintOrganization(db);
  const { id: organizationId } = organization;
  const connector = await mintConnector(db, organizationId, { sourceId: newId("src", NOON) });
  const conversation = { agentId: null, summary: mark, transcript: mark, timeline: [], actionResults: [] };
  const call = await mintCall(db, organizationId, {
    externalId: mark,
    sourceId: connector.sourceId,
    conversation,
    tags: [mark],
  });
  const recordingId = await recordingIdOf(call.id, mark);
  const key = `recordings/${organizationId}/${recordingId}/att_1`;
  await mintRecording(db, call, { externalId: mark, key });
  const analysis = await mintAnalysis(db, call, recordingId, { findingsKey: null });
  const task = await mintTask(db, call, recordingId);
  await mintEvent(db, call, 1, { data: JSON.stringify({ call: { id: call.id, mark } }) });
  const { pendingStreams, undelivered, callLookups, notifications, notificationCauses, connectorFiles } = schema;
  const endpoint = await mintEndpoint(db, organizationId, { paused: true });
  const stream = { stream: call.id, organizationId };
  await db
    .insert(pendingStreams)
    .values({ ...stream, fromSeq: 1, since: NOON })
    .onConflictDoNothing();
  await db.insert(undelivered).values({ ...stream, endpointId: endpoint.id, fromSeq: 1, attempts: 1, dueAt: NOON });
  await db.insert(callLookups).values({
    callId: call.id,
    organizationId,
    sourceId: call.sourceId,
    externalId: mark,
    dueAt: NOON,
    attempts: 0,
    leaseUntil: 0,
    giveUpAt: NOON,
  });
  const cause = { organizationId, campaignId: null, operatorId: null, teamId: null, createdAt: NOON };
  const ofCall = { ...cause, cause: `call_completed:${call.id}`, kind: "call_completed" as const, subjectId: call.id };
  const ofTask = { ...cause, cause: `task_assigned:${task.id}`, kind: "task_assigned" as const, subjectId: task.id };
  await db.insert(notificationCauses).values([ofCall, ofTask]);
  const review = newId("rev", NOON);
  const ofGiven = { ...cause, cause: `task_assigned:${review}`, kind: "task_assigned" as const, subjectId: review };
  const alertId = alertIdOf(call.id);
  const ofAlert = { ...cause, cause: `alert_raised:${alertId}`, kind: "alert_raised" as const, subjectId: alertId };
  await db
    .insert(notifications)
    .values([ofCall, ofTask, ofGiven, ofAlert].map((one) => ({ ...one, userId: "usr_one", readAt: null })));
  const { consensuses, reviews, reviewComments, slaViolations } = schema;
  const ofReview = { organizationId, callId: call.id };
  await db.insert(reviews).values({
    ...ofReview,
    id: review,
    reviewerId: "usr_one",
    state: "completed",
    assignedBy: "usr_two",
    assignedAt: NOON,
    writer: "test",
  });
  await db.insert(schema.callActions).values({
    callId: call.id,
    organizationId,
    state: "completed",
    steps: [{ id: "act_1", name: mark, result: { answer: mark } }],
    dueAt: NOON,
    attempts: 1,
    leaseUntil: 0,
    giveUpAt: NOON + LAST_LOOK,
    createdAt: NOON,
    completedAt: NOON,
  });
  // Of a review, and of the call alone.
  for (const reviewId of [review, ""])
    await db.insert(reviewComments).values({
      ...ofReview,
      reviewId,
      id: newId("cmt", NOON),
      kind: "comment",
      authorId: "usr_one",
      text: mark,
      mentions: [],
      createdAt: NOON,
    });
  await db.insert(schema.alerts).values({
    ...ofReview,
    id: alertIdOf(call.id),
    level: "high",
    state: "open",
    fired: [mark],
    raisedAt: NOON,
  });
  await db.insert(consensuses).values({
    ...ofReview,
    state: "open",
    wanted: 2,
    maxSpread: 10,
    askedBy: "usr_two",
    createdAt: NOON,
    writer: mark,
  });
  await db.insert(slaViolations).values({
    ...ofReview,
    policyId: "sla_one",
    objectId: task.id,
    reviewerId: mark,
    startedAt: NOON,
    dueAt: NOON,
    notedAt: NOON,
  });
  const upload = await mintUpload(db, organizationId, {
    state: "completed",
    callId: call.id,
    fileName: `${mark}.wav`,
    call: { metadata: mark },
  });
  await db.run(sql`UPDATE ${connectorFiles} SET name = ${`${mark}.wav`}, reason = ${mark}, call_id = ${call.id},
    state = 'imported', upload_id = ${upload.id} WHERE connector_id = ${connector.id}`);
  const left = { empty: { count: 0, names: [] }, taken: { count: 1, names: [`${mark}.wav`] } };
  await db.update(schema.connectors).set({ leftFiles: left }).where(eq(schema.connectors.id, connector.id));
  const { connectorSidecars } = schema;
  const sidecar = {
    connectorId: connector.id,
    name: `${mark}.json`,
    organizationId,
    externalId: mark,
    callId: call.id,
  };
  await db.insert(connectorSidecars).values({ ...sidecar, since: NOON });
  const receiver = await mintTestReceiver(db, organizationId);
  await db.run(sql`UPDATE received_requests SET body = ${`${mark} ${call.id}`} WHERE receiver_id = ${receiver}`);
  await markRows(mark, call.id);
  await db.run(sql`UPDATE calls SET conversation = ${JSON.stringify(conversation)}, tags = ${JSON.stringify([mark])},
    custom = ${JSON.stringify({ mark })} WHERE id = ${call.id}`);

  // What the log has of it: its own request, one among others in a batch, one in R2, a packed one.
  const body = new TextEncoder().encode(JSON.stringify({ cdrid: mark }));
  await mintInbound(db, organizationId, { callId: call.id, body, headers: { "x-note": mark } });
  const shared = await mintInbound(db, organizationId, { callId: "call_another", body, receivedAt: NOON + 1 });
  const large = newId("inb", NOON + 2);
  await bucket.put(inboundBodyKey(organizationId, large), body);
  await mintInbound(db, organizationId, { id: large, body: null, bodyKey: inboundBodyKey(organizationId, large) });
  const packed = await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
  const packedHeaders = { "content-type": "application/json", "content-encoding": "gzip" };
  const gzip = await mintInbound(db, organizationId, { body: new Uint8Array(packed), headers: packedHeaders });

  const files = [
    key,
    `recordings/${organizationId}/${recordingId}/att_that_did_not_count`,
    `waveforms/${organizationId}/${recordingId}/att_1`,
    `renditions/${organizationId}/${recordingId}/att_1`,
    `originals/${analysis.id}/att_1`,
    `analysis/${analysis.id}/att_1`,
    `transcripts/${analysis.id}/att_1`,
    `transcripts/${analysis.id}/progress-local-0`,
    upload.key,
    `${spillPrefix(call)}evt_1`,
  ];
  for (const file of files) await bucket.put(file, mark);
  const large2 = await mintCampaign(db, organizationId);
  const answered = await apiClient().post(`/v1/calls/${call.id}/tags`, {
    key: organization.key,
    headers: { "idempotency-key": "one" },
    body: { tags: [mark] },
  });
  const event = { stream: call.id, seq: 1, id: newId("evt", NOON), type: "call.completed", recordedAt: NOON };
  const data = JSON.stringify({ call: { id: call.id, mark } });
  const { id: eventId, ...rest } = event;
  await objects.enqueue(objectName(endpoint.id, 0), endpointConfigOf(endpoint), [{ ...rest, eventId, data } as never]);
  await streams.publish(organizationId, [{ ...event, data }]);
  await keepSearch({ db, search: env.SEARCH }, [call.id]);
  return { organization, organizationId, call, endpoint, shared, gzip, answered, campaign: large2 };
}

describe("erasing a call", () => {
  it("leaves nothing of it in any place that it can reach", async ({ expect }) => {
    const mark = newMark();
    const { organizationId, call, endpoint, shared, gzip, answered } = await mintMarked(mark);
    const before = await findMark(mark, call, endpoint.id);
    const tables = Object.entries(PLACES).flatMap(([name, place]) =>
      typeof place === "string" || WITHOUT_TEXT.includes(name) ? [] : [getTableName(tableNamed(name))],
    );
    // The answer of a request is sealed: that it goes, the count of answers says.
    const others = Object.keys(OTHER_PLACES).filter((place) => place !== "R2 idempotency/");
    const marked = new Set(before.map((place) => place.split(".")[0]!));
    expect([...tables, ...others].filter((place) => !marked.has(place))).toEqual([]);
    expect(answered.status).toBe(200);
    const { deps, run } = eraser();
    const erasure = await begin(organizationId, call.id, deps);
    await run();
    expect(await findMark(mark, call, endpoint.id)).toEqual([]);
    const after = await erasureOf(erasure);
    expect(after).toMatchObject({ state: "completed", phase: "done", needles: [], subject: call.id });
    expect(after.endedAt).toBeGreaterThanOrEqual(NOON + LAST_LOOK);
    expect(after.counts).toMatchObject({
      calls: 1,
      recordings: 1,
      analyses: 1,
      tasks: 1,
      reviews: 1,
      alerts: 1,
      events: 1,
      uploads: 1,
      notifications: 4,
      requests: 4,
      answers: 1,
    });
    // What belongs to another call too stays in the log, without what it said.
    for (const { id } of [shared, gzip]) {
      const row = await db
        .select({ body: sql`body`, headers: schema.inbound.headers })
        .from(schema.inbound)
        .where(and(eq(schema.inbound.organizationId, organizationId), eq(schema.inbound.id, id)))
        .get();
      expect(row).toEqual({ body: null, headers: {} });
    }
    const tombstone = await db.select().from(schema.erasedCalls).where(eq(schema.erasedCalls.callId, call.id)).get();
    expect(tombstone).toMatchObject({ organizationId, erasureId: erasure.id });
    expect(tombstone?.erasedAt).not.toBeNull();
  });

  it("touches nothing of another call, or of another organization", async ({ expect }) => {
    const [mark, other] = [newMark(), newMark()];
    const one = await mintMarked(mark);
    const two = await mintMarked(other);
    const sibling = await mintCall(db, one.organizationId, { externalId: `${other}-sibling` });
    const before = await findMark(other, two.call, two.endpoint.id);
    const { deps, run } = eraser();
    await begin(one.organizationId, one.call.id, deps);
    await run();
    expect(await findMark(other, two.call, two.endpoint.id)).toEqual(before);
    const known = await db.select().from(schema.calls).where(eq(schema.calls.id, sibling.id)).get();
    expect(known?.id).toBe(sibling.id);
  });

  it("goes on after a crash at any step, and done twice erases no more", async ({ expect }) => {
    const mark = newMark();
    const { organizationId, call, endpoint } = await mintMarked(mark);
    let left = 0;
    const dying = <T>(work: () => Promise<T>): Promise<T> => {
      left -= 1;
      return left === 0 ? Promise.reject(new Error("killed")) : work();
    };
    const over = {
      endpointObjects: {
        ...objects,
        erase: (...given: Parameters<typeof objects.erase>) => dying(() => objects.erase(...given)),
      },
      eventStreams: { erase: (...given: Parameters<typeof streams.erase>) => dying(() => streams.erase(...given)) },
    };
    const { deps, sent, run, wait } = eraser(over);
    const erasure = await begin(organizationId, call.id, deps);
    const message = { organizationId, erasureId: erasure.id };
    for (const at of [1, 2]) {
      left = at;
      await workOnErasure(deps, message).catch((cause: Error) => expect(cause.message).toBe("killed"));
      wait(HOUR);
    }
    left = 0;
    sent.push({ ...message, delay: 0 });
    await run();
    expect(await findMark(mark, call, endpoint.id)).toEqual([]);
    const after = await erasureOf(erasure);
    expect(after.state).toBe("completed");
    await workOnErasure(deps, message);
    expect(await erasureOf(erasure)).toEqual(after);
    expect(await begin(organizationId, call.id, deps)).toMatchObject({ id: erasure.id });
  });

  it("waits for the search database, and takes no other end", async ({ expect }) => {
    const mark = newMark();
    const { organizationId, call } = await mintMarked(mark);
    const broken = {
      prepare: () => env.SEARCH.prepare("SELECT ?"),
      batch: () => Promise.reject(new Error("search is away")),
    };
    const { deps, sent, run, wait } = eraser({ search: broken });
    const erasure = await begin(organizationId, call.id, deps);
    await expect(run()).rejects.toThrow("search is away");
    expect((await erasureOf(erasure)).state).toBe("open");
    wait(HOUR);
    deps.search = env.SEARCH;
    sent.push({ organizationId, erasureId: erasure.id, delay: 0 });
    await run();
    expect((await erasureOf(erasure)).state).toBe("completed");
  });

  it("leaves no webhook counting what was erased among what waits", async ({ expect }) => {
    const { organizationId, call, endpoint } = await mintMarked(newMark());
    const { endpointHealth } = schema;
    const object = objectName(endpoint.id, 0);
    const known = { object, backlog: 7, oldestDueAt: NOON, failingSince: NOON, lastFailureAt: NOON, updatedAt: NOON };
    const mine = eq(endpointHealth.endpointId, endpoint.id);
    await db.delete(endpointHealth).where(mine);
    await db.insert(endpointHealth).values({ ...known, endpointId: endpoint.id, organizationId });
    const { deps, run } = eraser();
    await begin(organizationId, call.id, deps);
    await run();
    const [row] = await db.select().from(endpointHealth).where(mine);
    expect(row).toMatchObject({ backlog: 0, oldestDueAt: null, failingSince: NOON, lastFailureAt: NOON });
  });

  it("erases in its last look what was under way when it began", async ({ expect }) => {
    const mark = newMark();
    const { organizationId, call, endpoint } = await mintMarked(mark);
    const { deps, sent, run } = eraser();
    await begin(organizationId, call.id, deps);
    await workOnErasure(deps, sent.shift()!);
    // A worker that had the audio in hand writes its object, and the index an older state of the call.
    await bucket.put(`recordings/${organizationId}/rec_${call.id.slice(5)}_late/att_2`, mark);
    await env.SEARCH.prepare("INSERT INTO search_rows (row, call_id, stamp) VALUES (?, ?, 1)")
      .bind(Math.floor(Math.random() * 2 ** 50), call.id)
      .run();
    expect(await findMark(mark, call, endpoint.id)).toEqual([
      "R2 recordings/",
      // Until it ends, what requests are searched for.
      "erasures.needles",
      "the search database",
    ]);
    await run();
    expect(await findMark(mark, call, endpoint.id)).toEqual([]);
  });

  it("is refused under a legal hold of the call, its campaign or a party, also one placed meanwhile", async ({
    expect,
  }) => {
    const { id: organizationId } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    const call = await mintCall(db, organizationId, { campaignId: campaign.id });
    const { deps } = eraser();
    const holds = [
      { kind: "call" as const, subject: call.id },
      { kind: "campaign" as const, subject: campaign.id },
      { kind: "caller" as const, subject: call.fromE164! },
      { kind: "caller" as const, subject: call.toRaw! },
    ];
    for (const hold of holds) {
      const id = newId("hold", NOON);
      await db
        .insert(schema.legalHolds)
        .values({ organizationId, id, reason: "court", actor: "key_test", createdAt: NOON, ...hold });
      const refused = await eraseCall(deps, ownerOf(organizationId), call.id, ACT_AT_NOON);
      expect(refused).toMatchObject({ ok: false, error: { kind: "conflict" } });
      await db.delete(schema.legalHolds).where(eq(schema.legalHolds.id, id));
    }
    // Of another organization it holds nothing here.
    const other = await mintOrganization(db);
    const elsewhere = { organizationId: other.id, id: newId("hold", NOON), reason: "r", actor: "a", createdAt: NOON };
    await db.insert(schema.legalHolds).values({ ...elsewhere, kind: "call", subject: call.id });
    expect(await eraseCall(deps, ownerOf(organizationId), call.id, ACT_AT_NOON)).toMatchObject(ok({ state: "open" }));
  });

  it("leaves the request of a call under a legal hold as it came, also where it names an erased call", async ({
    expect,
  }) => {
    const { id: organizationId } = await mintOrganization(db);
    const mark = newMark();
    const call = await mintCall(db, organizationId, { externalId: mark });
    const [held, free] = [await mintCall(db, organizationId), await mintCall(db, organizationId)];
    const hold = { organizationId, id: newId("hold", NOON), reason: "court", actor: "a", createdAt: NOON };
    await db.insert(schema.legalHolds).values({ ...hold, kind: "call", subject: held.id });
    const body = new TextEncoder().encode(JSON.stringify({ cdrid: mark }));
    const ofHeld = await mintInbound(db, organizationId, { callId: held.id, body });
    const ofFree = await mintInbound(db, organizationId, { callId: free.id, body, receivedAt: NOON + 1 });
    const { deps, run } = eraser();
    await begin(organizationId, call.id, deps);
    await run();
    const left = await db
      .select({ id: schema.inbound.id, size: sql<number | null>`length(body)` })
      .from(schema.inbound)
      .where(eq(schema.inbound.organizationId, organizationId));
    const sizes = new Map(left.map(({ id, size }) => [id, size]));
    expect([sizes.get(ofHeld.id), sizes.get(ofFree.id)]).toEqual([body.length, null]);
  });

  it("is for calls within reach, and begun twice at once it is one", async ({ expect }) => {
    const { id: organizationId } = await mintOrganization(db);
    const other = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    const call = await mintCall(db, organizationId);
    const { deps, sent } = eraser();
    const limited = ownerOf(organizationId, { reach: reachOfCampaign(campaign.id) });
    expect(await eraseCall(deps, limited, call.id, ACT_AT_NOON)).toMatchObject({ error: { kind: "not_found" } });
    expect(await eraseCall(deps, ownerOf(other.id), call.id, ACT_AT_NOON)).toMatchObject({
      error: { kind: "not_found" },
    });
    const both = await Promise.all([1, 2, 3].map(() => begin(organizationId, call.id, deps)));
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    expect(sent).toHaveLength(1);
    const entries = await db
      .select()
      .from(schema.auditLog)
      .where(and(eq(schema.auditLog.organizationId, organizationId), eq(schema.auditLog.action, "call.erased")));
    expect(entries.map(({ resourceId }) => resourceId)).toEqual([call.id]);
    // Whose reach is limited sees no erasure of others.
    expect(await eraseCall(deps, limited, call.id, ACT_AT_NOON)).toMatchObject({ error: { kind: "not_found" } });
  });

  it("of many calls is one, and says which it does not erase", async ({ expect }) => {
    const { id: organizationId } = await mintOrganization(db);
    const made = [];
    for (let at = 0; at < 25; at += 1) made.push(await mintCall(db, organizationId));
    const ids = made.map(({ id }) => id);
    const hold = { organizationId, id: newId("hold", NOON), reason: "court", actor: "a", createdAt: NOON };
    await db.insert(schema.legalHolds).values({ ...hold, kind: "call", subject: ids[3]! });
    const { deps, run } = eraser();
    const asked = { organizationId, reach: FULL_REACH, callIds: [...ids, "call_unknown"] };
    const { erasure, refused } = await beginErasure(deps, asked, ACT_AT_NOON);
    expect([...refused.keys()].toSorted()).toEqual(["call_unknown", String(ids[3])].toSorted());
    await run();
    const left = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organizationId));
    expect(left.map(({ id }) => id)).toEqual([ids[3]]);
    expect((await erasureOf(erasure!)).counts).toMatchObject({ calls: 24 });
  });
});

describe("a late notice of an erased call", () => {
  it("brings nothing back, and leaves nothing of itself but that it came", async ({ expect }) => {
    const line = newPipeline();
    const mark = newMark();
    const organization = await mintOrganization(db);
    await mintCampaign(db, organization.id);
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const notice = anuraNotice({ campaign_id: 1, cdrid: mark, dialtime: "2026-08-20 10:30:45" });
    const answer = await line.post("/webhook/anura/", notice, headers);
    const { call_id: callId } = await answer.json<{ call_id: string }>();
    await line.run();
    const { deps, run } = eraser();
    await begin(organization.id, callId, deps);
    await run();
    const late = await line.post("/webhook/anura/", notice, headers);
    expect(late.status).toBe(answer.status);
    await line.run();
    expect(line.sent.filter(({ queue }) => queue === QUEUES.ingest)).toEqual([]);
    expect(await db.select().from(schema.calls).where(eq(schema.calls.id, callId))).toEqual([]);
    expect(await db.select().from(schema.events).where(eq(schema.events.stream, callId))).toEqual([]);
    const [row] = await db
      .select({ body: sql`body`, outcome: schema.inbound.outcome, reason: schema.inbound.reason })
      .from(schema.inbound)
      .where(eq(schema.inbound.organizationId, organization.id));
    expect(row).toEqual({ body: null, outcome: "ignored", reason: "call_erased" });
    const endpoint = await mintEndpoint(db, organization.id);
    expect(await findMark(mark, { id: callId, organizationId: organization.id }, endpoint.id)).toEqual([]);
  });

  it("waits for nothing where it comes while the call is being erased", async ({ expect }) => {
    const line = newPipeline();
    const organization = await mintOrganization(db);
    await mintCampaign(db, organization.id);
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const notice = anuraNotice({ campaign_id: 1, cdrid: newMark(), dialtime: "2026-08-20 10:30:45" });
    const answer = await line.post("/webhook/anura/", notice, headers);
    const { call_id: callId } = await answer.json<{ call_id: string }>();
    await line.run();
    const { deps, run } = eraser();
    await begin(organization.id, callId, deps);
    await line.post("/webhook/anura/", notice, headers);
    await line.run();
    await run();
    expect(await db.select().from(schema.calls).where(eq(schema.calls.id, callId))).toEqual([]);
    const requests = await db
      .select({ body: sql`body` })
      .from(schema.inbound)
      .where(eq(schema.inbound.organizationId, organization.id));
    expect(requests.every(({ body }) => body === null)).toBe(true);
  });
});
