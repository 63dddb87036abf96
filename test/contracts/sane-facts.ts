import { expect } from "vitest";
import type { CallFacts } from "../../src/calls";

const MONTH = 30 * 24 * 3_600;
const TIMES = ["startedAt", "answeredAt", "endedAt"] as const;
const TEXTS = [
  "from",
  "fromE164",
  "to",
  "toE164",
  "startedAtRaw",
  "providerStatus",
  "error",
  "operatorName",
  "operatorReference",
  "account",
  "agentId",
] as const;

/** What holds of every fact whatever was sent: it can be stored, shown and told. */
export function expectSane(facts: CallFacts): void {
  const { externalId, recordings } = facts;
  expect(externalId.length).toBeGreaterThan(0);
  expect(externalId.length).toBeLessThanOrEqual(500);
  expect(["in_progress", "completed", "failed", "ended", "unanswered", null]).toContain(facts.outcome);
  expect(["inbound", "outbound", "internal", null, undefined]).toContain(facts.direction);
  for (const name of TIMES) {
    const time = facts[name];
    // Events carry four-digit years, and a column of whole milliseconds.
    if (typeof time === "number") {
      expect(new Date(time).toISOString()).toMatch(/^\d{4}-/);
      expect(Number.isInteger(time)).toBe(true);
    }
  }
  for (const seconds of [facts.durationSeconds, facts.talkSeconds]) {
    if (typeof seconds !== "number") continue;
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(seconds).toBeLessThanOrEqual(MONTH);
  }
  for (const name of TEXTS) expect(facts[name]?.length ?? 0).toBeLessThanOrEqual(1_000);
  for (const number of [facts.fromE164, facts.toE164]) if (number) expect(number).toMatch(/^\+[1-9]\d{6,14}$/);
  if (typeof facts.campaignNumber === "number") expect(Number.isSafeInteger(facts.campaignNumber)).toBe(true);
  expect(recordings.length).toBeLessThanOrEqual(50);
  for (const { externalId: id, url } of recordings) {
    expect(id.length).toBeGreaterThan(0);
    expect(id.length).toBeLessThanOrEqual(500);
    expect(url?.length ?? 0).toBeLessThanOrEqual(4_000);
  }
  expect(new Set(recordings.map((one) => one.externalId)).size).toBe(recordings.length);
  // What is stored as JSON escapes these; the rest is stored as it is.
  expect(JSON.stringify(plainOf(facts))).not.toMatch(/\\u0000|\\ud[89a-f]/);
}

/** The facts that have columns of their own, without what is stored as JSON. */
export function plainOf(facts: CallFacts): Partial<CallFacts> {
  const { custom: _1, summary: _2, transcript: _3, timeline: _4, actionResults: _5, ...plain } = facts;
  return plain;
}
