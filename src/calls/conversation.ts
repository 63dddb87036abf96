import type { Conversation } from "../db/schema";
import type { ConversationSnapshot } from "../events";
import { toIso } from "../lib/time";
import type { CallFacts } from "./facts";
import type { CallRow } from "./snapshot";

export type { Conversation };

// Bytes of each part as it is stored. Together, and doubled by escapes, they stay under D1's 2 MB for a row; four hours
// of talk come to some 220 kB.
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

/** What a notice says of the conversation, cut to size: only the parts it says anything about. */
export function conversationFacts(facts: CallFacts): Partial<Conversation> {
  const said: Partial<Conversation> = {};
  if (facts.agentId) said.agentId = clipText(facts.agentId, MAX_AGENT_ID);
  if (facts.summary) said.summary = clipText(facts.summary, MAX_SUMMARY);
  if (facts.transcript) said.transcript = clipText(facts.transcript, MAX_TRANSCRIPT);
  if (facts.timeline?.length) {
    const entries = facts.timeline
      .filter(hasMoment)
      .map(({ at, kind, speaker, text }) => ({ at, kind, speaker, text: clipText(text, MAX_ENTRY) }));
    said.timeline = clipList(entries, MAX_TIMELINE);
  }
  if (facts.actionResults?.length) said.actionResults = clipList(facts.actionResults, MAX_ACTION_RESULTS);
  return said;
}

/** Whether one way of saying it says more than another. A total order, so the order of notices does not matter. */
export function outgrows(value: string, known: string): boolean {
  return value.length === known.length ? value > known : value.length > known.length;
}

/** The public shape of what was said, or null where the platform wrote nothing down. */
export function snapshotConversation({ conversation }: Pick<CallRow, "conversation">): ConversationSnapshot | null {
  if (conversation === null) return null;
  return {
    agent_id: conversation.agentId,
    summary: conversation.summary,
    transcript: conversation.transcript,
    timeline: conversation.timeline.map(({ at, ...entry }) => ({ at: toIso(at), ...entry })),
    action_results: conversation.actionResults,
  };
}

/** A moment that no calendar has would be no event's either. */
function hasMoment({ at }: { at: number }): boolean {
  return !Number.isNaN(new Date(at).getTime());
}

/** The beginning of a text that fits into so many bytes, no character cut in half. */
function clipText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

/** The first entries whose JSON fits into so many bytes. */
function clipList<T>(entries: readonly T[], maxBytes: number): T[] {
  const encoder = new TextEncoder();
  let size = 0;
  const end = entries.findIndex(
    (entry) => (size += encoder.encode(JSON.stringify(entry) ?? "null").length + 1) > maxBytes,
  );
  return entries.slice(0, end === -1 ? entries.length : end);
}
