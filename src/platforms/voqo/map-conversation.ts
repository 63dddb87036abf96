import type { CallFacts, TimelineEntry } from "../../calls";
import { isShallow } from "../reading/custom";
import { firstText, readFineMoment } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";

const MAX_SUMMARY = 20_000;
const MAX_TRANSCRIPT = 500_000;
const MAX_ENTRIES = 20_000;
const MAX_ENTRY = 20_000;
const MAX_DEPTH = 20;

// Controls but for tab and line breaks, which a transcript is made of.
const CONTROLS = /[^\P{Cc}\t\n\r]+/gu;

const KINDS: ReadonlySet<string> = new Set<TimelineEntry["kind"]>(["message", "action_start", "action_end"]);

/** Who spoke and what was said and done, of the seed's `data`. Voqo's agents are machines and make no operators. */
export function conversationOf(data: Fields, timeZone: string): Partial<CallFacts> {
  return {
    agentId: firstText(data, ["agent_id"], 200),
    summary: longText(data.get("call_summary"), MAX_SUMMARY),
    transcript: longText(data.get("transcript"), MAX_TRANSCRIPT),
    timeline: timelineOf(data.get("timestamps"), timeZone),
    actionResults: actionResultsOf(data.get("post_call_action_results")),
  };
}

/** The timeline; entries of a kind or a moment we do not know are left to the logged body. */
function timelineOf(value: unknown, timeZone: string): TimelineEntry[] | null {
  if (!Array.isArray(value)) return null;
  return value.slice(0, MAX_ENTRIES).flatMap((item: unknown) => {
    const entry = fieldsOf(item);
    const kind = entry?.get("event_type");
    const moment = entry ? readFineMoment(entry.get("timestamp"), timeZone) : null;
    if (!entry || moment === null || !isKind(kind)) return [];
    const speaker = entry.get("message_type");
    const spoke = kind === "message" && (speaker === "bot" || speaker === "human");
    return [{ ...moment, kind, speaker: spoke ? speaker : null, text: longText(entry.get("text"), MAX_ENTRY) ?? "" }];
  });
}

function actionResultsOf(value: unknown): unknown[] | null {
  if (!Array.isArray(value)) return null;
  // Deeper ones would run whoever stores them as JSON out of stack.
  return value.filter((result) => isShallow(result, MAX_DEPTH));
}

function isKind(value: unknown): value is TimelineEntry["kind"] {
  return typeof value === "string" && KINDS.has(value);
}

function longText(value: unknown, max: number): string | null {
  if (typeof value !== "string") return null;
  const text = value.slice(0, max).toWellFormed().replace(CONTROLS, " ").trim();
  return text === "" ? null : text;
}
