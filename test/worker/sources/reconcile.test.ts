import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../../src/db/client";
import { reconciliations } from "../../../src/db/schema";
import { claimDue } from "../../../src/db/work";
import { newId } from "../../../src/lib/id";
import { DAY, HOUR, MINUTE } from "../../../src/lib/time";
import {
  advanceReconciliation,
  countLoss,
  failReconciliation,
  forgetOldReconciliations,
  listReconciliations,
  lossRate,
  openDueReconciliations,
  openReconciliation,
  postponeReconciliation,
  reconciliationWork,
  restReconciliation,
  type ReconciliationRow,
} from "../../../src/sources";
import { type Platform, PLATFORMS } from "../../../src/platforms";
import { mintSource, NOON, ACT_AT_NOON } from "../../factories";
import { FULL_REACH, systemAct } from "../../../src/identity";

const db = openDatabase(env.DB);
const SETTLING = 30 * MINUTE;

/** A source of a platform of its own kind, so that no other test's source is due with it. */
async function newSource(changes: Parameters<typeof mintSource>[2] = {}) {
  const kind = newId("kind", NOON);
  const settings = { list_field: "id" };
  const source = await mintSource(db, newId("org", NOON), { kind, credentials: "sealed", settings, ...changes });
  const rows = () => listReconciliations(db, { organizationId: source.organizationId, sourceId: source.id, limit: 50 });
  const open = async (at: number) => {
    await openDueReconciliations(db, [{ kind, needs: "list_field" }, { kind: `${kind}x` }], at);
    return rows();
  };
  const end = async (row: ReconciliationRow, at: number, how: "completed" | "failed" = "completed") => {
    const claimed = await claim(row, at);
    if (how === "failed") await failReconciliation(db, claimed, "no", at);
    else await advanceReconciliation(db, claimed, { listed: 10, missing: 1, cursor: null }, at);
  };
  return { source, rows, open, end };
}

async function claim(row: ReconciliationRow, at: number): Promise<ReconciliationRow> {
  const claimed = (await claimDue(db, reconciliationWork, at, 1_000)).find(({ id }) => id === row.id);
  if (!claimed) throw new Error("not claimed");
  return claimed;
}

describe("comparisons that follow one another", () => {
  it("begin with the last day, and go on where the last one ended, hourly", async () => {
    const { open, end } = await newSource();
    const [first] = await open(NOON);
    expect(first).toMatchObject({
      fromAt: NOON - SETTLING - DAY,
      untilAt: NOON - SETTLING,
      state: "open",
      asked: false,
    });
    await end(first!, NOON + MINUTE);
    expect(await open(NOON + 59 * MINUTE)).toHaveLength(1);
    const [second] = await open(NOON + HOUR);
    expect(second).toMatchObject({ fromAt: NOON - SETTLING, untilAt: NOON + HOUR - SETTLING });
  });

  it("wait for one that is still open, and cover what a failed one did not", async () => {
    const { open, end } = await newSource();
    const [first] = await open(NOON);
    await end(first!, NOON);
    const [second] = await open(NOON + HOUR);
    expect(await open(NOON + 5 * HOUR)).toHaveLength(2);
    await end(second!, NOON + 5 * HOUR, "failed");
    const [third] = await open(NOON + 5 * HOUR);
    expect(third).toMatchObject({ fromAt: NOON - SETTLING, untilAt: NOON + 5 * HOUR - SETTLING });
  });

  it("look back a week at most, after an outage of ours", async () => {
    const { open, end } = await newSource();
    const [first] = await open(NOON);
    await end(first!, NOON);
    const [second] = await open(NOON + 30 * DAY);
    expect(second!.untilAt - second!.fromAt).toBe(7 * DAY);
  });

  it("are opened for organizations in turn: one with more sources than a turn opens takes no place from others", async () => {
    const kind = newId("kind", NOON);
    const many = newId("org", NOON);
    for (let index = 0; index < 120; index += 1) await mintSource(db, many, { kind, credentials: "sealed" });
    const other = await mintSource(db, newId("org", NOON), { kind, credentials: "sealed" });
    await openDueReconciliations(db, [{ kind }], NOON);
    const opened = await listReconciliations(db, {
      organizationId: other.organizationId,
      sourceId: other.id,
      limit: 5,
    });
    expect(opened).toHaveLength(1);
  });

  it("leave no gap for a span that somebody asked for", async () => {
    const { open, end, source } = await newSource({ kind: "audian" });
    await openDueReconciliations(db, [{ kind: "audian" }], NOON);
    const [first] = await open(NOON);
    await end(first ?? (await claimDue(db, reconciliationWork, NOON, 1))[0]!, NOON);
    const platformOf = (): Platform => ({ ...PLATFORMS.audian, pull: {} as NonNullable<Platform["pull"]> });
    const span = { from: NOON + 2 * HOUR, until: NOON + 3 * HOUR };
    const target = { organizationId: source.organizationId, id: source.id };
    const asked = await openReconciliation(
      { db },
      platformOf,
      { ...target, reach: FULL_REACH },
      span,
      systemAct(NOON + 4 * HOUR),
    );
    expect(asked).toMatchObject({ ok: true, value: { asked: true, state: "open", fromAt: span.from } });
    await openDueReconciliations(db, [{ kind: "audian" }], NOON + 4 * HOUR);
    const rows = await listReconciliations(db, {
      organizationId: source.organizationId,
      sourceId: source.id,
      limit: 9,
    });
    expect(rows.find((row) => !row.asked && row.state === "open")).toMatchObject({ fromAt: NOON - SETTLING });
  });

  it.each([
    ["is paused", { state: "paused" as const }],
    ["has no credentials", { credentials: null }],
    ["is deleted", { deletedAt: NOON }],
    ["was told not to", { settings: { reconcile: false, list_field: "id" } }],
    ["lacks the setting its platform's list needs", { settings: {} }],
    ["is of a platform without a list", { kind: "none" }],
  ])("are not made for a source that %s", async (_why, changes) => {
    const { open } = await newSource(changes);
    expect(await open(NOON)).toEqual([]);
  });
});

describe("a comparison somebody asks for", () => {
  const platformOf = (kind: string): Platform | undefined =>
    kind === "audian" ? PLATFORMS.audian : { ...PLATFORMS.audian, pull: {} as NonNullable<Platform["pull"]> };

  it("is refused where it cannot be made, saying why", async () => {
    const { source } = await newSource();
    const target = { organizationId: source.organizationId, id: source.id };
    const ask = (span: { from: number; until: number }, of = target) =>
      openReconciliation({ db }, platformOf, { ...of, reach: FULL_REACH }, span, ACT_AT_NOON);
    expect(await ask({ from: NOON, until: NOON })).toMatchObject({ error: { fields: [{ field: "until" }] } });
    expect(await ask({ from: NOON, until: NOON + 1 })).toMatchObject({ error: { fields: [{ field: "until" }] } });
    expect(await ask({ from: NOON - 32 * DAY, until: NOON })).toMatchObject({ error: { fields: [{ field: "from" }] } });
    const span = { from: NOON - DAY, until: NOON };
    expect(await ask(span, { ...target, organizationId: "org_other" })).toMatchObject({ error: { kind: "not_found" } });
    const listless = (await newSource({ kind: "audian" })).source;
    expect(await ask(span, { organizationId: listless.organizationId, id: listless.id })).toMatchObject({
      error: { kind: "conflict" },
    });
    const bare = (await newSource({ credentials: null })).source;
    expect(await ask(span, { organizationId: bare.organizationId, id: bare.id })).toMatchObject({
      error: { kind: "conflict" },
    });
  });
});

describe("the work of a comparison", () => {
  it("is in one turn's hands, until its lease is over", async () => {
    const { open } = await newSource();
    const [row] = await open(NOON);
    await claim(row!, NOON);
    expect((await claimDue(db, reconciliationWork, NOON + MINUTE, 1_000)).map(({ id }) => id)).not.toContain(row!.id);
    const again = await claim(row!, NOON + HOUR);
    expect(again.attempts).toBe(2);
  });

  it("adds up page by page, and a turn that lost its claim writes nothing", async () => {
    const { open, rows } = await newSource();
    const [row] = await open(NOON);
    const first = await claim(row!, NOON);
    const second = await advanceReconciliation(db, first, { listed: 50, missing: 2, cursor: "p2" }, NOON + 1);
    expect(second).toMatchObject({ listed: 50, missing: 2, cursor: "p2", state: "open" });
    expect(await advanceReconciliation(db, first, { listed: 50, missing: 2, cursor: "p2" }, NOON + 2)).toBeUndefined();
    await restReconciliation(db, second!, NOON + 3);
    const third = await claim(row!, NOON + 4);
    await advanceReconciliation(db, third, { listed: 7, missing: 1, cursor: null }, NOON + 5);
    expect(await rows()).toMatchObject([
      { listed: 57, missing: 3, cursor: null, state: "completed", endedAt: NOON + 5 },
    ]);
  });

  it("is put off while the platform does not answer, longer each time, and fails in the end with its reason", async () => {
    const { open, rows } = await newSource();
    const [row] = await open(NOON);
    let at = NOON;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await postponeReconciliation(db, await claim(row!, at), { reason: "503", retryAfter: null }, at);
      const [now] = await rows();
      waits.push(now!.dueAt - at);
      at = now!.dueAt;
    }
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    await postponeReconciliation(db, await claim(row!, at), { reason: "503", retryAfter: null }, at);
    expect(await rows()).toMatchObject([{ state: "failed", reason: "503" }]);
  });

  it("waits a day at most, whatever the platform asks: no other is opened meanwhile", async () => {
    const { source, open } = await newSource();
    const [row] = await open(NOON);
    const failure = { reason: "busy", retryAfter: 999_999_999_000 };
    await postponeReconciliation(db, await claim(row!, NOON), failure, NOON);
    const due = await db.select().from(reconciliations).where(eq(reconciliations.sourceId, source.id));
    expect(due[0]?.dueAt).toBe(NOON + DAY);
  });

  it("waits as long as the platform asks", async () => {
    const { open, rows } = await newSource();
    const [row] = await open(NOON);
    await postponeReconciliation(db, await claim(row!, NOON), { reason: "429", retryAfter: 2 * HOUR }, NOON);
    expect((await rows())[0]?.dueAt).toBe(NOON + 2 * HOUR);
  });
});

describe("the loss rate", () => {
  it("is of what was listed, and unknown while nothing was", async () => {
    expect(lossRate({ listed: 0, missing: 0 })).toBeNull();
    expect(lossRate({ listed: 200, missing: 3 })).toBe(0.015);
    const { open, end, source } = await newSource();
    const [row] = await open(NOON);
    await end(row!, NOON);
    const query = { organizationId: source.organizationId, sourceId: source.id };
    expect(await countLoss(db, { ...query, since: NOON - DAY })).toEqual({ listed: 10, missing: 1 });
    expect(await countLoss(db, { ...query, since: NOON + DAY })).toEqual({ listed: 0, missing: 0 });
    expect(await countLoss(db, { ...query, organizationId: "org_other", since: 0 })).toEqual({ listed: 0, missing: 0 });
  });
});

describe("old comparisons", () => {
  it("are forgotten after ninety days, but for the one the next goes on from", async () => {
    const { open, end, rows } = await newSource();
    for (const at of [NOON, NOON + HOUR, NOON + 2 * HOUR]) {
      const [row] = await open(at);
      await end(row!, at);
    }
    await runBatch(db, [forgetOldReconciliations(db, NOON + 89 * DAY, 1_000)]);
    expect(await rows()).toHaveLength(3);
    await runBatch(db, [forgetOldReconciliations(db, NOON + 91 * DAY, 1_000)]);
    expect(await rows()).toMatchObject([{ untilAt: NOON + 2 * HOUR - SETTLING }]);
  });
});
