import type { CallRow } from "../calls";

/** What one party says, in order. `speaker`: whoever the source of the text names; null where it does not say. */
export type SpokenText = { callId: string; speaker: string | null; text: string };

/** The words of one call that are indexed, in UTF-16 units: an hour of talk has a third of it. */
const MOST_TEXT = 150_000;

/** What the platform sent of the conversations: its messages, or the transcript where there are none, and the summary. */
export function spokenOf(calls: readonly CallRow[]): SpokenText[] {
  return calls.flatMap(({ id: callId, conversation }) => {
    if (conversation === null) return [];
    const { timeline, transcript, summary } = conversation;
    const messages = timeline
      .filter(({ kind }) => kind === "message")
      .map(({ speaker, text }): SpokenText => ({ callId, speaker, text }));
    const spoken =
      messages.length > 0 || transcript === null ? messages : [{ callId, speaker: null, text: transcript }];
    return summary === null ? spoken : [...spoken, { callId, speaker: null, text: summary }];
  });
}

/** The words of each call as the index takes them, from any sources of text. */
export function wordsByCall(spoken: readonly SpokenText[]): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { callId, text } of spoken) {
    const before = words.get(callId);
    words.set(callId, (before === undefined ? text : `${before}\n${text}`).slice(0, MOST_TEXT));
  }
  return words;
}
