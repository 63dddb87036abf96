import { env } from "cloudflare:workers";
import { and, asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { operatorIdOf } from "../../src/operators";
import { mintCampaign, mintOrganization, mintRecording, mintTask } from "../factories";
import { aroundWrites } from "./around-writes";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { report, type Platform } from "./report-calls";

const db = openDatabase(env.DB);

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let platform: Platform;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  platform = { organizationId: organization.id, sourceId: "src_x", campaignId: campaign.id };
});

afterEach(() => vi.restoreAllMocks());

const idOf = (name: string) => operatorIdOf(organization.id, name);

async function ask(path: string, body: object = {}): Promise<{ status: number; body: unknown }> {
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  const response = await line.post(path, JSON.stringify(body), headers);
  return { status: response.status, body: await response.json() };
}

/** Merges one name into another and has the calls moved; 202 is the answer to a merge that was taken. */
async function merge(from: string, into: string): Promise<void> {
  const answer = await ask(`/v1/operators/${await idOf(from)}/merge`, { into: await idOf(into) });
  expect(answer.status).toBe(202);
}

async function unmerge(name: string): Promise<void> {
  expect((await ask(`/v1/operators/${await idOf(name)}/unmerge`)).status).toBe(202);
}

async function operatorOf(callId: string): Promise<string | null | undefined> {
  const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, callId));
  return call?.operatorId;
}

async function updatesOf(callId: string): Promise<{ call: { operator: object }; changed: string[] }[]> {
  const rows = await db
    .select()
    .from(schema.events)
    .where(and(eq(schema.events.stream, callId), eq(schema.events.type, "call.updated")))
    .orderBy(asc(schema.events.seq));
  return rows.map((row) => JSON.parse(row.data) as { call: { operator: object }; changed: string[] });
}

const movesOf = () =>
  db
    .select()
    .from(schema.operatorMoves)
    .where(eq(schema.operatorMoves.organizationId, organization.id))
    .orderBy(asc(schema.operatorMoves.id));

const byName = (operatorName: string) => ({ operatorName });
const LUCIA = "Lucía Fernández";

describe("merging operators", () => {
  it("moves every call and its task, records each once, and places new calls of either name alike", async () => {
    const [first = "", second = "", other = ""] = await report(platform, [
      byName("1001"),
      byName("1001"),
      byName("Zoe"),
    ]);
    await report(platform, [byName(LUCIA)]);
    const recording = await mintRecording(db, { id: first, organizationId: organization.id });
    await mintTask(db, { id: first, organizationId: organization.id }, recording.id, {
      operatorId: await idOf("1001"),
    });
    await merge("1001", LUCIA);
    await line.run();
    const lucia = await idOf(LUCIA);
    for (const id of [first, second]) {
      expect(await operatorOf(id)).toBe(lucia);
      expect(await updatesOf(id)).toMatchObject([
        // The name stays what the platform said: 1001.
        { changed: ["operator"], call: { operator: { id: lucia, name: "1001" } } },
      ]);
    }
    const [task] = await db.select().from(schema.tasks).where(eq(schema.tasks.callId, first));
    expect(task).toMatchObject({ operatorId: lucia });
    expect(await operatorOf(other)).toBe(await idOf("Zoe"));
    expect(await updatesOf(other)).toEqual([]);
    const [third = "", fourth = ""] = await report(platform, [byName("1001"), byName("  LUCIA fernandez ")]);
    expect([await operatorOf(third), await operatorOf(fourth)]).toEqual([lucia, lucia]);
    expect(await movesOf()).toMatchObject([{ kind: "merge", state: "completed", moved: 2 }]);
  });

  it("is undone: its own calls come back, also those from in between, and no others", async () => {
    const [before = "", hers = ""] = await report(platform, [byName("1001"), byName(LUCIA)]);
    await merge("1001", LUCIA);
    await line.run();
    const [meanwhile = ""] = await report(platform, [byName("1001")]);
    await unmerge("1001");
    await line.run();
    const extension = await idOf("1001");
    expect([await operatorOf(before), await operatorOf(meanwhile), await operatorOf(hers)]).toEqual([
      extension,
      extension,
      await idOf(LUCIA),
    ]);
    expect(await updatesOf(hers)).toEqual([]);
    const [merged, undone] = await movesOf();
    expect(merged).toMatchObject({ kind: "merge", moved: 1 });
    expect(undone).toMatchObject({ kind: "undo", state: "completed", moved: 2 });
    // And all over again.
    await merge("1001", LUCIA);
    await unmerge("1001");
    await merge("1001", LUCIA);
    await line.run();
    expect(await operatorOf(before)).toBe(await idOf(LUCIA));
  });

  it("follows chains, and undoing one link brings back what hung on it from the end of the chain", async () => {
    const [a = "", b = "", c = ""] = await report(platform, [byName("A"), byName("B"), byName("C")]);
    await merge("A", "B");
    await merge("B", "C");
    await line.run();
    expect(await Promise.all([a, b, c].map(operatorOf))).toEqual(Array.from({ length: 3 }, () => idsOf.C));
    await unmerge("A");
    await line.run();
    expect(await Promise.all([a, b, c].map(operatorOf))).toEqual([idsOf.A, idsOf.C, idsOf.C]);
    await unmerge("B");
    await merge("A", "B");
    await line.run();
    expect(await Promise.all([a, b, c].map(operatorOf))).toEqual([idsOf.B, idsOf.B, idsOf.C]);
  });

  it("touches no call of another organization, whatever its operators are called", async () => {
    const theirs = await mintOrganization(db);
    const [foreign = ""] = await report({ ...platform, organizationId: theirs.id }, [byName("1001")]);
    await report(platform, [byName("1001"), byName(LUCIA)]);
    const before = await operatorOf(foreign);
    await merge("1001", LUCIA);
    await line.run();
    expect(await operatorOf(foreign)).toBe(before);
    expect(await updatesOf(foreign)).toEqual([]);
  });

  it("writes nothing of calls that are where they belong", async () => {
    const [hers = ""] = await report(platform, [byName(LUCIA), byName("1001")]);
    await merge("1001", LUCIA);
    await unmerge("1001");
    await line.run();
    const [call] = await db.select().from(schema.calls).where(eq(schema.calls.id, hers));
    expect(call?.version).toBe(1);
  });

  const idsOf: Record<string, string> = {};
  beforeEach(async () => {
    for (const name of ["A", "B", "C"]) idsOf[name] = await idOf(name);
  });
});

describe("a merge or its undoing between the reading and the writing of", () => {
  /** Tells of a call and has `change` happen when it was read and not yet written. */
  async function reportMeanwhile(facts: object, change: () => Promise<void>): Promise<string> {
    let done: Promise<void> | undefined;
    const [id = ""] = await report(platform, [facts], aroundWrites(env.DB, { before: () => (done ??= change()) }));
    await done;
    return id;
  }

  it("a new call places it as it is afterwards", async () => {
    await report(platform, [byName("1001"), byName(LUCIA)]);
    // The move is over before the call is written: it cannot have found it.
    const merged = await reportMeanwhile(byName("1001"), async () => {
      await merge("1001", LUCIA);
      await line.run();
    });
    expect(await operatorOf(merged)).toBe(await idOf(LUCIA));
    const undone = await reportMeanwhile(byName("1001"), async () => {
      await unmerge("1001");
      await line.run();
    });
    expect(await operatorOf(undone)).toBe(await idOf("1001"));
    expect(await operatorOf(merged)).toBe(await idOf("1001"));
  });

  it("a later notice, which names another operator of a known call, places it as it is afterwards", async () => {
    await report(platform, [byName("1001"), byName(LUCIA)]);
    await report(platform, [{ ...byName("Zoe"), externalId: "c", outcome: "in_progress" }]);
    // The move is over before the notice is written: the call was still Zoe's when it passed.
    const id = await reportMeanwhile({ ...byName("1001"), externalId: "c" }, async () => {
      await merge("1001", LUCIA);
      await line.run();
    });
    expect(await operatorOf(id)).toBe(await idOf(LUCIA));
  });

  it("a call whose reference is removed in between", async () => {
    await report(platform, [{ ...byName(LUCIA), operatorReference: "pbx:user:7" }, byName("Zoe")]);
    const id = await reportMeanwhile({ ...byName("Zoe"), operatorReference: "pbx:user:7" }, async () => {
      await db.delete(schema.operatorReferences).where(eq(schema.operatorReferences.reference, "pbx:user:7"));
    });
    expect(await operatorOf(id)).toBe(await idOf("Zoe"));
  });
});

describe("a move of many calls", () => {
  const MANY = 170;
  const reportMany = () =>
    report(
      platform,
      Array.from({ length: MANY }, () => byName("1001")),
    );

  async function countOf(name: string): Promise<number> {
    const rows = await db
      .select({ id: schema.calls.id })
      .from(schema.calls)
      .where(and(eq(schema.calls.organizationId, organization.id), eq(schema.calls.operatorId, await idOf(name))));
    return rows.length;
  }

  it("is done page by page and message by message", { timeout: 30_000 }, async () => {
    await reportMany();
    await report(platform, [byName(LUCIA)]);
    await merge("1001", LUCIA);
    const [message] = line.sent.splice(0);
    await line.deliver(QUEUES.ingest, [message?.body]);
    expect(await movesOf()).toMatchObject([{ state: "open", moved: 150 }]);
    await line.run();
    expect(await movesOf()).toMatchObject([{ state: "completed", moved: MANY }]);
    expect(await countOf(LUCIA)).toBe(MANY + 1);
  });

  it.for(["before", "after"] as const)(
    "continues where a crash %s a write left it, once its lease is over, and records nothing twice",
    { timeout: 30_000 },
    async (moment) => {
      const [first = ""] = await reportMany();
      await report(platform, [byName(LUCIA)]);
      await merge("1001", LUCIA);
      line.sent.splice(0);
      let writes = 0;
      // The second is that of the drain, which is left to the queue when it fails; the third is the next page.
      const crash = () => ((writes += 1) === 3 ? Promise.reject(new Error("crash")) : Promise.resolve());
      const failing = newPipeline({ DB: aroundWrites(env.DB, { [moment]: crash }) });
      const [move] = await movesOf();
      const message = { kind: "operator_move", organizationId: organization.id, moveId: move!.id };
      expect(await failing.deliver(QUEUES.ingest, [message])).toEqual({ acked: 0, retried: 1 });
      // Nobody takes it up while its lease runs.
      const left = await movesOf();
      await line.deliver(QUEUES.ingest, [message]);
      expect(await movesOf()).toEqual(left);
      await line.cron();
      expect(line.sent.filter(({ body }) => (body as { kind?: string }).kind === "operator_move")).toEqual([]);
      await db.update(schema.operatorMoves).set({ leaseUntil: 0 });
      await line.cron();
      await line.run();
      expect(await movesOf()).toMatchObject([{ state: "completed" }]);
      expect(await countOf(LUCIA)).toBe(MANY + 1);
      expect(await updatesOf(first)).toHaveLength(1);
    },
  );
});

describe("references", () => {
  const reference = "net2phone:user:42";
  const known = { ...byName(LUCIA), operatorReference: reference };

  it("are learned from the first call that has one beside a name, and outweigh names from then on", async () => {
    const [first = ""] = await report(platform, [known]);
    const [misspelt = "", nameless = ""] = await report(platform, [
      { ...byName("L. Fernandes"), operatorReference: reference },
      { operatorReference: reference },
    ]);
    const lucia = await idOf(LUCIA);
    expect([await operatorOf(first), await operatorOf(misspelt), await operatorOf(nameless)]).toEqual([
      lucia,
      lucia,
      lucia,
    ]);
    // A name that is only another spelling makes nobody.
    const operators = await db
      .select()
      .from(schema.operators)
      .where(eq(schema.operators.organizationId, organization.id));
    expect(operators.map((row) => row.id)).toEqual([lucia]);
    const [call] = await db.select().from(schema.events).where(eq(schema.events.stream, nameless));
    expect(JSON.parse(call!.data)).toMatchObject({ call: { operator: { id: lucia, name: reference } } });
  });

  it("that are not assigned leave a call without a name without an operator", async () => {
    const [id = ""] = await report(platform, [{ operatorReference: reference }]);
    expect(await operatorOf(id)).toBeNull();
  });

  it("mean one operator when two calls of one batch have a new one beside different names", async () => {
    const [one = "", two = ""] = await report(platform, [known, { ...byName("Zoe"), operatorReference: reference }]);
    expect(await operatorOf(two)).toBe(await operatorOf(one));
  });

  it("of a merged operator are followed, and come back with them", async () => {
    await report(platform, [known, byName("Zoe")]);
    await merge(LUCIA, "Zoe");
    const [id = ""] = await report(platform, [{ operatorReference: reference }]);
    expect(await operatorOf(id)).toBe(await idOf("Zoe"));
    await unmerge(LUCIA);
    await line.run();
    expect(await operatorOf(id)).toBe(await idOf(LUCIA));
  });

  it("that a person gives bring the calls that carry them; taken away, the calls go back to their names", async () => {
    const [nameless = "", named = ""] = await report(platform, [
      { operatorReference: "pbx:user:7" },
      { ...byName("Zoe"), operatorReference: "pbx:user:8" },
      byName(LUCIA),
    ]);
    const lucia = await idOf(LUCIA);
    await ask(`/v1/operators/${lucia}/references`, { reference: "pbx:user:7" });
    await line.run();
    expect(await operatorOf(nameless)).toBe(lucia);
    expect(await updatesOf(nameless)).toMatchObject([{ changed: ["operator"] }]);
    // Zoe's was learned: it has to be taken from her first.
    const refused = await ask(`/v1/operators/${lucia}/references`, { reference: "pbx:user:8" });
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining("Zoe") as unknown } });
    await db.delete(schema.operatorReferences).where(eq(schema.operatorReferences.reference, "pbx:user:8"));
    await ask(`/v1/operators/${lucia}/references`, { reference: "pbx:user:8" });
    await line.run();
    expect(await operatorOf(named)).toBe(lucia);
  });

  it("cost a row once, not with every call", async () => {
    await report(platform, [known]);
    await report(platform, [known, known]);
    const rows = await db
      .select()
      .from(schema.operatorReferences)
      .where(eq(schema.operatorReferences.organizationId, organization.id));
    expect(rows).toMatchObject([{ reference, operatorId: await idOf(LUCIA) }]);
  });
});
