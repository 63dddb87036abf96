import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/db/client";
import { newId } from "../../../src/lib/id";
import { DAY, HOUR, MINUTE } from "../../../src/lib/time";
import { addCounts, hourOf, judgeSources, readSourceHealth, type RequestCount } from "../../../src/sources";
import { mintSource } from "../../factories";

const { DB } = env as typeof env & { DB: D1Database };
const db = openDatabase(DB);
const NOW = Date.parse("2026-02-10T13:20:00Z");

type Given = [outcome: RequestCount["outcome"], reason: string, requests: number, ago: number];

/** A source of an organization of its own to which this came. */
async function sourceWith(given: Given[], changes: object = {}) {
  const source = await mintSource(db, newId("org", NOW), { id: newId("src", NOW), ...changes });
  const counts = given.map(([outcome, reason, requests, ago]) => ({
    organizationId: source.organizationId,
    sourceId: source.id,
    sourceKind: source.kind,
    outcome,
    reason,
    requests,
    hour: hourOf(NOW - ago),
    lastAt: NOW - ago,
  }));
  if (counts.length > 0) await addCounts(db, counts);
  return { ...source, hasCredentials: false };
}

async function statusOf(given: Given[], changes: object = {}) {
  const source = await sourceWith(given, changes);
  const verdict = (await judgeSources(db, source.organizationId, [source], NOW)).get(source.id);
  const report = await readSourceHealth(db, source, 1, NOW);
  expect([report.status, report.lastNoticeAt]).toEqual([verdict?.status, verdict?.lastNoticeAt]);
  return { status: report.status, trouble: report.trouble };
}

describe("the status of a source", () => {
  it.each<[string, string, Given[]]>([
    ["never", "nothing came", []],
    ["never", "it was only asked whether it is there", [["ignored", "handshake", 2, 0]]],
    ["quiet", "the last came two days ago", [["accepted", "", 5, 2 * DAY]]],
    ["quiet", "the last was refused forty days ago", [["refused", "missing_fields", 5, 40 * DAY]]],
    ["active", "calls come", [["accepted", "", 5, MINUTE]]],
    ["active", "what comes is ignored", [["ignored", "not_recorded", 5, 20 * HOUR]]],
    ["active", "calls wait for their campaign", [["quarantined", "unknown_campaign", 5, 0]]],
    [
      "active",
      "few are refused",
      [
        ["accepted", "", 5, 0],
        ["refused", "missing_fields", 4, 0],
      ],
    ],
    [
      "active",
      "junk comes with good notices",
      [
        ["accepted", "", 1, 0],
        ["refused", "wrong_signature", 900, 0],
      ],
    ],
    [
      "active",
      "it was mended",
      [
        ["refused", "missing_fields", 90, 5 * HOUR],
        ["accepted", "", 9, 0],
        ["accepted", "", 1, HOUR],
      ],
    ],
    [
      "failing",
      "most are refused",
      [
        ["accepted", "", 4, 0],
        ["refused", "missing_fields", 5, 0],
      ],
    ],
    ["failing", "nothing is proven", [["refused", "wrong_signature", 1, 3 * HOUR]]],
    ["failing", "we give up on all", [["dead", "processing_failed", 2, 0]]],
    [
      "failing",
      "it broke",
      [
        ["accepted", "", 900, 5 * HOUR],
        ["refused", "missing_fields", 3, HOUR],
        ["refused", "missing_fields", 3, 0],
      ],
    ],
  ])("is %s when %s", async (status, _name, given) => {
    expect((await statusOf(given)).status).toBe(status);
  });

  it("is paused whatever came", async () => {
    expect((await statusOf([["refused", "missing_fields", 9, 0]], { state: "paused" })).status).toBe("paused");
  });

  it("names the reason, how many, and since which hour", async () => {
    const { trouble } = await statusOf([
      ["refused", "wrong_signature", 12, MINUTE],
      ["refused", "wrong_signature", 3, HOUR],
      ["refused", "missing_fields", 1, MINUTE],
    ]);
    expect(trouble).toEqual({
      reason: "wrong_signature",
      event: "refused",
      requests: 15,
      since: hourOf(NOW - HOUR),
    });
    const waiting = await statusOf([
      ["accepted", "", 1, 0],
      ["quarantined", "no_campaign", 2, 0],
    ]);
    expect(waiting.trouble).toMatchObject({ reason: "no_campaign", event: "quarantined", requests: 2 });
    expect((await statusOf([["accepted", "", 1, 0]])).trouble).toBeNull();
  });
});

describe("the report", () => {
  it("sums up the hours asked for", async () => {
    const source = await sourceWith([
      ["accepted", "", 6, MINUTE],
      ["ignored", "not_recorded", 2, MINUTE],
      ["ignored", "handshake", 5, 0],
      ["refused", "missing_fields", 1, HOUR],
      ["refused", "wrong_signature", 2, MINUTE],
      ["refused", "wrong_signature", 3, 2 * HOUR],
      ["quarantined", "no_campaign", 1, HOUR],
      ["dead", "processing_failed", 1, HOUR],
      ["accepted", "", 1_000, 3 * HOUR],
    ]);
    const report = await readSourceHealth(db, source, 3, NOW);
    expect(report).toMatchObject({
      from: Date.parse("2026-02-10T11:00:00Z"),
      lastNoticeAt: NOW - MINUTE,
      lastAcceptedAt: NOW - MINUTE,
      counts: { accepted: 6, ignored: 2, refused: 6, quarantined: 1, dead: 1 },
      handshakes: 5,
      successRate: 0.5,
    });
    expect(report.reasons.map(({ outcome, reason, requests, lastAt }) => [outcome, reason, requests, lastAt])).toEqual([
      ["refused", "wrong_signature", 5, NOW - MINUTE],
      ["refused", "missing_fields", 1, NOW - HOUR],
      ["dead", "processing_failed", 1, NOW - HOUR],
      ["quarantined", "no_campaign", 1, NOW - HOUR],
    ]);
    expect(report.series.map((hour) => [new Date(hour.hour).getUTCHours(), hour.accepted, hour.refused])).toEqual([
      [11, 0, 3],
      [12, 0, 1],
      [13, 6, 2],
    ]);
  });

  it("knows the last accepted one long after, and no rate of nothing", async () => {
    const source = await sourceWith([
      ["accepted", "", 1, 50 * DAY],
      ["refused", "missing_fields", 1, 40 * DAY],
    ]);
    expect(await readSourceHealth(db, source, 24, NOW)).toMatchObject({
      lastNoticeAt: NOW - 40 * DAY,
      lastAcceptedAt: NOW - 50 * DAY,
      successRate: null,
      reasons: [],
    });
  });

  it("is of one source: not of its namesake in another organization or of another kind", async () => {
    const source = await sourceWith([["accepted", "", 1, 0]]);
    const other = { ...source, organizationId: "org_other" };
    expect((await readSourceHealth(db, other, 24, NOW)).status).toBe("never");
    expect((await readSourceHealth(db, { ...source, kind: "anura" }, 24, NOW)).status).toBe("never");
  });
});

describe("its queries", () => {
  it("are one for all sources of a page, and searches by key", async () => {
    const statements: string[] = [];
    const watched = { prepare: (text: string) => (statements.push(text), DB.prepare(text)) };
    const sources = await Promise.all([1, 2, 3].map(() => sourceWith([])));
    await judgeSources(openDatabase(watched as unknown as D1Database), "org_1", sources, NOW);
    await readSourceHealth(openDatabase(watched as unknown as D1Database), sources[0]!, 24, NOW);
    expect(statements).toHaveLength(3);
    for (const statement of statements) {
      const unbound = (statement.match(/\?/g) ?? []).map(() => "[]");
      const plan = await DB.prepare(`EXPLAIN QUERY PLAN ${statement}`)
        .bind(...unbound)
        .all<{ detail: string }>();
      const steps = plan.results.map(({ detail }) => detail).filter((detail) => !detail.includes("VIRTUAL TABLE"));
      expect(steps.join("\n")).not.toMatch(/SCAN/);
      expect(
        steps.some((step) => /PRIMARY KEY \(organization_id=\? AND source_id=\? AND source_kind=\?/.test(step)),
      ).toBe(true);
    }
  });
});
