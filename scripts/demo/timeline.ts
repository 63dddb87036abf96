import { valueAt } from "../api-client.ts";
import type { Delivery } from "../receiver/store.ts";
import type { CallEvent } from "./follow.ts";
import type { Truth } from "./serve-recording.ts";

/** One step of the timeline: when it happened since the notice was sent, how long it took, and what it found. */
export function renderStep(name: string, at: number, tookMs: number, note = ""): string {
  return `${(at / 1000).toFixed(2).padStart(7)} s  ${`+${formatTook(tookMs)}`.padStart(9)}  ${name.padEnd(20)}${note}`.trimEnd();
}

/** An event in a few words. */
export function noteOf(event: CallEvent): string {
  const text = (...path: string[]) => {
    const found = valueAt(event.data, path);
    return typeof found === "string" || typeof found === "number" ? String(found) : "";
  };
  switch (event.type) {
    case "call.completed":
      return `${text("call", "from")} to ${text("call", "operator", "name") || text("call", "to")}, ${text("call", "duration_seconds")} s`;
    case "recording.completed":
      return `${text("recording", "media_type")}, ${text("recording", "size_bytes")} bytes, sha256 ${text("recording", "sha256").slice(0, 12)}…`;
    case "recording.failed":
      return text("recording", "reason");
    case "task.created":
      return text("task", "id");
    case "analysis.created":
    case "analysis.completed":
      return `${text("analysis", "engine")} ${text("analysis", "engine_version")}`.trim();
    case "analysis.failed":
      return text("analysis", "reason");
    default:
      return "";
  }
}

/** What the analysis measured beside what is known of the recording. */
export function renderMeasures(data: unknown, truth: Truth): string[] {
  const measured = (...path: string[]) => {
    const value = valueAt(data, ["analysis", "measures", ...path]);
    return typeof value === "number" ? value : null;
  };
  const talk = valueAt(data, ["analysis", "measures", "talk_seconds"]);
  const rows: [string, number | null, number][] = [["duration", measured("duration_seconds"), truth.durationSeconds]];
  truth.talkSeconds.forEach((known, channel) => {
    const found: unknown = Array.isArray(talk) ? talk[channel] : null;
    rows.push([`talk, channel ${channel}`, typeof found === "number" ? found : null, known]);
  });
  rows.push(
    ["silence", measured("silence_seconds"), truth.silenceSeconds],
    ["overlap", measured("overlap_seconds"), truth.overlapSeconds],
  );
  return rows.map(
    ([name, found, known]) =>
      `${" ".repeat(22)}${name.padEnd(16)} ${formatSeconds(found)}   known ${formatSeconds(known)}`,
  );
}

export function renderDeliveries(deliveries: readonly Delivery[], events: readonly CallEvent[]): string[] {
  const recordedAt = new Map(events.map((event) => [event.id, event.recordedAt]));
  return deliveries.map((one) => {
    const took = Date.parse(one.receivedAt) - (recordedAt.get(one.id) ?? Number.NaN);
    const when = Number.isFinite(took) ? `${formatTook(took)} after it was recorded` : "";
    return `${String(one.seq ?? "").padStart(5)}  ${one.type.padEnd(20)} ${one.id}  ${one.verified ? "signature verified" : "NOT VERIFIED"}  ${when}`;
  });
}

function formatTook(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.max(0, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function formatSeconds(value: number | null): string {
  return value === null ? "      –  " : `${value.toFixed(2).padStart(7)} s`;
}
