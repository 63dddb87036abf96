import type { Conversation } from "../db/schema";
import type { ConversationSnapshot } from "../events";
import { toIso } from "../lib/time";
import type { CallFacts } from "./facts";
import type { CallRow } from "./snapshot";

export type { Conversation };

// Limits in bytes of each stored part. Together, and doubled by JSON escapes, they stay below D1's 2 MB per row. Four
// hours of talk take about 220 kB.
const MAX_AGENT_ID = 200;
const MAX_SUMMARY = 20_000;
const MAX_TRANSCRIPT = 500_000;
const MAX_TIMELINE = 600_000;
const MAX_ENTRY = 20_000;
const MAX_ACTION_RESULTS = 100_000;

export const EMPTY_CONVERSATION: Conversation = {
  agentId: null,
  summary: null,
  transcript: null,
  timeline: [],
  actionResults: [],
};

/** The conversation in a notice, cut to size: only the parts that the notice has. */
export function conversationFacts(facts: CallFacts): Partial<Conversation> {
  const reported: Partial<Conversation> = {};
  if (facts.agentId) reported.agentId = clipText(facts.agentId, MAX_AGENT_ID);
  if (facts.summary) reported.summary = clipText(facts.summary, MAX_SUMMARY);
  if (facts.transcript) reported.transcript = clipText(facts.transcript, MAX_TRANSCRIPT);
  if (facts.timeline?.length) {
    const entries = facts.timeline.filter(hasMoment).map(({ at, finer, kind, speaker, text }) => ({
      at,
      ...(finer !== undefined && { finer }),
      kind,
      speaker,
      text: clipText(text, MAX_ENTRY),
    }));
    reported.timeline = clipList(entries, MAX_TIMELINE);
  }
  if (facts.actionResults?.length) reported.actionResults = clipList(facts.actionResults, MAX_ACTION_RESULTS);
  return reported;
}

/** Whether `value` is fuller than `known`. A total order, so that the order of notices does not matter. */
export function outgrows(value: string, known: string): boolean {
  return value.length === known.length ? value > known : value.length > known.length;
}

/** The public shape of a conversation, or null where the platform sent none. */
export function snapshotConversation({ conversation }: Pick<CallRow, "conversation">): ConversationSnapshot | null {
  if (conversation === null) return null;
  return {
    agent_id: conversation.agentId,
    summary: conversation.summary,
    transcript: conversation.transcript,
    timeline: conversation.timeline.map(({ at, finer = "", ...entry }) => ({
      at: toIso(at).replace("Z", `${finer}Z`),
      ...entry,
    })),
    action_results: conversation.actionResults,
  };
}

/** A time that no calendar has would break the event it becomes part of. */
function hasMoment({ at }: { at: number }): boolean {
  return !Number.isNaN(new Date(at).getTime());
}

/** The longest prefix of a text within this many bytes, without cutting a character. */
function clipText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

/** The longest prefix of a list whose JSON fits into this many bytes. */
function clipList<T>(entries: readonly T[], maxBytes: number): T[] {
  const encoder = new TextEncoder();
  let size = 0;
  const end = entries.findIndex(
    (entry) => (size += encoder.encode(JSON.stringify(entry) ?? "null").length + 1) > maxBytes,
  );
  return entries.slice(0, end === -1 ? entries.length : end);
}
