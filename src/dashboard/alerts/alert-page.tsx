import { FALSE_ALARM_REASONS, type ListedAlert } from "../../quality";
import { ButtonLink } from "../../ui/components/button";
import { FormErrors, SelectField, TextArea, type FieldErrors } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Facts, Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { Status, Tag } from "../../ui/components/status";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { EvidenceList } from "./evidence";
import { ALERT_TONES, ALERTS, ownerText } from "./list-page";

/** What somebody entered of a decision. */
export type Entered = { reason: string; note: string };

type Props = {
  view: View;
  frame: Frame;
  listed: ListedAlert;
  self: string;
  mayWrite: boolean;
  mayOpenCall: boolean;
  entered: Entered | undefined;
  seen: string;
  errors: FieldErrors;
  differences: readonly Difference[];
};

/** One alert: what it rests on, who sees to it, and what was decided. */
export function AlertPage(props: Props) {
  const { view, frame, listed, self, mayOpenCall } = props;
  const { alert, call } = listed;
  const words = wordsOf(ruleWords, view.language);
  const number = (call.direction === "outbound" ? call.toRaw : call.fromRaw) ?? "–";
  return (
    <FramedPage view={view} frame={frame} title={number} current="alerts">
      <PageHead
        title={<span dir="auto">{number}</span>}
        state={
          <>
            <Tag tone={alert.level === "critical" ? "wrong" : "attention"}>{words[alert.level]}</Tag>{" "}
            <Status tone={ALERT_TONES[alert.state]}>{words[alert.state]}</Status>
          </>
        }
        actions={mayOpenCall && <ButtonLink href={`/dashboard/calls/${call.id}?tab=risk`}>{words.toCall}</ButtonLink>}
      />
      <Panel title={words.why}>
        {alert.fired.map(({ rule, evidence, said }) => (
          <>
            <h3 dir="auto">
              {rule === null ? words.platform : words.rule(rule.name, view.formats.number(rule.weight))}
            </h3>
            <EvidenceList view={view} evidence={evidence} {...(mayOpenCall && { callId: call.id })} />
            {said.length > 0 && (
              <ul>
                {said.map((one) => (
                  <li dir="auto">{one}</li>
                ))}
              </ul>
            )}
          </>
        ))}
      </Panel>
      <Panel title={words.state}>
        <Facts
          facts={[
            [words.raised, <Moment view={view} at={alert.raisedAt} />],
            ...(alert.score === null ? [] : [[words.risk, view.formats.number(alert.score)] as const]),
            [words.owner, ownerText(words, alert.ownerId, self)],
            ...(alert.decidedAt === null
              ? []
              : [[words.decided, <Moment view={view} at={alert.decidedAt} />] as const]),
            ...(alert.reason === null ? [] : [[words.reason, reasonText(words, alert.reason)] as const]),
            ...(alert.note === null ? [] : [[words.note, <span dir="auto">{alert.note}</span>] as const]),
          ]}
        />
      </Panel>
      {props.mayWrite && <Decide {...props} />}
    </FramedPage>
  );
}

function Decide({ view, frame, listed: { alert }, self, entered, seen, errors, differences }: Props) {
  const words = wordsOf(ruleWords, view.language);
  const here = `${ALERTS}/${alert.id}`;
  const isMine = alert.ownerId === self;
  // What somebody entered who did not know that it is decided stays in the form.
  const mayDecide = alert.state === "open" || differences.length > 0 || errors.length > 0;
  return (
    <Panel title={words.decide} id="decide">
      <form method="post" action={here} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="seen" value={seen} />
        {differences.length > 0 && <Stale view={view} differences={differences} />}
        <FormErrors view={view} errors={errors} />
        {mayDecide && (
          <>
            <SelectField
              view={view}
              name="reason"
              label={words.reason}
              value={entered?.reason ?? alert.reason ?? ""}
              options={[["", "–"], ...FALSE_ALARM_REASONS.map((one) => [one, words[one]] as const)]}
              errors={errors}
            />
            <TextArea
              view={view}
              name="note"
              label={words.note}
              value={entered?.note ?? alert.note ?? ""}
              rows={2}
              optional
            />
          </>
        )}
        <div class="actions">
          <button class="button" name="do" value={isMine ? "give_back" : "take"}>
            {isMine ? words.giveBack : words.take}
          </button>
          {mayDecide && (
            <>
              <button class="button" name="do" value="false_alarm">
                {words.callFalse}
              </button>
              <button class="button main" name="do" value="confirmed">
                {words.confirm}
              </button>
            </>
          )}
          {alert.state !== "open" && (
            <button class="button" name="do" value="open">
              {words.reopen}
            </button>
          )}
        </div>
      </form>
    </Panel>
  );
}

/** A reason in words. */
export function reasonText(words: Record<(typeof FALSE_ALARM_REASONS)[number], string>, reason: string): string {
  const known = FALSE_ALARM_REASONS.find((one) => one === reason);
  return known ? words[known] : reason;
}
