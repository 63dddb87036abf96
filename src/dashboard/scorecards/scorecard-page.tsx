import { assets } from "#assets";
import type { CampaignRow } from "../../campaigns";
import type { Answers, Score, ScorecardDefinition, ScorecardRow } from "../../quality";
import { Button, ButtonLink } from "../../ui/components/button";
import { FormErrors, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { Toast } from "../../ui/components/toast";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { scorecardWords } from "../../ui/strings/scorecards";
import type { View } from "../../ui/view";
import { ScorecardEditor } from "./editor";
import { fieldsFrom, isSame, type ScorecardFields } from "./form";
import { SCORECARDS } from "./list-page";
import { EffectsPanel, TryPanels } from "./try-panel";

type Props = {
  view: View;
  frame: Frame;
  scorecard: ScorecardRow;
  campaigns: readonly CampaignRow[];
  mayWrite: boolean;
  fields: ScorecardFields;
  errors: FieldErrors;
  differences: readonly Difference[];
  seen: string;
  answers: Answers;
  score: Score | null;
  /** What the form says and nobody has saved. */
  preview?: ScorecardDefinition | undefined;
  done: string;
};

/** One scorecard: what it asks, how much each criterion counts, and the score of answers. */
export function ScorecardPage(props: Props) {
  const { view, frame, scorecard, campaigns, mayWrite, fields, errors, differences, seen, answers, score } = props;
  const words = wordsOf(scorecardWords, view.language);
  const action = `${SCORECARDS}/${scorecard.id}`;
  const isDraft = scorecard.state === "draft";
  const kept = fieldsFrom(scorecard.name, scorecard.campaigns, scorecard.definition);
  const states = { draft: words.isDraft, published: words.isPublished, archived: words.isArchived };
  return (
    <FramedPage view={view} frame={frame} title={scorecard.name} current="scorecards" toast={<Done {...props} />}>
      <PageHead
        title={
          <>
            <bdi>{scorecard.name}</bdi>{" "}
            <span class="second light">{words.versionOf(view.formats.number(scorecard.version))}</span>
          </>
        }
        state={states[scorecard.state]}
        actions={
          <>
            <ButtonLink href={SCORECARDS}>{words.back}</ButtonLink>
            <ButtonLink href={`${action}/json`} icon="download">
              {words.json}
            </ButtonLink>
          </>
        }
      />
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      {mayWrite && scorecard.state !== "archived" && (
        <Panel>
          <div class="actions">
            <form method="post" action={`${action}/archive`}>
              <input type="hidden" name="csrf" value={frame.csrf} />
              <Button>{words.archive}</Button>
            </form>
          </div>
        </Panel>
      )}
      {props.preview && <EffectsPanel view={view} definition={props.preview} title={words.previewed} />}
      <TryPanels view={view} action={action} definition={scorecard.definition} answers={answers} score={score} />
      {mayWrite && (
        <Panel title={words.change}>
          <ScorecardEditor
            view={view}
            csrf={frame.csrf}
            action={action}
            fields={fields}
            errors={errors}
            seen={seen}
            stored={scorecard.definition}
            campaigns={campaigns}
            isDraft={isDraft}
            isUnsaved={
              errors.length > 0 || differences.length > 0 || (props.preview !== undefined && !isSame(fields, kept))
            }
          />
        </Panel>
      )}
      {mayWrite && <script type="module" src={assets.scorecard} />}
    </FramedPage>
  );
}

function Done({ view, done }: Props) {
  const words = wordsOf(scorecardWords, view.language);
  const texts: Record<string, string> = {
    created: words.createdDone,
    saved: words.saved,
    published: words.publishedDone,
    archived: words.archivedDone,
  };
  return Object.hasOwn(texts, done) ? <Toast>{texts[done]}</Toast> : null;
}
