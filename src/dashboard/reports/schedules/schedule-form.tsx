import type { Child } from "hono/jsx";
import type { CampaignRow } from "../../../campaigns";
import { SCHEDULE_LIMITS, type Recipient } from "../../../reports";
import { Button } from "../../../ui/components/button";
import {
  CheckField,
  ChoiceGroup,
  FormErrors,
  SelectField,
  TextField,
  type FieldErrors,
} from "../../../ui/components/form";
import { Stale, type Difference } from "../../../ui/components/stale";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import type { ReportScheduleWords } from "../../../ui/strings/report-schedules";
import { reportWords } from "../../../ui/strings/reports";
import type { View } from "../../../ui/view";
import { SCHEDULED_KINDS, WEEKDAYS, type ScheduleFields } from "./form";

/** What the form is filled with, and what it offers. */
export type Filled = {
  fields: ScheduleFields;
  errors: FieldErrors;
  differences?: readonly Difference[];
  people: readonly Recipient[];
  campaigns: readonly Pick<CampaignRow, "id" | "name">[];
};

type FormProps = Filled & {
  view: View;
  frame: Frame;
  action: string;
  words: ReportScheduleWords;
  children?: Child;
};

/** The form of what is sent, when and to whom. `children`: its hidden fields. */
export function ScheduleForm(props: FormProps) {
  const { view, frame, fields, errors, differences = [], people, campaigns, action, words, children } = props;
  const kinds = wordsOf(reportWords, view.language);
  const common = { view, errors };
  return (
    <form method="post" action={action} class="form">
      <input type="hidden" name="csrf" value={frame.csrf} />
      {children}
      {(["operator", "team", "reviewer", "scorecard"] as const).map(
        (name) => fields[name] !== "" && <input type="hidden" name={name} value={fields[name]} />,
      )}
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <TextField {...common} name="name" label={words.name} value={fields.name} maxlength={SCHEDULE_LIMITS.name} />
      <SelectField
        {...common}
        name="by"
        label={words.by}
        value={fields.by}
        options={SCHEDULED_KINDS.map((one) => [one, kinds[one]] as const)}
      />
      <SelectField
        {...common}
        name="campaign"
        label={words.campaign}
        value={fields.campaign}
        options={[["", words.allCampaigns], ...campaigns.map(({ id, name }) => [id, name] as const)]}
      />
      <SelectField
        {...common}
        name="every"
        label={words.every}
        value={fields.every}
        options={(["day", "week", "month"] as const).map((one) => [one, words[one]] as const)}
      />
      <SelectField
        {...common}
        name="weekday"
        label={words.weekday}
        hint={words.weekdayHint}
        value={fields.weekday}
        options={WEEKDAYS.map((day, at) => [String(at + 1), words[day]] as const)}
      />
      <TextField
        {...common}
        name="hour"
        label={words.hour}
        hint={words.hourHint}
        value={fields.hour}
        inputmode="numeric"
        maxlength={2}
      />
      <TextField {...common} name="zone" label={words.zone} value={fields.zone} maxlength={60} />
      <ChoiceGroup name="person" legend={words.to} errors={errors}>
        <p class="hint">{words.toHint}</p>
        {people.length === 0 && <p>{words.nobody}</p>}
        <div class="checks">
          {people.map(({ id, name, email }) => (
            <CheckField
              name="person"
              value={id}
              checked={fields.people.includes(id)}
              label={
                <span dir="auto">
                  {name} <span class="hint">{email}</span>
                </span>
              }
            />
          ))}
        </div>
      </ChoiceGroup>
      <CheckField name="tells" checked={fields.tells} label={words.webhooks} />
      <div class="actions">
        <Button kind="main">{words.save}</Button>
      </div>
    </form>
  );
}
