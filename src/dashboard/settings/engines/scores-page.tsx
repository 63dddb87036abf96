import type { Child } from "hono/jsx";
import {
  LONGEST_MEANING,
  LONGEST_SCORE_NAME,
  MICROS,
  snapshotScores,
  type EngineRow,
  type FailedTry,
  type TriedScores,
} from "../../../analysis";
import type { Caller } from "../../../identity";
import type { Result } from "../../../lib/result";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, SelectField, TextArea, TextField, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Stale, type Difference } from "../../../ui/components/stale";
import { StoredReason } from "../../../ui/components/stored-reason";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { ownScoreWords } from "../../../ui/strings/own-scores";
import type { View } from "../../../ui/view";
import { ScoreSets } from "../../calls/scores-panel";
import { SettingsPage } from "../frame";
import { amountsIn } from "../usage/amounts";
import { ENGINES } from "./address";
import { fieldOf, PARTIES, type ScoreFields } from "./scores-form";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  engine: EngineRow;
  rows: readonly ScoreFields[];
  errors: FieldErrors;
  differences: readonly Difference[];
  /** What the form was filled with. */
  seen: string;
  /** The call that they were tried on, and what they came to. */
  callId: string;
  tried: Result<TriedScores, FailedTry> | null;
  mayTry: boolean;
  toast?: Child;
};

/** The scores that a language model is asked for: they are tried on a past call before they are saved. */
export function OwnScoresPage(props: Props) {
  const { view, frame, caller, engine, rows, errors, differences, seen, callId, tried, mayTry, toast } = props;
  const words = wordsOf(ownScoreWords, view.language);
  const here = `${ENGINES}/${engine.id}/scores`;
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="engines"
      title={words.title(engine.name)}
      state={words.state}
      actions={<ButtonLink href={`${ENGINES}/${engine.id}`}>{engine.name}</ButtonLink>}
      toast={toast}
    >
      {tried && <Tried view={view} tried={tried} />}
      <form method="post" action={here} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="seen" value={seen} />
        {differences.length > 0 && <Stale view={view} differences={differences} />}
        <FormErrors view={view} errors={errors} />
        <Panel title={words.scores} aside={words.versionHint} id="scores">
          {rows.map((row, index) => (
            <Score view={view} index={index} row={row} errors={errors} />
          ))}
          <p class="hint">{words.removeHint}</p>
          <div class="actions">
            <Button name="do" value="add">
              {words.another}
            </Button>
            <Button name="do" value="save" kind="main">
              {words.save}
            </Button>
          </div>
        </Panel>
        {mayTry && (
          <Panel title={words.tryTitle} id="try">
            <TextField
              view={view}
              name="call"
              label={words.call}
              hint={words.callHint}
              value={callId}
              errors={errors}
              maxlength={200}
              mono
              optional
            />
            <div class="actions">
              <Button name="do" value="try">
                {words.tryIt}
              </Button>
            </div>
          </Panel>
        )}
      </form>
    </SettingsPage>
  );
}

type ScoreProps = { view: View; index: number; row: ScoreFields; errors: FieldErrors };

function Score({ view, index, row, errors }: ScoreProps) {
  const words = wordsOf(ownScoreWords, view.language);
  const common = { view, errors, optional: true } as const;
  return (
    <fieldset>
      <legend>{words.score(view.formats.number(index + 1))}</legend>
      <TextField
        {...common}
        name={fieldOf(index, "name")}
        label={words.name}
        value={row.name}
        maxlength={LONGEST_SCORE_NAME}
      />
      <TextArea
        {...common}
        name={fieldOf(index, "meaning")}
        label={words.meaning}
        hint={`${words.meaningHint} (${view.formats.number(LONGEST_MEANING)})`}
        value={row.meaning}
        rows={2}
      />
      <div class="pair">
        <TextField {...common} name={fieldOf(index, "min")} label={words.min} value={row.min} maxlength={12} />
        <TextField {...common} name={fieldOf(index, "max")} label={words.max} value={row.max} maxlength={12} />
      </div>
      <SelectField
        {...common}
        name={fieldOf(index, "of")}
        label={words.of}
        value={row.of}
        options={PARTIES.map((one) => [one, words[one]] as const)}
      />
    </fieldset>
  );
}

/** What the scores come to on a call, each with its why. */
function Tried({ view, tried }: { view: View; tried: Result<TriedScores, FailedTry> }) {
  const words = wordsOf(ownScoreWords, view.language);
  if (!tried.ok)
    return (
      <Panel title={words.triedTitle} tone="attention" id="tried">
        <p role="status">
          {words.failed}: <StoredReason view={view} about="engine" reason={tried.error.reason} />
        </p>
        {tried.error.micros > 0 && (
          <p class="second">{words.cost(amountsIn(view.language).dollars(tried.error.micros / MICROS))}</p>
        )}
      </Panel>
    );
  const { version, channels, micros, operatorChannel } = tried.value;
  const set = { engine: words.triedTitle, version, at: view.now, reason: null, indicator: false, channels };
  return (
    <>
      <p role="status" class="second" id="tried">
        {words.cost(amountsIn(view.language).dollars(micros / MICROS))}
      </p>
      <ScoreSets
        view={view}
        sets={snapshotScores({ scores: null, risk: null }, [set]).score_sets}
        platform=""
        operatorChannel={operatorChannel ?? 0}
        box={Panel}
      />
    </>
  );
}
