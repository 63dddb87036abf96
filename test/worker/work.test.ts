import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { analysisWork } from "../../src/analysis";
import { changesOf, openDatabase, runBatch } from "../../src/db/client";
import { writeRow } from "../../src/db/rows";
import { callLookups, operatorMoves, reconciliations, recordings } from "../../src/db/schema";
import {
  claimDue,
  claimExpired,
  claimWork,
  endWork,
  expiredWork,
  freeAll,
  NUDGE_AFTER,
  postpone,
  removeWork,
  stillMine,
  takeNudges,
} from "../../src/db/work";
import { MINUTE, SECOND } from "../../src/lib/time";
import { moveWork } from "../../src/operators";
import { recordingWork, type RecordingRow } from "../../src/recordings";
import { lookUpWork, reconciliationWork } from "../../src/sources";
import { mintAnalysis, mintRecording, NOON } from "../factories";
import { plansOf } from "./query-plan";

const db = openDatabase(env.DB);
const owner = { id: "call_w", organizationId: "org_w" };
const LEASE = recordingWork.lease;

beforeEach(async () => {
  await env.DB.batch(
    ["recordings", "analyses", "reconciliations", "call_lookups", "operator_moves"].map((name) =>
      env.DB.prepare(`DELETE FROM ${name}`),
    ),
  );
});

const open = { state: "pending" as const, attempts: 0, claims: 0, dueAt: NOON, key: null, completedAt: null };

/** One step of a worker, of a notice, or of the clock. A worker that crashes is one that takes no further step. */
type Step =
  | { kind: "claim" | "end" | "postpone" | "crash" | "expire"; worker: 0 | 1 }
  | { kind: "wait"; time: number }
  | { kind: "reopen" | "restart" | "nudge" };

const worker = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("claim" as const), worker }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("end" as const, "postpone" as const), worker }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("crash" as const, "expire" as const), worker }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      time: fc.constantFrom(0, 1, SECOND, MINUTE, LEASE - 1, LEASE, 2 * LEASE),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("reopen" as const, "restart" as const, "nudge" as const) }),
  },
);

describe("leased work", () => {
  it("has one worker at a time, and of two ends the one counts whose claim is the last, whatever stops or comes late", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        await env.DB.exec("DELETE FROM recordings");
        const { id } = await mintRecording(db, owner, { ...open, giveUpAt: NOON + 20 * LEASE });
        const name = { organizationId: owner.organizationId, callId: owner.id, id };
        let now = NOON;
        // What the row must be like, and whose the claim is: null once it is freed.
        let model = { open: true, dueAt: NOON, holder: null as RecordingRow | null, ends: 0 };
        const held: [RecordingRow | undefined, RecordingRow | undefined] = [undefined, undefined];
        for (const one of steps) {
          if (one.kind === "wait") now += one.time;
          if (one.kind === "claim" || one.kind === "expire") {
            const expired = one.kind === "expire";
            const row = expired
              ? await claimExpired(db, recordingWork, name, now)
              : await claimWork(db, recordingWork, name, now);
            const isFree = model.holder === null || model.holder.leaseUntil <= now;
            const mayBe = model.open && isFree && (expired ? NOON + 20 * LEASE : model.dueAt) <= now;
            expect(row !== undefined).toBe(mayBe);
            if (row) {
              held[one.worker] = row;
              model.holder = row;
            }
          }
          if (one.kind === "crash") held[one.worker] = undefined;
          if (one.kind === "end" || one.kind === "postpone") {
            const claimed = held[one.worker];
            if (!claimed) continue;
            const isMine = model.open && model.holder === claimed;
            const statement =
              one.kind === "end"
                ? writeRow(db, endWork(recordingWork, claimed, { state: "completed", key: `by ${claimed.claims}` }))
                : postpone(db, recordingWork, claimed, now + MINUTE, { reason: "later" });
            const [result] = await runBatch(db, [statement]);
            expect(changesOf(result)).toBe(isMine ? 1 : 0);
            if (!isMine) continue;
            if (one.kind === "end") model = { ...model, open: false, ends: model.ends + 1 };
            else model = { ...model, dueAt: now + MINUTE, holder: null };
          }
          if (one.kind === "reopen") {
            // What a notice with a new link does: the tries begin anew, the fence does not.
            await db
              .update(recordings)
              .set({ state: "pending", attempts: 0, leaseUntil: 0, dueAt: now })
              .where(eq(recordings.id, id));
            model = { ...model, open: true, dueAt: now, holder: null };
          }
          if (one.kind === "restart") {
            await runBatch(db, [freeAll(db, recordingWork)]);
            if (model.open) model = { ...model, holder: null };
          }
          // A nudge takes nothing from anybody.
          if (one.kind === "nudge") await takeNudges(db, recordingWork, now, 10);
          const [row] = await db.select().from(recordings).where(eq(recordings.id, id));
          expect({ open: row?.state === "pending", dueAt: row?.dueAt }).toEqual({
            open: model.open,
            dueAt: model.dueAt,
          });
          const mine = await db
            .select()
            .from(recordings)
            .where(stillMine(recordingWork, held[0] ?? row!));
          if (held[0]) expect(mine.length === 1).toBe(model.open && model.holder === held[0]);
        }
        // Whatever stopped, the work goes on: once lease and wait are over somebody gets it.
        if (model.open)
          expect(await claimWork(db, recordingWork, name, now + LEASE + 2 * MINUTE)).toMatchObject({
            state: "pending",
          });
      }),
      { numRuns: 60 },
    );
  });

  it("that a restart interrupts has not used up a try; work that waits keeps its tries", async () => {
    const { id } = await mintRecording(db, owner, open);
    const name = { callId: owner.id, id };
    for (let kill = 0; kill < 5; kill += 1) {
      expect(await claimWork(db, recordingWork, name, NOON)).toMatchObject({ attempts: 1, claims: kill + 1 });
      await runBatch(db, [freeAll(db, recordingWork)]);
    }
    const claimed = await claimWork(db, recordingWork, name, NOON);
    await runBatch(db, [postpone(db, recordingWork, claimed!, NOON, {})]);
    await runBatch(db, [freeAll(db, recordingWork)]);
    expect(await claimWork(db, recordingWork, name, NOON)).toMatchObject({ attempts: 2, claims: 7 });
  });

  it("is claimed by one of many at once, the longest due first, of every kind of work", async () => {
    const times = [3, 1, 2].map((seconds) => NOON + seconds * SECOND);
    for (const dueAt of times) {
      const recording = await mintRecording(db, owner, { ...open, dueAt });
      await mintAnalysis(db, owner, recording.id, {
        state: "pending",
        attempts: 0,
        claims: 0,
        dueAt,
        completedAt: null,
      });
      const work = { dueAt, attempts: 0, leaseUntil: 0, claims: 0 };
      const span = { asked: true, fromAt: NOON, untilAt: NOON, listed: 0, missing: 0, createdAt: NOON };
      await db
        .insert(reconciliations)
        .values({ organizationId: "org_w", sourceId: "src", id: `rcn_${dueAt}`, state: "open", ...span, ...work });
      await db.insert(callLookups).values({
        callId: `call_${dueAt}`,
        organizationId: "org_w",
        sourceId: "src",
        externalId: "x",
        giveUpAt: NOON + LEASE,
        ...work,
      });
      await db.insert(operatorMoves).values({
        organizationId: "org_w",
        id: `opm_${dueAt}`,
        fromId: "a",
        intoId: "b",
        kind: "merge",
        state: "open",
        moved: 0,
        createdAt: NOON,
        ...work,
      });
    }
    const now = NOON + MINUTE;
    const kinds = {
      recordings: (limit: number) => claimDue(db, recordingWork, now, limit),
      analyses: (limit: number) => claimDue(db, analysisWork, now, limit),
      reconciliations: (limit: number) => claimDue(db, reconciliationWork, now, limit),
      lookUps: (limit: number) => claimDue(db, lookUpWork, now, limit),
      moves: (limit: number) => claimDue(db, moveWork, now, limit),
    };
    for (const [kind, claim] of Object.entries(kinds)) {
      const first: { dueAt: number; attempts: number; claims: number }[] = await claim(1);
      expect([kind, first]).toMatchObject([kind, [{ dueAt: times[1], attempts: 1, claims: 1 }]]);
      const rest: { dueAt: number }[][] = await Promise.all([claim(5), claim(5), claim(5)]);
      expect([
        kind,
        rest
          .flat()
          .map(({ dueAt }) => dueAt)
          .toSorted((one, other) => one - other),
      ]).toEqual([kind, [times[2], times[0]]]);
      expect([kind, await claim(5)]).toEqual([kind, []]);
    }
    const [mine] = await db.select().from(callLookups).limit(1);
    await runBatch(db, [removeWork(db, lookUpWork, { ...mine!, claims: mine!.claims + 1 })]);
    expect(await db.$count(callLookups)).toBe(3);
    await runBatch(db, [removeWork(db, lookUpWork, mine!)]);
    expect(await db.$count(callLookups)).toBe(2);
  });

  it("is found through the index of open work, and given up apart from what is due", async () => {
    await mintRecording(db, owner, { ...open, giveUpAt: NOON });
    const waiting = await mintRecording(db, owner, { ...open, giveUpAt: NOON + LEASE });
    expect((await takeNudges(db, recordingWork, NOON, 10)).map(({ id }) => id)).toEqual([waiting.id]);
    expect(await expiredWork(db, recordingWork, NOON, 10)).toHaveLength(1);
    const plans = [
      await plansOf(env.DB, () => claimDue(db, recordingWork, NOON, 5)),
      await plansOf(env.DB, () => takeNudges(db, analysisWork, NOON, 5)),
      await plansOf(env.DB, () => takeNudges(db, moveWork, NOON, 5)),
      await plansOf(env.DB, () => claimDue(db, reconciliationWork, NOON, 5)),
    ].map((plan) => plan.join("\n"));
    const indexes = ["recordings_pending", "analyses_pending", "operator_moves_open", "reconciliations_open"];
    for (const [at, name] of indexes.entries()) expect(plans[at]).toContain(name);
  });
});

describe("nudges", () => {
  it("are taken once, wait longer each time, and write the rows they give and no others", async () => {
    for (let count = 0; count < 20; count += 1) await mintRecording(db, owner, { ...open, nudgeAfter: NUDGE_AFTER });
    let sent = 0;
    // Ten minutes of a backlog, looked at every two seconds.
    for (let now = NOON; now < NOON + 10 * MINUTE; now += 2 * SECOND) {
      const rows = await takeNudges(db, recordingWork, now, 500);
      if (now < NOON + NUDGE_AFTER) expect(rows).toEqual([]);
      sent += rows.length;
    }
    expect(sent).toBe(2 * 20);
  });

  it("leave alone what is claimed, what waits, and what was sent with a delay", async () => {
    const { id } = await mintRecording(db, owner, open);
    const name = { callId: owner.id, id };
    const claimed = await claimWork(db, recordingWork, name, NOON);
    expect(await takeNudges(db, recordingWork, NOON + MINUTE, 10)).toEqual([]);
    await runBatch(db, [postpone(db, recordingWork, claimed!, NOON + 5 * MINUTE)]);
    // Its message was sent for the moment it falls due: only then, and a while later, is it missed.
    expect(await takeNudges(db, recordingWork, NOON + 5 * MINUTE, 10)).toEqual([]);
    expect(await takeNudges(db, recordingWork, NOON + 5 * MINUTE + NUDGE_AFTER, 10)).toHaveLength(1);
    expect(await claimWork(db, recordingWork, name, NOON + 5 * MINUTE - 1)).toBeUndefined();
    expect(await claimWork(db, recordingWork, name, NOON + 5 * MINUTE)).toMatchObject({ attempts: 2 });
  });
});
