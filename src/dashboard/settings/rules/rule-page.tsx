import type { Child } from "hono/jsx";
import { MOST_CONDITIONS, RULE_LIMITS, type RuleRow, type Tried, type TriedCall } from "../../../analysis";
import type { CampaignRow } from "../../../campaigns";
import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { CheckField, FormErrors, SelectField, TextField, type FieldErrors } from "../../../ui/components/form";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Stale, type Difference } from "../../../ui/components/stale";
import { Tag } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { ruleWords } from "../../../ui/strings/rules";
import type { View } from "../../../ui/view";
import { EvidenceList } from "../../alerts/evidence";
import { SettingsPage } from "../frame";
import { RULES } from "./address";
import { ConditionFields } from "./condition-fields";
import { KINDS, type RuleForm } from "./form";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  /** The rule that is changed; null for a new one. */
  rule: RuleRow | null;
  form: RuleForm;
  errors: FieldErrors;
  /** What somebody else changed since the form was filled. */
  differences: readonly Difference[];
  once: string;
  seen: string;
  campaigns: readonly CampaignRow[];
  tried: Tried | null;
  mayWrite: boolean;
  mayTry: boolean;
  toast?: Child;
};

/** The form of a rule, new or known, with what it would find in past calls. */
export function RulePage(props: Props) {
  const { view, frame, caller, rule, form, errors, differences, campaigns, tried, mayWrite, mayTry, toast } = props;
  const words = wordsOf(ruleWords, view.language);
  const here = rule === null ? RULES : `${RULES}/${rule.id}`;
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="rules"
      title={rule?.name ?? words.newTitle}
      state={rule === null ? words.newState : words.oneState}
      actions={rule !== null && mayWrite && <ButtonLink href={`${here}/delete`}>{words.remove}</ButtonLink>}
      toast={toast}
    >
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      {tried !== null && <TriedPanel view={view} tried={tried} />}
      <form method="post" action={here} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="once" value={props.once} />
        <input type="hidden" name="seen" value={props.seen} />
        {/* What Enter in a field does: the first button of the form, which would be another. */}
        <button hidden tabindex={-1} />
        <FormErrors view={view} errors={errors} />
        <Panel>
          <TextField
            view={view}
            name="name"
            label={words.name}
            value={form.name}
            maxlength={RULE_LIMITS.name}
            errors={errors}
          />
          <TextField
            view={view}
            name="weight"
            label={words.weight}
            hint={
              <>
                {words.weightHint} {words.voice}
              </>
            }
            value={form.weight}
            inputmode="numeric"
            maxlength={3}
            errors={errors}
          />
          <SelectField
            view={view}
            name="campaign"
            label={words.campaign}
            value={form.campaign}
            options={[["", words.all], ...campaigns.map(({ id, name }) => [id, name] as const)]}
            errors={errors}
          />
          <TextField
            view={view}
            name="script"
            label={words.script}
            hint={words.scriptHint}
            value={form.script}
            maxlength={RULE_LIMITS.script}
            optional
          />
          <CheckField name="enabled" label={words.enabled} checked={form.enabled} />
        </Panel>
        {form.conditions.map((one, index) => (
          <Panel
            title={`${words.condition(view.formats.number(index + 1))}: ${words[one.kind]}`}
            aside={
              form.conditions.length > 1 && (
                <button class="button small" name="remove" value={String(index)} formnovalidate>
                  {words.removeCondition}
                </button>
              )
            }
          >
            <input type="hidden" name="kind" value={one.kind} />
            <ConditionFields view={view} index={index} form={one} errors={errors} />
          </Panel>
        ))}
        {form.conditions.length < MOST_CONDITIONS && (
          <Panel title={words.addCondition}>
            <div class="actions">
              {KINDS.map((kind) => (
                <button class="button small" name="add" value={kind} formnovalidate>
                  {words[kind]}
                </button>
              ))}
            </div>
          </Panel>
        )}
        <div class="actions">
          <ButtonLink href={RULES}>{words.cancel}</ButtonLink>
          {mayTry && (
            <button class="button" name="do" value="try">
              {words.tryIt}
            </button>
          )}
          {mayWrite && <Button kind="main">{words.save}</Button>}
        </div>
      </form>
    </SettingsPage>
  );
}

function TriedPanel({ view, tried }: { view: View; tried: Tried }) {
  const words = wordsOf(ruleWords, view.language);
  const { number } = view.formats;
  const shown = tried.results.filter(({ holds }) => holds === true);
  const columns: Column<TriedCall>[] = [
    {
      name: "call",
      title: words.when,
      kind: "mono",
      narrow: "start",
      cell: ({ call }) => <Moment view={view} at={call.startedAt} as="timeInList" />,
    },
    {
      name: "why",
      title: words.evidence,
      narrow: "below",
      cell: ({ evidence, call }) => <EvidenceList view={view} evidence={evidence} callId={call.id} />,
    },
    {
      name: "points",
      title: words.weight,
      kind: "number",
      narrow: "below",
      cell: ({ before, after }) => words.points(number(before), number(after)),
    },
    {
      name: "level",
      title: words.level,
      narrow: "end",
      cell: ({ level }) =>
        level === null ? "–" : <Tag tone={level === "critical" ? "wrong" : "attention"}>{words[level]}</Tag>,
    },
  ];
  return (
    <Panel title={words.triedTitle} id="tried" flush={shown.length > 0}>
      <p role="status" class={shown.length > 0 ? "panel-note" : undefined}>
        {tried.calls === 0
          ? words.triedNone
          : words.tried(number(tried.calls), number(tried.holds), number(tried.newAlerts))}{" "}
        {tried.unknown > 0 && words.triedUnknown(number(tried.unknown))}
      </p>
      {shown.length > 0 && (
        <Table
          view={view}
          label={words.triedTitle}
          rows={shown}
          columns={columns}
          hrefOf={({ call }) => `/dashboard/calls/${call.id}`}
        />
      )}
    </Panel>
  );
}

/** Asks before a rule is deleted. */
export function DeleteRulePage({
  view,
  frame,
  caller,
  rule,
}: Pick<Props, "view" | "frame" | "caller"> & { rule: RuleRow }) {
  const words = wordsOf(ruleWords, view.language);
  const here = `${RULES}/${rule.id}`;
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="rules" title={words.removeTitle(rule.name)}>
      <Panel tone="wrong">
        <p>{words.removeText}</p>
        <form method="post" action={`${here}/delete`} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={here}>{words.cancel}</ButtonLink>
          <Button kind="danger">{words.remove}</Button>
        </form>
      </Panel>
    </SettingsPage>
  );
}
