import type { Child } from "hono/jsx";
import type { CampaignRow } from "../../../campaigns";
import { may, wholeCampaigns, type Caller } from "../../../identity";
import { HOUR, SECOND } from "../../../lib/time";
import { MEASURES, reachesPolicy, type PolicyRow, type ViolationRow } from "../../../quality";
import { Button } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { FormErrors, SelectField, TextArea, TextField, type FieldErrors } from "../../../ui/components/form";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { serviceLevelWords } from "../../../ui/strings/service-levels";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { SERVICE_LEVELS } from "./address";
import type { PolicyFields } from "./form";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  policies: readonly PolicyRow[];
  violations: readonly ViolationRow[];
  campaigns: readonly CampaignRow[];
  fields: PolicyFields;
  errors: FieldErrors;
  once: string;
  toast?: Child;
};

type ServiceWords = Words<typeof serviceLevelWords>;

/** By when something is to be done, and what was late. */
export function ServiceLevelsPage(props: Props) {
  const { view, frame, caller, policies, violations, toast } = props;
  const words = wordsOf(serviceLevelWords, view.language);
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="serviceLevels" state={words.state} toast={toast}>
      <Panel title={words.policies} flush>
        {policies.length === 0 ? (
          <EmptyState title={words.noPolicies}>{words.noPoliciesText}</EmptyState>
        ) : (
          <Table view={view} label={words.policies} rows={policies} columns={policyColumns(props, words)} />
        )}
      </Panel>
      {may(caller, "reviews:assign") && mayHave(caller) && <NewPanel {...props} words={words} />}
      <Panel title={words.late} flush id="late">
        {violations.length === 0 ? (
          <EmptyState title={words.noLate}>{words.noLateText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.late}
            rows={violations}
            columns={lateColumns(props, words)}
            hrefOf={({ callId }) => callHref(callId)}
          />
        )}
      </Panel>
    </SettingsPage>
  );
}

/** Whether there is any campaign that a service level of this visitor's could be for. */
function mayHave({ reach }: Caller): boolean {
  return wholeCampaigns(reach)?.length !== 0;
}

function policyColumns({ view, frame, caller, campaigns }: Props, words: ServiceWords): Column<PolicyRow>[] {
  const columns: Column<PolicyRow>[] = [
    { name: "name", title: words.name, narrow: "start", cell: ({ name }) => <span dir="auto">{name}</span> },
    { name: "measure", title: words.measure, narrow: "below", cell: ({ measure }) => words[measure] },
    {
      name: "within",
      title: words.within,
      kind: "number",
      narrow: "below-end",
      cell: ({ seconds }) => words.hoursShown(view.formats.number((seconds * SECOND) / HOUR)),
    },
    { name: "hours", title: words.hours, cell: ({ hours }) => hours?.timeZone ?? words.always },
    {
      name: "campaign",
      title: words.campaign,
      cell: ({ campaigns: ids }) =>
        ids === null ? (
          words.allCampaigns
        ) : (
          <span dir="auto">{ids.map((id) => campaigns.find((one) => one.id === id)?.name ?? id).join(", ")}</span>
        ),
    },
  ];
  if (!may(caller, "reviews:assign")) return columns;
  const end: Column<PolicyRow> = {
    name: "end",
    title: words.end,
    silent: true,
    narrow: "end",
    cell: ({ id, campaigns: ids }) =>
      reachesPolicy(caller.reach, ids) && (
        <form method="post" action={`${SERVICE_LEVELS}/${id}/end`}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <Button small>{words.end}</Button>
        </form>
      ),
  };
  return [...columns, end];
}

function lateColumns({ view, policies }: Props, words: ServiceWords): Column<ViolationRow>[] {
  return [
    { name: "noted", title: words.noted, narrow: "start", cell: ({ notedAt }) => <Moment view={view} at={notedAt} /> },
    {
      name: "policy",
      title: words.policy,
      narrow: "below",
      cell: ({ policyId }) => <span dir="auto">{policies.find(({ id }) => id === policyId)?.name ?? policyId}</span>,
    },
    { name: "due", title: words.due, narrow: "end", cell: ({ dueAt }) => <Moment view={view} at={dueAt} /> },
    {
      name: "call",
      title: words.call,
      kind: "mono",
      cell: ({ callId }) => <a href={callHref(callId)}>{callId}</a>,
    },
  ];
}

/** What is late of a call is in its task. */
function callHref(callId: string): string {
  return `/dashboard/calls/${callId}?tab=scorecard`;
}

function NewPanel({ view, frame, caller, campaigns, fields, errors, once, words }: Props & { words: ServiceWords }) {
  const common = { view, errors };
  return (
    <Panel title={words.add} id="new">
      <form method="post" action={SERVICE_LEVELS} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="once" value={once} />
        <FormErrors view={view} errors={errors} />
        <TextField {...common} name="name" label={words.name} value={fields.name} maxlength={200} />
        <SelectField
          {...common}
          name="measure"
          label={words.measure}
          value={fields.measure}
          options={MEASURES.map((one) => [one, words[one]] as const)}
        />
        <TextField
          {...common}
          name="within"
          label={words.within}
          hint={words.withinHint}
          value={fields.within}
          inputmode="numeric"
          maxlength={10}
        />
        <SelectField
          {...common}
          name="campaign"
          label={words.campaign}
          value={fields.campaign}
          options={[
            ...(reachesPolicy(caller.reach, null) ? [["", words.allCampaigns] as const] : []),
            ...campaigns
              .filter(({ id }) => reachesPolicy(caller.reach, [id]))
              .map(({ id, name }) => [id, name] as const),
          ]}
        />
        <TextField
          {...common}
          name="zone"
          label={words.zone}
          hint={words.zoneHint}
          value={fields.zone}
          maxlength={60}
          optional
        />
        <TextArea
          {...common}
          name="days"
          label={words.days}
          hint={words.daysHint}
          value={fields.days}
          rows={7}
          mono
          optional
        />
        <TextArea
          {...common}
          name="holidays"
          label={words.holidays}
          hint={words.holidaysHint}
          value={fields.holidays}
          rows={3}
          mono
          optional
        />
        <div class="actions">
          <Button kind="main">{words.add}</Button>
        </div>
      </form>
    </Panel>
  );
}
