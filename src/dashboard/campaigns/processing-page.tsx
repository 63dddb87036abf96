import type { CampaignProcessing, ProcessingWarning, TriedProcessing } from "../../pipeline";
import { may } from "../../identity";
import type { SourceView, StorageOfSource } from "../../sources";
import { Button } from "../../ui/components/button";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Facts, Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { Table } from "../../ui/components/table";
import { wordsOf } from "../../ui/strings/define";
import { processingWords, sentenceOfProcessing } from "../../ui/strings/processing";
import { CampaignPage, type CampaignPageProps } from "./campaign-page";
import { ProcessingFormFields, type ProcessingFields } from "./processing-fields";
import { OnlyReads } from "./only-reads";

type Props = CampaignPageProps & {
  processing: CampaignProcessing;
  /** Sources whose calls may come into the campaign, to give them rules of their own. */
  candidates: readonly SourceView[];
  engines: readonly string[];
  teams: readonly string[];
  /** The source whose rules the form has; null for the campaign's. */
  source: { id: string; name: string } | null;
  /** The storages that some of the sources were made with, by the id of the source. */
  storages: ReadonlyMap<string, StorageOfSource>;
  fields: ProcessingFields;
  errors: FieldErrors;
  differences: readonly Difference[];
  seen: string;
  tried: TriedProcessing | null;
  call: string;
};

/** What is done with the calls of a campaign by itself: as a sentence, as a form, source by source, and on a past call. */
export function ProcessingPage(props: Props) {
  const { view, caller, processing, source, storages, errors, differences } = props;
  const words = wordsOf(processingWords, view.language);
  const shown = source === null ? processing : processing.sources.find(({ id }) => id === source.id);
  const storage = source === null ? undefined : storages.get(source.id);
  const mayWrite = may(caller, "campaigns:write");
  return (
    <CampaignPage {...props} tab="/processing">
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <Panel title={source === null ? words.ofCampaign : words.ofSource(storage?.name ?? source.name)}>
        {storage && may(caller, "sources:read") && (
          <p>
            <a href={`/dashboard/connectors/${storage.id}`}>{words.openStorage}</a>
          </p>
        )}
        {shown && (
          <>
            <p dir="auto">{sentenceOfProcessing(words, shown.rules)}</p>
            <Warnings {...props} warnings={shown.warnings} />
            {shown.otherEngines.length > 0 && <p class="second">{words.otherEngines(shown.otherEngines.join(", "))}</p>}
          </>
        )}
        <OnlyReads view={view} caller={caller} needs="campaigns:write" />
        {mayWrite && <RulesForm {...props} />}
      </Panel>
      {may(caller, "sources:read") && <OfSources {...props} />}
      {may(caller, "calls:read") && <TryOut {...props} />}
    </CampaignPage>
  );
}

function Warnings({ view, warnings }: Pick<Props, "view"> & { warnings: readonly ProcessingWarning[] }) {
  const words = wordsOf(processingWords, view.language);
  const texts = { unknown_team: words.unknownTeamWarning, unknown_engine: words.unknownEngineWarning };
  return warnings.map((one) => <p class="hint">{texts[one]}</p>);
}

function RulesForm(props: Props) {
  const { view, frame, campaign, source, seen } = props;
  const words = wordsOf(processingWords, view.language);
  return (
    <form method="post" action={`/dashboard/campaigns/${campaign.id}/processing`} class="form">
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="seen" value={seen} />
      {source && <input type="hidden" name="source" value={source.id} />}
      <ProcessingFormFields {...props} inherits={source !== null} />
      <div class="actions">
        <Button kind="main">{words.save}</Button>
      </div>
    </form>
  );
}

function OfSources({ view, campaign, processing, candidates, storages }: Props) {
  const words = wordsOf(processingWords, view.language);
  const href = (id: string) => `/dashboard/campaigns/${campaign.id}/processing?source=${id}`;
  const nameOf = ({ id, name }: { id: string; name: string }) => storages.get(id)?.name ?? name;
  const others = candidates.filter(({ id }) => processing.sources.every((one) => one.id !== id));
  return (
    <Panel title={words.sources}>
      <p class="second">{words.sourcesText}</p>
      {processing.sources.length === 0 ? (
        <p>{words.sourcesNone}</p>
      ) : (
        <Table
          view={view}
          label={words.sources}
          rows={processing.sources}
          hrefOf={({ id }) => href(id)}
          columns={[
            {
              name: "source",
              title: words.source,
              narrow: "start",
              cell: (one) => (
                <span class="clip" dir="auto">
                  {nameOf(one)}
                </span>
              ),
            },
            {
              name: "what",
              title: words.what,
              narrow: "below",
              cell: ({ rules }) => <span dir="auto">{sentenceOfProcessing(words, rules)}</span>,
            },
          ]}
        />
      )}
      {others.length > 0 && (
        <form method="get" action={`/dashboard/campaigns/${campaign.id}/processing`} class="form">
          <SelectField
            view={view}
            name="source"
            label={words.addSource}
            options={others.map((one) => [one.id, nameOf(one)] as const)}
          />
          <div class="actions">
            <Button>{words.open}</Button>
          </div>
        </form>
      )}
    </Panel>
  );
}

/** The rules that hold, tried on a call; those in the form above, where they were sent with it. */
function TryOut(props: Props) {
  const { view, frame, campaign, tried, call, errors } = props;
  const words = wordsOf(processingWords, view.language);
  return (
    <Panel title={words.tryTitle} id="outcome">
      <p class="second">{words.tryText}</p>
      <form method="post" action={`/dashboard/campaigns/${campaign.id}/processing/try`} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <TextField view={view} name="call" label={words.call} hint={words.callHint} value={call} errors={errors} mono />
        <div class="actions">
          <Button>{words.try}</Button>
        </div>
      </form>
      {tried && <Tried {...props} tried={tried} />}
    </Panel>
  );
}

function Tried({ view, tried, teams }: Props & { tried: TriedProcessing }) {
  const words = wordsOf(processingWords, view.language);
  const { would, was, rules, decidedBy, warnings } = tried;
  const by = { given: words.given, source: words.bySource, campaign: words.byCampaign };
  const why = { rule: words.no, no_recording: words.noRecording, unassigned: words.unassigned };
  const heard = (engines: readonly string[]) => words.byEngines(engines.join(", "));
  const decided = (name: keyof typeof decidedBy) => <span class="second"> · {by[decidedBy[name]]}</span>;
  const wasTeam = was.teamId === null ? words.none : (teams.find((name) => name === rules.assignToTeam) ?? was.teamId);
  return (
    <>
      <p dir="auto">{sentenceOfProcessing(words, rules)}</p>
      <Warnings view={view} warnings={warnings} />
      <h3>{words.tried}</h3>
      <Facts
        facts={[
          [
            words.analysis,
            <>
              {would.analyse ? heard(would.engines) : why[would.because ?? "rule"]}
              {decided("autoAnalyze")}
            </>,
          ],
          [
            words.task,
            <>
              <span dir="auto">{would.teamId === null ? words.none : rules.assignToTeam}</span>
              {decided("assignToTeam")}
            </>,
          ],
          [
            words.notification,
            <>
              {would.notify ? words.yes : words.no}
              {decided("notifyOnComplete")}
            </>,
          ],
        ]}
      />
      <h3>{words.was}</h3>
      <Facts
        facts={[
          [words.analysis, was.analysed ? heard(was.engines) : words.no],
          [words.task, <span dir="auto">{wasTeam}</span>],
        ]}
      />
    </>
  );
}
