import type {
  ActionResultSnapshot,
  AnalysisSnapshot,
  CallSnapshot,
  ConversationSnapshot,
  RecordingSnapshot,
} from "../../events";

/**
 * What profiles with their own payload read from an event. Any of it may be missing: stored events are old and varied.
 */
export type Facts = {
  call: Partial<CallSnapshot>;
  recording: Partial<RecordingSnapshot>;
  recordings: Partial<RecordingSnapshot>[];
  analysis: Partial<AnalysisSnapshot>;
  analyses: Partial<AnalysisSnapshot>[];
  conversation: Partial<ConversationSnapshot>;
  actions: Partial<ActionResultSnapshot>[];
};

/** Reads an event's data. What it does not contain is empty. */
export function factsOf(data: Record<string, unknown>): Facts {
  return {
    call: objectAt(data, "call"),
    recording: objectAt(data, "recording"),
    recordings: Array.isArray(data.recordings) ? data.recordings.filter(isObject) : [],
    analysis: objectAt(data, "analysis"),
    analyses: Array.isArray(data.analyses) ? data.analyses.filter(isObject) : [],
    conversation: objectAt(data, "conversation"),
    actions: Array.isArray(data.actions) ? data.actions.filter(isObject) : [],
  };
}

/** An object with a value of unknown keys. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectAt(data: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = data[key];
  return isObject(value) ? value : {};
}
