import { publicState } from "../../analysis";
import type { Child } from "hono/jsx";
import {
  codeOfAttempt,
  hostOfEndpoint,
  nameOfEndpoint,
  type AttemptLogEntry,
  type DeliveryLogEntry,
} from "../../delivery";
import { Moment } from "../../ui/components/moment";
import { Tag, type Tone } from "../../ui/components/status";
import { StoredReason, Why } from "../../ui/components/stored-reason";
import { failureOfAnalysis, failureOfAttempts, failureOfRecording, type Failure } from "../../ui/failures";
import { actionWords } from "../../ui/strings/actions";
import type { callPageWords } from "../../ui/strings/call";
import { wordsOf, type Words } from "../../ui/strings/define";
import { detailIn } from "../../ui/strings/refusals";
import type { View } from "../../ui/view";
import type { CallParts } from "./read-one";
import { timelineOf, type Step } from "./timeline";

type CallPageWords = Words<typeof callPageWords>;

/** One vertical line from the platform's notice to each subscriber's answer. What fails is open. */
export function Timeline({ view, words, parts }: { view: View; words: CallPageWords; parts: CallParts }) {
  const steps = timelineOf(parts);
  const sourceName = parts.source?.name ?? parts.call.sourceKind;
  return (
    <>
      <ol class="timeline">
        {steps.map((step, index) => {
          const before = steps[index - 1]?.at ?? null;
          return (
            <li class={toneOf(step)}>
              <span class="dot" aria-hidden="true" />
              <div class="step">
                <StepText view={view} words={words} step={step} sourceName={sourceName} />
              </div>
              <span class="step-time mono">
                {step.at === null ? (
                  words.queued
                ) : before === null ? (
                  <Moment view={view} at={step.at} as="exactTime" />
                ) : (
                  `+ ${view.formats.span(spanOf(step, step.at - before))}`
                )}
              </span>
            </li>
          );
        })}
      </ol>
      {parts.hasWebhooks === false && <p class="second">{words.noWebhooks}</p>}
    </>
  );
}

/** What a step took: a webhook its slowest delivery, each other the time since the step before. Milliseconds. */
function spanOf(step: Step, sinceBefore: number): number {
  return step.kind === "subscriber" ? (step.took ?? 0) : Math.max(0, sinceBefore);
}

const WORK_TONES = { pending: "idle", completed: "good", failed: "wrong" } as const;

function toneOf(step: Step): Tone {
  switch (step.kind) {
    case "notice":
      return "good";
    case "ended":
      return step.failed && step.error !== null ? "wrong" : "good";
    case "recording":
      return WORK_TONES[step.recording.state];
    case "analysis":
      return WORK_TONES[publicState(step.analysis)];
    case "action":
      return step.action.state === "failed" ? "wrong" : step.action.state === "completed" ? "good" : "idle";
    case "subscriber":
      return step.tone;
  }
}

type StepProps = { view: View; words: CallPageWords; step: Step; sourceName: string };

function StepText({ view, words, step, sourceName }: StepProps) {
  const { number, time } = view.formats;
  switch (step.kind) {
    case "notice":
      return <Line title={words.firstNotice(sourceName)} />;
    case "ended":
      return (
        <Line
          title={step.failed ? words.callFailed : words.callEnded}
          note={step.error && (detailIn(step.error, view.language) ?? step.error)}
        />
      );
    case "recording": {
      const { state, attempts, dueAt, reason } = step.recording;
      const why = <Why view={view} failure={failureOfRecording(step.recording)} />;
      if (state === "failed") return <Line title={words.recordingGivenUp} note={why} />;
      const tries = attempts > 1 ? words.tries(number(attempts)) : null;
      if (state === "completed") return <Line title={words.recordingStored} note={tries} />;
      const next = words.nextTry(time(dueAt));
      return (
        <Line
          title={words.recordingAsked}
          note={
            reason === null ? (
              next
            ) : (
              <>
                {next} {why}
              </>
            )
          }
        />
      );
    }
    case "action": {
      const acting = wordsOf(actionWords, view.language);
      const { action, state, reason } = step.action;
      const title = `${acting[action.kind]}: ${action.name}`;
      // What is not for this call says so by its state; its reason is of the API.
      const note =
        state === "skipped" ? (
          acting.isSkipped
        ) : state === "completed" || reason === null ? null : (
          <StoredReason view={view} about={action.kind === "ask" ? "engine" : "action"} reason={reason} />
        );
      return <Line title={title} note={note} />;
    }
    case "analysis": {
      const state = publicState(step.analysis);
      if (state === "failed")
        return (
          <Line title={words.analysisFailed} note={<Why view={view} failure={failureOfAnalysis(step.analysis)} />} />
        );
      return <Line title={state === "completed" ? words.analysed : words.analysisPending} />;
    }
    case "subscriber":
      return <SubscriberStep view={view} words={words} step={step} />;
  }
}

function Line({ title, note }: { title: Child; note?: Child }) {
  return (
    <>
      <span dir="auto">{title}</span>
      {note && (
        <p class="step-note" dir="auto">
          {note}
        </p>
      )}
    </>
  );
}

type SubscriberProps = { view: View; words: CallPageWords; step: Extract<Step, { kind: "subscriber" }> };

function SubscriberStep({ view, words, step }: SubscriberProps) {
  const { endpoint, deliveries } = step.subscriber;
  const { number } = view.formats;
  const name = nameOfEndpoint(endpoint);
  if (deliveries === null) return <Line title={name} note={words.logMissing} />;
  const behind = deliveries.filter((delivery) => !isTried(delivery)).length;
  const failure = step.worst === null ? undefined : failureOfDelivery(endpoint.url, step.worst);
  const sum = words.delivered(number(step.delivered), number(deliveries.length));
  return (
    <details class="subscriber" open={step.tone === "wrong"}>
      <summary>
        <span dir="auto">{name}</span>
        <span class="step-note">{[sum, stateOf(view, words, step.worst)].filter(Boolean).join(" · ")}</span>
      </summary>
      {failure && (
        <p class="step-note" dir="auto">
          <Why view={view} failure={failure} />
        </p>
      )}
      <div class="table-scroll" tabindex={0} role="region" aria-label={name}>
        <table class="table compact">
          <thead>
            <tr>
              <th scope="col">{words.event}</th>
              <th scope="col">{words.when}</th>
              <th scope="col">{words.answer}</th>
              <th scope="col" class="number">
                {words.took}
              </th>
            </tr>
          </thead>
          <tbody>
            {deliveries.filter(isTried).map((delivery) => deliveryRows(view, words, delivery))}
            {behind > 0 && (
              <tr>
                <td colspan={4} class="second">
                  {words.behind(number(behind))}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function failureOfDelivery(url: string, { attempts, attemptCount }: DeliveryLogEntry): Failure | undefined {
  const last = attempts.at(-1);
  const code = last && codeOfAttempt(last);
  return code ? failureOfAttempts(hostOfEndpoint(url), code, attempts, attemptCount) : undefined;
}

function isTried({ attempts }: DeliveryLogEntry): boolean {
  return attempts.length > 0;
}

/** The tries of a failing delivery, the last one of another. */
function deliveryRows(view: View, words: CallPageWords, delivery: DeliveryLogEntry) {
  const { attempts, state, type } = delivery;
  const shown = state === "delivered" ? attempts.slice(-1) : attempts;
  return shown.map((attempt, index) => (
    <tr>
      <td>
        {index === 0 ? (
          <code>{type}</code>
        ) : (
          <span class="second">{words.attempt(view.formats.number(attempt.number))}</span>
        )}
      </td>
      <td class="mono">
        <Moment view={view} at={attempt.startedAt} as="exactTime" />
      </td>
      <td>
        <Tag tone={attempt.error === null ? "good" : "wrong"}>{answerOf(words, attempt)}</Tag>
      </td>
      <td class="number">{view.formats.span(attempt.endedAt - attempt.startedAt)}</td>
    </tr>
  ));
}

function stateOf(view: View, words: CallPageWords, delivery: DeliveryLogEntry | null): string {
  if (delivery === null) return "";
  const last = delivery.attempts.at(-1);
  const answer = last ? words.failing(answerOf(words, last)) : "";
  if (delivery.state === "held") return [answer, words.held].filter(Boolean).join(" · ");
  if (delivery.state === "parked") return [answer, words.parked].filter(Boolean).join(" · ");
  const next = delivery.dueAt === null ? "" : words.nextTry(view.formats.time(delivery.dueAt));
  return [answer, last ? next : ""].filter(Boolean).join(" · ");
}

/** The status that came back. Why none did is the sentence above the tries: the code of an error is of the API. */
function answerOf(words: CallPageWords, { status }: AttemptLogEntry): string {
  return status === null ? words.noAnswer : String(status);
}
