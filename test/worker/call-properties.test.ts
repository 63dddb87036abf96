import { PLATFORMS } from "../../src/platforms";
import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { snapshotCall, type CallFacts } from "../../src/calls";
import { foldNotices, type FoldedCall, type Notice } from "../../src/calls/fold";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { ok } from "../../src/lib/result";
import type { IngestMessage } from "../../src/queues/messages";
import { noticeSequences } from "../core/calls/arbitrary-notices";
import { mintCampaign, mintOrganization, mintSource } from "../factories";
import { aroundWrites } from "./around-writes";
import { runsOf } from "../long-runs";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";

// Any notices of one call, in any order and batches, through the real consumer and its database, while the other jobs
// get on with it, the finalizer strikes, writers race and processes die between a commit and the sends that follow it.

const db = openDatabase(env.DB);
const RUNS = runsOf(60);
fc.configureGlobal({ seed: 20_261_122 });

/** How a batch reaches the consumer, and what happens next. */
const happening = fc.constantFrom("plain", "plain", "work", "crash", "finalize", "race");
type Happening = "plain" | "work" | "crash" | "finalize" | "race";

let line: Pipeline;

beforeEach(() => {
  // The body of a test's notice is its facts: what a platform's own words mean is its own suite's business.
  vi.spyOn(PLATFORMS.audian, "read").mockImplementation(async (body) =>
    ok({ kind: "calls", facts: [JSON.parse(new TextDecoder().decode(body)) as CallFacts] }),
  );
  line = newPipeline();
});

afterEach(() => vi.restoreAllMocks());

describe("one call, whatever happens to its notices", { timeout: (300_000 * RUNS) / 60 }, () => {
  it("ends in the same call, recordings, task and story", async () => {
    await fc.assert(
      fc.asyncProperty(
        noticeSequences(5),
        fc.array(happening, { minLength: 12, maxLength: 12 }),
        async (given, happenings) => {
          const notices = given.notices.map(asStored);
          const tenant = await mintTenant();
          const batches = given.batches.map((batch) => batch.map((notice) => messageOf(tenant, asStored(notice))));
          await deliverAll(batches, happenings);
          await line.cron();
          await line.run();
          await expectCall(tenant, notices, happenings.includes("finalize"));
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});

type Tenant = { organizationId: string; sourceId: string; campaigns: string[] };

async function mintTenant(): Promise<Tenant> {
  const { id: organizationId } = await mintOrganization(db);
  const [bound, mapped] = [await mintCampaign(db, organizationId), await mintCampaign(db, organizationId, "Second")];
  const source = await mintSource(db, organizationId, {
    campaignId: bound.id,
    settings: { campaigns: { south: mapped.id } },
  });
  return { organizationId, sourceId: source.id, campaigns: [bound.id, mapped.id] };
}

/** As JSON can say it; and of campaigns that there are, because one that nobody knows is placed by when it comes. */
function asStored(notice: Notice): Notice {
  const { campaignNumber, timeline, ...facts } = notice.facts;
  const expectedRest = {
    ...facts,
    campaignNumber: campaignNumber === 99 ? null : campaignNumber,
    timeline: timeline?.filter((entry) => Number.isFinite(entry.at)),
  };
  return { ...notice, facts: JSON.parse(JSON.stringify(expectedRest)) as CallFacts };
}

function messageOf({ organizationId, sourceId }: Tenant, { facts, receivedAt }: Notice): IngestMessage {
  const body = Uint8Array.from(new TextEncoder().encode(JSON.stringify(facts)));
  return {
    id: `inb_${crypto.randomUUID()}`,
    organizationId,
    sourceId,
    sourceKind: "audian",
    receivedAt,
    path: "/",
    form: "notice",
    headers: {},
    body,
    bodyKey: null,
    bodySize: body.length,
    verdict: "accepted",
    reason: null,
    status: 200,
    campaignLimit: null,
    replay: false,
  };
}

async function deliverAll(batches: IngestMessage[][], happenings: readonly Happening[]): Promise<void> {
  const waiting = [...batches];
  for (let at = 0; waiting.length > 0; at += 1) {
    const batch = waiting.shift() ?? [];
    switch (happenings[at % happenings.length]) {
      case "crash":
        await deliverAndDie(batch);
        await line.deliver(QUEUES.ingest, batch, 2);
        break;
      case "race":
        await race(batch, waiting.shift() ?? batch);
        break;
      case "finalize":
        await line.deliver(QUEUES.ingest, batch);
        await env.DB.prepare("UPDATE calls SET finalize_at = 0 WHERE state = 'in_progress'").run();
        await line.cron();
        break;
      case "work":
        await line.deliver(QUEUES.ingest, batch);
        await line.run();
        break;
      default:
        await line.deliver(QUEUES.ingest, batch);
    }
  }
}

/** Everything is committed, and nothing sent after it. */
async function deliverAndDie(batch: IngestMessage[]): Promise<void> {
  const dead = {
    send: () => Promise.reject(new Error("died")),
    sendBatch: () => Promise.reject(new Error("died")),
  } as unknown as Queue;
  const quiet = vi.spyOn(console, "error").mockReturnValue();
  const dying = newPipeline({ RECORDINGS_QUEUE: dead, ANALYSIS_QUEUE: dead, EVENTS_QUEUE: dead });
  await dying.deliver(QUEUES.ingest, batch);
  quiet.mockRestore();
}

/** The other batch is written whole between this one's reading and its first write. */
async function race(batch: IngestMessage[], other: IngestMessage[]): Promise<void> {
  let done: Promise<unknown> | undefined;
  const before = () => (done ??= line.deliver(QUEUES.ingest, other));
  const slow = newPipeline({ DB: aroundWrites(env.DB, { before }) });
  await slow.deliver(QUEUES.ingest, batch);
  line.sent.push(...slow.sent);
}

async function expectCall(tenant: Tenant, notices: readonly Notice[], finalized: boolean): Promise<void> {
  const { organizationId } = tenant;
  const rows = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organizationId));
  expect(rows).toHaveLength(1);
  const call = rows[0]!;
  const expected = foldNotices(undefined, notices);
  const { state, error, ranks, ...rest } = Object.fromEntries(
    Object.keys(expected).map((name) => [name, call[name as keyof FoldedCall]]),
  );
  const { state: expectedState, error: expectedError, ranks: expectedRanks, ...expectedRest } = asRow(expected);
  expect(rest).toEqual(expectedRest);
  // A call whose end never came is ended by the finalizer, when it came by.
  if (expectedState !== "in_progress" || !finalized)
    expect({ state, error, ranks }).toEqual({ state: expectedState, error: expectedError, ranks: expectedRanks });
  const [bound, mapped] = tenant.campaigns;
  const placed = { 1: bound, 2: mapped }[expected.campaignNumber ?? 0] ?? (call.account === "south" ? mapped : bound);
  expect([call.campaignId, call.quarantine]).toEqual([placed, null]);

  const recordings = await db.select().from(schema.recordings).where(eq(schema.recordings.callId, call.id));
  const linkOf = new Map<string, string | null>();
  for (const { externalId, url } of notices.flatMap(({ facts }) => facts.recordings))
    linkOf.set(externalId, url ?? linkOf.get(externalId) ?? null);
  expect(new Map(recordings.map((one) => [one.externalId, one.url]))).toEqual(linkOf);
  for (const { url, state: kept } of recordings) expect(kept).toBe(url === null ? "pending" : "completed");
  const kept = recordings.filter((one) => one.state === "completed");
  const tasks = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, call.id));
  expect(tasks).toHaveLength(kept.length > 0 ? 1 : 0);

  const story = await db
    .select()
    .from(schema.events)
    .where(eq(schema.events.stream, call.id))
    .orderBy(asc(schema.events.seq));
  expect(story.map((event) => event.seq)).toEqual(story.map((_, index) => index + 1));
  const count = (...types: string[]) => story.filter((event) => types.includes(event.type)).length;
  const ended = call.state !== "in_progress";
  expect(count("call.completed", "call.failed")).toBe(ended ? 1 : 0);
  expect(count("task.created")).toBe(tasks.length);
  expect(count("recording.completed")).toBe(kept.length);
  expect(count("analysis.created")).toBe(kept.length);
  expect(count("analysis.completed")).toBe(kept.length);
  const resting = ended && kept.length === recordings.length;
  if (resting) expect(count("call.processed")).toBe(1);
  expect(count("call.processed")).toBeLessThanOrEqual(ended ? 1 : 0);
  if (!ended) expect(count("call.updated")).toBe(0);

  // Whoever listened knows the call as it is.
  const latest = story.findLast(({ type }) => ["call.completed", "call.failed", "call.updated"].includes(type));
  if (latest) expect(JSON.parse(latest.data)).toMatchObject({ call: asRow(snapshotCall(call)) });
  const open = await db.select().from(schema.pendingStreams).where(eq(schema.pendingStreams.stream, call.id));
  expect(open).toEqual([]);
}

function asRow<T extends object>(row: T): T {
  return JSON.parse(JSON.stringify(row)) as T;
}
