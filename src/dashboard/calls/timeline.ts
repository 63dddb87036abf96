import { stepsOf, type Step as ActionStep } from "../../actions";
import type { AnalysisRow } from "../../analysis";
import type { DeliveryLogEntry } from "../../delivery";
import type { RecordingRow } from "../../recordings";
import type { Tone } from "../../ui/components/status";
import type { CallParts, Subscriber } from "./read-one";

/** One step of the way of a call, from the platform's notice to each subscriber's answer. Times in milliseconds. */
export type Step =
  | { kind: "notice"; at: number }
  | { kind: "ended"; at: number; failed: boolean; error: string | null }
  | {
      kind: "recording";
      at: number;
      recording: RecordingRow;
    }
  | { kind: "analysis"; at: number; analysis: AnalysisRow }
  | { kind: "action"; at: number; action: ActionStep }
  | {
      kind: "subscriber";
      /** When its last delivery was over; null while one is not. */
      at: number | null;
      /** How long its slowest first delivery took, from the event on; null while one is not over. */
      took: number | null;
      subscriber: Subscriber;
      tone: Tone;
      delivered: number;
      worst: DeliveryLogEntry | null;
    };

/** The steps in the order they happened; what is not over comes last. */
export function timelineOf({ call, end, recordings, analyses, actions, subscribers }: CallParts): Step[] {
  const steps: Step[] = [{ kind: "notice", at: call.createdAt }];
  if (end) steps.push({ kind: "ended", at: end.recordedAt, failed: end.type === "call.failed", error: call.error });
  for (const recording of recordings)
    steps.push({ kind: "recording", at: recording.completedAt ?? recording.createdAt, recording });
  for (const analysis of analyses)
    steps.push({ kind: "analysis", at: analysis.completedAt ?? analysis.createdAt, analysis });
  for (const action of (actions && stepsOf(actions)) ?? [])
    if (action.startedAt !== null) steps.push({ kind: "action", at: action.endedAt ?? action.startedAt, action });
  for (const subscriber of subscribers) {
    const step = subscriberStep(subscriber);
    if (step) steps.push(step);
  }
  return steps.toSorted((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity));
}

/** Undefined for an endpoint that was never to get this call. */
function subscriberStep(subscriber: Subscriber): Step | undefined {
  const { deliveries } = subscriber;
  if (deliveries === null)
    return { kind: "subscriber", at: null, took: null, subscriber, tone: "idle", delivered: 0, worst: null };
  if (deliveries.length === 0) return undefined;
  const delivered = deliveries.filter(({ state }) => state === "delivered");
  const open = deliveries.find(({ state }) => state !== "delivered" && state !== "skipped") ?? null;
  const last = Math.max(...deliveries.map(({ finishedAt }) => finishedAt ?? 0));
  const failed = open !== null && (open.attemptCount > 0 || open.state === "parked" || open.state === "held");
  return {
    kind: "subscriber",
    at: open === null ? last : null,
    took: open === null ? slowestOf(deliveries) : null,
    subscriber,
    tone: failed ? "wrong" : open === null ? "good" : "idle",
    delivered: delivered.length,
    worst: open,
  };
}

/**
 * From its event to the end of the slowest delivery. The time between two steps would count what the call waited for: its
 * being analysed again days later, or somebody's review. A replay is not of the call's way, where there is anything else.
 */
function slowestOf(deliveries: readonly DeliveryLogEntry[]): number {
  const first = deliveries.filter(({ replay }) => replay === 0);
  const counted = first.length > 0 ? first : deliveries;
  return Math.max(0, ...counted.map(({ enqueuedAt, finishedAt }) => (finishedAt ?? enqueuedAt) - enqueuedAt));
}
