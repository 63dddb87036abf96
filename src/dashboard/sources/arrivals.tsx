import { may, type Caller } from "../../identity";
import type { FoundInbound, SourceView, Verdict } from "../../sources";
import { Moment } from "../../ui/components/moment";
import { Status, Tag, type Tone } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";
import type { SourceWords } from "./connect-panel";

type Props = {
  view: View;
  caller: Caller;
  source: SourceView;
  verdict: Verdict | undefined;
  arrived: readonly FoundInbound[];
};

const TONES: Record<FoundInbound["outcome"], Tone> = {
  accepted: "good",
  ignored: "idle",
  refused: "wrong",
  quarantined: "attention",
  dead: "wrong",
};

export function outcomeWord(words: SourceWords, outcome: FoundInbound["outcome"]): string {
  const { outcomeAccepted, outcomeIgnored, outcomeRefused, outcomeQuarantined, outcomeDead } = words;
  const known: Record<FoundInbound["outcome"], string> = {
    accepted: outcomeAccepted,
    ignored: outcomeIgnored,
    refused: outcomeRefused,
    quarantined: outcomeQuarantined,
    dead: outcomeDead,
  };
  return known[outcome];
}

export function OutcomeTag({ words, outcome }: { words: SourceWords; outcome: FoundInbound["outcome"] }) {
  return <Tag tone={TONES[outcome]}>{outcomeWord(words, outcome)}</Tag>;
}

/** Beside what somebody sent to try a source. */
export function SampleMark({ words }: { words: SourceWords }) {
  return <Tag>{words.sampleMark}</Tag>;
}

/** What came from a source last, refusals and samples included. It looks anew by itself. */
export function Arrivals({ view, caller, source, verdict, arrived }: Props) {
  const words = wordsOf(sourceWords, view.language);
  // A sample is nothing that came from the platform.
  const came = arrived.filter(({ callId, form }) => callId !== null && form !== "sample");
  const isUnassigned = came[0]?.outcome === "quarantined";
  return (
    <div
      id="arrivals"
      hx-get={`/dashboard/sources/${source.id}/arrivals`}
      hx-trigger="every 3s"
      hx-swap="outerHTML"
      aria-live="polite"
    >
      <div class="notice">
        <p>
          {source.state === "paused" ? (
            <Status tone="idle">{words.paused}</Status>
          ) : isUnassigned ? (
            <>
              <Status tone="attention">{words.arrivingUnassigned}</Status> {words.arrivingUnassignedText}
            </>
          ) : came.length > 0 || verdict?.status === "active" ? (
            <Status tone="good">{words.arriving}</Status>
          ) : (
            <>
              <Status tone="attention">{words.waiting}</Status> {words.waitingText}
            </>
          )}
        </p>
      </div>
      {arrived.length > 0 && (
        <ul class="needs arrivals">
          {arrived.map(({ id, receivedAt, outcome, reason, callId, status, form }) => (
            <li>
              <Moment view={view} at={receivedAt} as="exactTime" />
              <OutcomeTag words={words} outcome={outcome} />
              <span dir="auto">
                {form === "sample" && (
                  <>
                    <SampleMark words={words} />{" "}
                  </>
                )}
                {status} {reason !== null && <code>{reason}</code>}
              </span>
              {callId !== null && may(caller, "calls:read") ? (
                <a href={`/dashboard/calls/${callId}`}>{words.openCall}</a>
              ) : may(caller, "inbound:list") ? (
                <a href={`/dashboard/inbound/${id}`}>{words.openLog}</a>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
