import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { callLookups, reconciliations, sources } from "../../src/db/schema";
import { jobDeps } from "../../src/jobs";
import { DAY, HOUR, MINUTE } from "../../src/lib/time";
import { askPlatform, COMPARISONS_AT_ONCE, LOOK_UPS_AT_ONCE, sourcesToAsk } from "../../src/sources";
import { sealCredentials } from "../../src/sources/config/secrets";
import { mintOrganization, mintSource, TEST_MASTER_KEYS } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { plansOf } from "./query-plan";

// Counted and put in order, not timed: what is asked of a platform that never answers, and who waits for it.

const db = openDatabase(env.DB);
const accountOf = (letter: string) => `AC${letter.repeat(32)}`;
const HANGING = accountOf("a");
const FINE = accountOf("b");

let line: Pipeline;
let asked: string[];

beforeEach(() => {
  line = newPipeline();
  asked = [];
  vi.mocked(fetch).mockImplementation((input) => {
    const { pathname } = new URL(new Request(input).url);
    asked.push(pathname);
    if (pathname.includes(HANGING)) return new Promise<Response>(() => undefined);
    if (pathname.endsWith("/Calls.json")) return Promise.resolve(Response.json({ calls: [] }));
    if (pathname.endsWith("/Recordings.json")) return Promise.resolve(Response.json({ recordings: [] }));
    // No such call any more: nothing is left to look up.
    return Promise.resolve(new Response("{}", { status: 403 }));
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await db.delete(sources);
  await db.delete(callLookups);
  await db.delete(reconciliations);
});

/** A Twilio source whose account says how its platform behaves, with so many look-ups and comparisons due. */
async function sourceWith(account: string, counts: { lookUps: number; comparisons: number }, since: number) {
  const { id: organizationId } = await mintOrganization(db);
  const source = await mintSource(db, organizationId, { kind: "twilio", settings: { reconcile: false } });
  const credentials = await sealCredentials(TEST_MASTER_KEYS, source.id, { account_sid: account, auth_token: "t" });
  await db.update(sources).set({ credentials }).where(eq(sources.id, source.id));
  await dueLookUps(organizationId, source.id, counts.lookUps, since);
  for (let index = 0; index < counts.comparisons; index += 1) {
    await db.insert(reconciliations).values({
      organizationId,
      sourceId: source.id,
      id: `rcn_${index}_${source.id}`,
      asked: true,
      fromAt: since - HOUR,
      untilAt: since,
      state: "open",
      listed: 0,
      missing: 0,
      dueAt: since,
      attempts: 0,
      leaseUntil: 0,
      claims: 0,
      createdAt: Date.now(),
    });
  }
  return source;
}

async function dueLookUps(organizationId: string, sourceId: string, count: number, dueAt: number, mark = "first") {
  const due = { organizationId, sourceId, dueAt, attempts: 0, leaseUntil: 0, giveUpAt: Date.now() + DAY };
  for (let index = 0; index < count; index += 1) {
    const externalId = `CA${String(index).padStart(32, "0")}`;
    await db.insert(callLookups).values({ ...due, callId: `call_${mark}_${index}_${sourceId}`, externalId });
  }
}

const stateOf = async (sourceId: string) => ({
  lookUps: await db.$count(callLookups, eq(callLookups.sourceId, sourceId)),
  comparisons: (await db.select().from(reconciliations).where(eq(reconciliations.sourceId, sourceId))).map(
    ({ state }) => state,
  ),
});

describe("a platform that never answers", () => {
  it("keeps nobody waiting at ten times the slots: not the sweep, and no source of another organization", async () => {
    const since = Date.now() - MINUTE;
    const many = { lookUps: 10 * LOOK_UPS_AT_ONCE, comparisons: 10 * COMPARISONS_AT_ONCE };
    const hanging = await sourceWith(HANGING, many, since);
    const fine = await sourceWith(FINE, { lookUps: 5, comparisons: 1 }, since + 1);
    const named = await sourcesToAsk(db, Date.now(), { limit: 10, perOrganization: 10 });
    expect(new Set(named)).toEqual(new Set([hanging.id, fine.id]));
    const { pull } = jobDeps(line.env).sweep;
    // Never ends within this test: it is what the lane of the source waits for.
    void askPlatform(pull, hanging.id);
    const most = LOOK_UPS_AT_ONCE + COMPARISONS_AT_ONCE;
    const askedOfHanging = () => asked.filter((path) => path.includes(HANGING));
    await vi.waitFor(() => expect(askedOfHanging().length).toBeGreaterThanOrEqual(most), 10_000);
    await askPlatform(pull, fine.id);
    expect(await stateOf(fine.id)).toEqual({ lookUps: 0, comparisons: ["completed"] });
    const claimed = await db.$count(callLookups, eq(callLookups.attempts, 1));
    const compared = await db.$count(reconciliations, eq(reconciliations.attempts, 1));
    // The neighbour's comparison is one that was claimed.
    expect({ claimed, compared }).toEqual({ claimed: LOOK_UPS_AT_ONCE, compared: COMPARISONS_AT_ONCE + 1 });
    expect(askedOfHanging().filter((path) => !path.endsWith(".json") || path.includes("/Calls/"))).toHaveLength(
      LOOK_UPS_AT_ONCE,
    );
  });

  it("is asked by lanes that the sweep wakes and does not wait for", async () => {
    const woken: string[] = [];
    const ask = async (sourceId: string) => void woken.push(sourceId);
    const get = () => ({ wake: async () => undefined, ask });
    line = newPipeline({ SOURCE_LANES: { idFromName: (name: string) => name, get } as never });
    vi.mocked(fetch).mockImplementation(() => Promise.reject(new Error("the sweep asked somebody")));
    const hanging = await sourceWith(HANGING, { lookUps: 1, comparisons: 1 }, Date.now() - MINUTE);
    await line.cron();
    expect(woken).toEqual([hanging.id]);
    expect(fetch).not.toHaveBeenCalled();
  });

  it("keeps no place from others, however many sources of one organization wait for theirs", async () => {
    const since = Date.now() - HOUR;
    const { id: organizationId } = await mintOrganization(db);
    for (let index = 0; index < 30; index += 1) await dueLookUps(organizationId, `src_hanging_${index}`, 1, since);
    const { id: other } = await mintOrganization(db);
    await dueLookUps(other, "src_other", 1, since + MINUTE);
    expect(await sourcesToAsk(db, Date.now(), { limit: 3, perOrganization: 3 })).toContain("src_other");
    const named = await sourcesToAsk(db, Date.now(), { limit: 100, perOrganization: 5 });
    expect(named.filter((sourceId) => sourceId !== "src_other")).toHaveLength(5);
  });

  it("is found by source, however many look-ups of others wait", async () => {
    const { pull } = jobDeps(line.env).sweep;
    const plans = await plansOf(env.DB, () => askPlatform({ ...pull, db: openDatabase(env.DB) }, "src_none"));
    expect(plans.join("\n")).toContain("call_lookups_by_source");
  });
});

describe("the lane of a source", () => {
  it("asks its platform as an object, behind its answer", async () => {
    const fine = await sourceWith(FINE, { lookUps: 1, comparisons: 1 }, Date.now() - MINUTE);
    const lanes = env.SOURCE_LANES;
    await lanes.get(lanes.idFromName(`questions ${fine.id}`)).ask(fine.id);
    await vi.waitFor(async () => {
      expect(await stateOf(fine.id)).toEqual({ lookUps: 0, comparisons: ["completed"] });
    }, 20_000);
  });

  it("asks again, without a sweep, when it was woken during a turn that did not see the work", async () => {
    const fine = await sourceWith(FINE, { lookUps: 1, comparisons: 0 }, Date.now() - MINUTE);
    const lane = env.SOURCE_LANES.get(env.SOURCE_LANES.idFromName(`questions ${fine.id}`));
    const platform = { answers: false };
    vi.mocked(fetch).mockImplementation(async (input) => {
      asked.push(new URL(new Request(input).url).pathname);
      // Asked again and again by the object: a promise that the test resolves would never end there.
      while (!platform.answers) await new Promise((resolve) => setTimeout(resolve, 5));
      return new Response("{}", { status: 403 });
    });
    await lane.ask(fine.id);
    await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
    await dueLookUps(fine.organizationId, fine.id, 1, Date.now() - MINUTE, "later");
    await lane.ask(fine.id);
    expect(asked).toHaveLength(1);
    platform.answers = true;
    await vi.waitFor(async () => {
      expect(await stateOf(fine.id)).toEqual({ lookUps: 0, comparisons: [] });
    }, 20_000);
  });
});
