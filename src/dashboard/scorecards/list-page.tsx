import type { CampaignRow } from "../../campaigns";
import type { ScorecardRow, ScorecardState } from "../../quality";
import { Button } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { FormErrors, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { Table } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { scorecardWords } from "../../ui/strings/scorecards";
import type { View } from "../../ui/view";

export const SCORECARDS = "/dashboard/scorecards";

const TONES: Record<ScorecardState, Tone> = { draft: "attention", published: "good", archived: "idle" };

/** What the form of a new scorecard holds. */
export type NewFields = { name: string; json: string; once: string };

type Props = {
  view: View;
  frame: Frame;
  rows: readonly ScorecardRow[];
  campaigns: readonly CampaignRow[];
  mayWrite: boolean;
  filled: NewFields;
  errors: FieldErrors;
  firstHref: string | undefined;
  nextHref: string | undefined;
};

/** The newest version of each scorecard, and the form that makes another. */
export function ScorecardListPage(props: Props) {
  const { view, frame, rows, campaigns, mayWrite, filled, errors, firstHref, nextHref } = props;
  const words = wordsOf(scorecardWords, view.language);
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  const wrongFile = errors.filter(({ field }) => field === "file");
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="scorecards">
      <PageHead title={words.title} state={words.text} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.emptyText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.label}
            rows={rows}
            hrefOf={({ id }) => `${SCORECARDS}/${id}`}
            columns={[
              { name: "name", title: words.name, narrow: "start", cell: ({ name }) => <b dir="auto">{name}</b> },
              {
                name: "state",
                title: words.state,
                narrow: "end",
                cell: ({ state }) => <Status tone={TONES[state]}>{words[state]}</Status>,
              },
              {
                name: "campaigns",
                title: words.campaigns,
                narrow: "below",
                cell: (row) => (
                  <span class="clip second" dir="auto">
                    {row.campaigns === null
                      ? words.ofAll
                      : row.campaigns.map((id) => names.get(id) ?? "–").join(", ") || "–"}
                  </span>
                ),
              },
              {
                name: "pass",
                title: words.passShort,
                kind: "number",
                cell: ({ definition }) => view.formats.score(definition.pass_percent),
              },
              { name: "version", title: words.version, kind: "number", cell: ({ version }) => version },
            ]}
          />
        )}
      </Panel>
      <Pager view={view} firstHref={firstHref} nextHref={nextHref} />
      {mayWrite && (
        <Panel title={words.create}>
          <FormErrors view={view} errors={errors} />
          <form method="post" action={SCORECARDS} class="form">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="once" value={filled.once} />
            <TextField
              view={view}
              name="name"
              label={words.name}
              hint={words.nameHint}
              value={filled.name}
              errors={errors}
              maxlength={200}
            />
            <TextArea
              view={view}
              name="json"
              label={words.import}
              hint={words.importHint}
              value={filled.json}
              errors={errors}
              mono
              optional
            />
            <div class="actions">
              <Button kind="main">{words.createIt}</Button>
            </div>
          </form>
          <form method="post" action={`${SCORECARDS}/file`} enctype="multipart/form-data" class="form spaced">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="once" value={filled.once} />
            <div class="field">
              <label for="file">{words.file}</label>
              <input
                id="file"
                type="file"
                name="file"
                accept=".json,application/json"
                required
                aria-describedby={`file-hint${wrongFile.length > 0 ? " file-error" : ""}`}
                aria-invalid={wrongFile.length > 0 ? "true" : undefined}
              />
              <p class="hint" id="file-hint">
                {words.fileHint}
              </p>
              {wrongFile.length > 0 && (
                <p class="field-error" id="file-error">
                  {wrongFile.map(({ message }) => message).join(" ")}
                </p>
              )}
            </div>
            <div class="actions">
              <Button>{words.createFromFile}</Button>
            </div>
          </form>
        </Panel>
      )}
    </FramedPage>
  );
}
