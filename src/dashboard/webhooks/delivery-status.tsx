import type { DeliveryLogEntry, DeliveryState } from "../../delivery";
import { Status, type Tone } from "../../ui/components/status";
import type { View } from "../../ui/view";
import type { WebhookWords } from "./webhook-page";

const TONES: Record<DeliveryState, Tone> = {
  delivered: "good",
  pending: "attention",
  held: "wrong",
  parked: "wrong",
  skipped: "idle",
};

/** How a delivery stands: its state, or the last answer and when it is tried next. */
export function DeliveryStatus({ view, words, entry }: { view: View; words: WebhookWords; entry: DeliveryLogEntry }) {
  const { state, attempts, dueAt, test } = entry;
  // It is tried once: nobody gave it up.
  if (test && state === "parked") return <Status tone="wrong">{words.testNotTaken}</Status>;
  if (state !== "pending") return <Status tone={TONES[state]}>{words[state]}</Status>;
  const last = attempts.at(-1);
  if (!last) return <Status tone="idle">{words.pending}</Status>;
  const answer = last.status === null ? words.noAnswer : String(last.status);
  const next = dueAt === null ? words.queuedBehind : words.next(view.formats.time(dueAt));
  return <Status tone="wrong">{`${answer}, ${next}`}</Status>;
}
