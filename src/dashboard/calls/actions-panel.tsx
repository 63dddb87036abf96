import { isOver, lackingToRepeat, stepsOf, type CallActionsRow, type Step } from "../../actions";
import type { Permission } from "../../identity";
import { Button } from "../../ui/components/button";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { Status, Tag, type Tone } from "../../ui/components/status";
import { StoredReason } from "../../ui/components/stored-reason";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";

/** `csrf` null: the visitor may have no action done again; `allows`: what else they may. */
type Props = {
  view: View;
  row: CallActionsRow | undefined;
  csrf: string | null;
  allows: (permission: Permission) => boolean;
};

const TONES = { waiting: "idle", completed: "good", failed: "wrong", skipped: "idle" } as const satisfies Record<
  Step["state"],
  Tone
>;

/** What came of the post-call actions of a call, each with its state and its result. Nothing where it has none. */
export function ActionsPanel({ view, row, csrf, allows }: Props) {
  if (!row) return null;
  const words = wordsOf(actionWords, view.language);
  const steps = stepsOf(row);
  const names = {
    waiting: words.isPending,
    completed: words.isCompleted,
    failed: words.isFailed,
    skipped: words.isSkipped,
  };
  const failed = (steps ?? []).filter(({ state }) => state === "failed");
  const isOffered = (some: readonly Step[]) =>
    row.state === "completed" &&
    some.length > 0 &&
    lackingToRepeat(
      some.map(({ action }) => action.kind),
      allows,
    ) === undefined;
  const mayRetryAll = isOffered(failed);
  return (
    <Panel title={words.callTitle} id="actions">
      {steps === null && <p class="second">{row.state === "waiting" ? words.isWaiting : words.isPending}</p>}
      {steps !== null && (
        <ol class="in-order">
          {steps.map((step) => (
            <li>
              <p>
                <b dir="auto">{step.action.name}</b> <Tag>{words[step.action.kind]}</Tag>{" "}
                <Status tone={TONES[step.state]}>{names[step.state]}</Status>
              </p>
              {step.reason !== null && step.state !== "skipped" && (
                <p>
                  <StoredReason
                    view={view}
                    about={step.action.kind === "ask" ? "engine" : "action"}
                    reason={step.reason}
                  />
                </p>
              )}
              {!isOver(step) && step.retryAt !== null && (
                <p class="second">
                  {words.nextTry}: <Moment view={view} at={step.retryAt} as="relative" />
                </p>
              )}
              {step.result !== null && step.result !== undefined && (
                <details>
                  <summary>{words.details}</summary>
                  <pre class="plain-text" dir="auto">
                    {resultText(step.result)}
                  </pre>
                </details>
              )}
              {csrf !== null &&
                step.state === "failed" &&
                isOffered([step]) &&
                !(mayRetryAll && failed.length === 1) && (
                  <Retry callId={row.callId} csrf={csrf} actionId={step.action.id} label={words.retry} />
                )}
            </li>
          ))}
        </ol>
      )}
      {csrf !== null && mayRetryAll && (
        <Retry callId={row.callId} csrf={csrf} label={failed.length > 1 ? words.retryAll : words.retry} />
      )}
    </Panel>
  );
}

type RetryProps = { callId: string; csrf: string; actionId?: string; label: string };

function Retry({ callId, csrf, actionId, label }: RetryProps) {
  return (
    <form method="post" action={`/dashboard/calls/${callId}/actions`}>
      <input type="hidden" name="csrf" value={csrf} />
      {actionId !== undefined && <input type="hidden" name="action" value={actionId} />}
      <Button small>{label}</Button>
    </form>
  );
}

/** An answer as people read it: the words of an engine alone, anything else as it came. */
function resultText(result: unknown): string {
  const { answer } = (typeof result === "object" && result !== null ? result : {}) as { answer?: unknown };
  if (typeof answer === "string") return answer;
  return JSON.stringify(answer ?? result, null, 2);
}
