import { describe, expect, it } from "vitest";
import { foldNotices, type Notice } from "../../../src/calls/fold";
import { snapshotConversation, type TimelineEntry } from "../../../src/calls";
import { conversationSnapshot } from "../../../src/events";

const T0 = Date.UTC(2026, 7, 20, 14);

function notice(facts: Partial<Notice["facts"]>, extra: Partial<Notice> = {}): Notice {
  return {
    facts: { externalId: "c1", outcome: null, recordings: [], ...facts },
    receivedAt: T0,
    replay: false,
    ...extra,
  };
}

function utterance(text: string, at = T0): TimelineEntry {
  return { at, kind: "message", speaker: "bot", text };
}

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

describe("the conversation of a call", () => {
  it("is null on platforms that only connect calls", () => {
    const call = foldNotices(undefined, [
      notice({ outcome: "completed", summary: null, transcript: "", timeline: [] }),
    ]);
    expect(call.conversation).toBeNull();
    expect(snapshotConversation(call)).toBeNull();
  });

  it("keeps what each notice brings, and shows it in the shape of the catalog", () => {
    const call = foldNotices(undefined, [
      notice({ agentId: "agent_1", timeline: [utterance("Hola", T0 + 0.9487917)] }),
      notice({
        outcome: "completed",
        summary: "They renewed.",
        transcript: "bot: Hola",
        actionResults: [{ sent: true }],
      }),
    ]);
    const shown = snapshotConversation(call);
    expect(conversationSnapshot.parse(shown)).toEqual({
      agent_id: "agent_1",
      summary: "They renewed.",
      transcript: "bot: Hola",
      timeline: [{ at: "2026-08-20T14:00:00.000Z", kind: "message", speaker: "bot", text: "Hola" }],
      action_results: [{ sent: true }],
    });
  });

  it("lets the end of the call outrank what was written while it went on, and else the fuller text, in any order", () => {
    const notices = [
      notice({ transcript: "bot: Hola. human: Adiós, y muchas gracias." }),
      notice({ outcome: "completed", transcript: "bot: Hola.", summary: "short" }),
      notice({ outcome: "completed", summary: "a longer summary" }),
    ];
    const expected = { transcript: "bot: Hola.", summary: "a longer summary" };
    expect(foldNotices(undefined, notices).conversation).toMatchObject(expected);
    expect(foldNotices(undefined, notices.toReversed()).conversation).toMatchObject(expected);
    expect(foldNotices(foldNotices(undefined, notices), notices).conversation).toMatchObject(expected);
  });

  it("lets a replay replace what the same notice gave before a fix, even with less", () => {
    const before = foldNotices(undefined, [notice({ outcome: "completed", summary: "read wrongly, and at length" })]);
    const after = foldNotices(before, [notice({ outcome: "completed", summary: "right" }, { replay: true })]);
    expect(after.conversation?.summary).toBe("right");
  });

  it("leaves out moments that no calendar has", () => {
    const call = foldNotices(undefined, [
      notice({ timeline: [utterance("never", Number.NaN), utterance("too late", 9e15), utterance("now")] }),
    ]);
    expect(snapshotConversation(call)?.timeline.map((entry) => entry.text)).toEqual(["now"]);
  });

  it("is cut to a size that a row of the database takes, whatever the alphabet, and no character in half", () => {
    const call = foldNotices(undefined, [
      notice({
        agentId: "a".repeat(1_000),
        summary: "ñ".repeat(100_000),
        transcript: "😀".repeat(1_000_000),
        timeline: Array.from({ length: 50_000 }, () => utterance("漢字".repeat(100))),
        actionResults: Array.from({ length: 10_000 }, (_, index) => ({ index, text: "x".repeat(100) })),
      }),
    ]);
    expect(bytesOf(call.conversation)).toBeLessThan(1_300_000);
    const { transcript, timeline, actionResults } = call.conversation!;
    expect(transcript).toMatch(/^(?:😀)+$/u);
    expect(timeline.length).toBeGreaterThan(500);
    expect(actionResults.length).toBeGreaterThan(500);
  });
});
