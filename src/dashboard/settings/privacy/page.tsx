import type { Child } from "hono/jsx";
import { may, type Caller } from "../../../identity";
import { HOLD_LIMITS, type ErasureRow, type HoldRow, type Retention } from "../../../privacy";
import { Button, ButtonLink } from "../../../ui/components/button";
import { EmptyState } from "../../../ui/components/empty-state";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../../ui/components/form";
import { Moment } from "../../../ui/components/moment";
import { Pager } from "../../../ui/components/pager";
import { Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { privacyWords } from "../../../ui/strings/privacy";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import type { Paged } from "../paged";
import { PRIVACY } from "./address";
import { ClocksPanel } from "./retention-routes";

export type HoldForm = { kind: string; subject: string; reason: string };

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  retention: Retention;
  erasures: Paged<ErasureRow>;
  holds: Paged<HoldRow>;
  /** Of held campaigns, and of the people and keys that placed holds, by id. */
  names: ReadonlyMap<string, string>;
  refused?: { hold?: HoldForm; number?: string; errors: FieldErrors };
  toast?: Child;
};

type PrivacyWords = Words<typeof privacyWords>;

/** What was erased and what is held; a caller is erased from here. */
export function PrivacyPage(props: Props) {
  const { view, frame, caller, retention, erasures, toast } = props;
  const words = wordsOf(privacyWords, view.language);
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="privacy" state={words.state} toast={toast}>
      <ClocksPanel view={view} organization={retention.organization} aside={`${PRIVACY}/retention`} />
      {may(caller, "privacy:write") && <CallerPanel {...props} words={words} />}
      <Holds {...props} words={words} />
      <Panel title={words.erasures} flush id="erasures">
        {erasures.rows.length === 0 ? (
          <EmptyState title={words.noErasures}>{words.noErasuresText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.erasures}
            rows={erasures.rows}
            columns={erasureColumns(view, words)}
            hrefOf={({ id }) => `${PRIVACY}/erasures/${id}`}
          />
        )}
        <Pager view={view} firstHref={erasures.firstHref} nextHref={erasures.nextHref} label={words.erasures} />
      </Panel>
    </SettingsPage>
  );
}

export function kindOf(words: PrivacyWords, { kind }: Pick<ErasureRow, "kind">): string {
  return kind === "caller" ? words.caller : kind === "call" ? words.call : words.someCalls;
}

/** The steps of an erasure, in their order. */
const PHASES = ["find", "calls", "requests", "calls_again", "requests_again"] as const;

/** How far an erasure is: done, or at which of its steps. That of a call has nothing to find, so its first is the second. */
function stateOf(words: PrivacyWords, { kind, state, phase }: ErasureRow): string {
  const steps = PHASES.filter((one) => one !== "find" || kind === "caller");
  const at = steps.findIndex((one) => one === phase);
  return state === "open" && at >= 0 ? words.step(String(at + 1), String(steps.length)) : words[state];
}

/** What an erasure does now, in words. */
export function stepOf(words: PrivacyWords, row: ErasureRow): string {
  const phase = PHASES.find((one) => one === row.phase);
  return phase === undefined ? words.working : `${stateOf(words, row)}: ${words[`doing_${phase}`]}`;
}

function erasureColumns(view: View, words: PrivacyWords): Column<ErasureRow>[] {
  return [
    { name: "what", title: words.what, narrow: "start", cell: (row) => kindOf(words, row) },
    {
      name: "calls",
      title: words.calls,
      kind: "number",
      narrow: "below",
      cell: ({ counts }) => view.formats.number(counts["calls"] ?? 0),
    },
    {
      name: "state",
      title: words.result,
      narrow: "end",
      cell: (row) => <Status tone={row.state === "open" ? "attention" : "good"}>{stateOf(words, row)}</Status>,
    },
    {
      name: "when",
      title: words.when,
      narrow: "below-end",
      cell: ({ createdAt }) => <Moment view={view} at={createdAt} />,
    },
  ];
}

function CallerPanel({ view, frame, words, refused }: Props & { words: PrivacyWords }) {
  const errors = refused?.number === undefined ? [] : refused.errors;
  return (
    <Panel title={words.callerTitle} id="caller">
      <p>{words.callerWhy}</p>
      <form method="post" action={`${PRIVACY}/callers/count`} class="form spaced">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <FormErrors view={view} errors={errors} />
        <TextField
          view={view}
          name="number"
          label={words.number}
          hint={words.numberHint}
          value={refused?.number ?? ""}
          maxlength={HOLD_LIMITS.number}
          errors={errors}
        />
        <div class="actions">
          <Button>{words.count}</Button>
        </div>
      </form>
    </Panel>
  );
}

function Holds(props: Props & { words: PrivacyWords }) {
  const { view, caller, holds, names, words } = props;
  const kinds = holdKinds(words);
  const columns: Column<HoldRow>[] = [
    { name: "kind", title: words.on, narrow: "start", cell: ({ kind }) => kinds[kind] },
    { name: "subject", title: words.subject, narrow: "below", cell: (row) => subjectOf(row, names) },
    { name: "reason", title: words.reason, cell: ({ reason }) => <span dir="auto">{reason}</span> },
    {
      name: "by",
      title: words.by,
      cell: ({ actor }) => (
        <span class="clip" dir="auto">
          {actor === "admin" ? words.byAdmin : (names.get(actor) ?? actor)}
        </span>
      ),
    },
    {
      name: "when",
      title: words.when,
      narrow: "below-end",
      cell: ({ createdAt }) => <Moment view={view} at={createdAt} />,
    },
  ];
  const lift: Column<HoldRow> = {
    name: "lift",
    title: words.lift,
    silent: true,
    narrow: "end",
    cell: ({ id }) => (
      <ButtonLink small href={`${PRIVACY}/holds/${id}/lift`}>
        {words.lift} …
      </ButtonLink>
    ),
  };
  const mayWrite = may(caller, "privacy:write");
  return (
    <>
      <Panel title={words.holds} flush id="holds">
        {holds.rows.length === 0 ? (
          <EmptyState title={words.noHolds}>{words.noHoldsText}</EmptyState>
        ) : (
          <Table view={view} label={words.holds} rows={holds.rows} columns={mayWrite ? [...columns, lift] : columns} />
        )}
        <Pager view={view} firstHref={holds.firstHref} nextHref={holds.nextHref} label={words.holds} />
      </Panel>
      {mayWrite && <NewHoldPanel {...props} kinds={kinds} />}
    </>
  );
}

/** What a hold can be on, in words. */
export function holdKinds(words: PrivacyWords): Record<HoldRow["kind"], string> {
  return { call: words.holdCall, caller: words.holdCaller, campaign: words.holdCampaign };
}

/** What is held: a campaign by its name, a call by its id, both with the way there; a caller by their number. */
function subjectOf({ kind, subject }: HoldRow, names: ReadonlyMap<string, string>) {
  if (kind === "campaign")
    return (
      <a href={`/dashboard/campaigns/${encodeURIComponent(subject)}`} dir="auto">
        {names.get(subject) ?? subject}
      </a>
    );
  const shown = <span class="mono">{subject}</span>;
  return kind === "call" ? <a href={`/dashboard/calls/${encodeURIComponent(subject)}`}>{shown}</a> : shown;
}

function NewHoldPanel(props: Props & { words: PrivacyWords; kinds: Record<string, string> }) {
  const { view, frame, words, kinds, refused } = props;
  const form = refused?.hold;
  const errors = form ? refused.errors : [];
  return (
    <Panel title={words.place} id="new-hold">
      <form method="post" action={`${PRIVACY}/holds`} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <FormErrors view={view} errors={errors} />
        <SelectField
          view={view}
          name="kind"
          label={words.on}
          value={form?.kind ?? "call"}
          options={Object.entries(kinds)}
        />
        <TextField
          view={view}
          name="subject"
          label={words.subject}
          hint={words.subjectHint}
          value={form?.subject ?? ""}
          maxlength={200}
          errors={errors}
        />
        <TextField
          view={view}
          name="reason"
          label={words.reason}
          value={form?.reason ?? ""}
          maxlength={HOLD_LIMITS.reason}
          errors={errors}
        />
        <div class="actions">
          <Button kind="main">{words.place}</Button>
        </div>
      </form>
    </Panel>
  );
}
