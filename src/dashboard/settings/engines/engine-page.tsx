import type { Child } from "hono/jsx";
import type { EngineRow, TriedEngine } from "../../../analysis";
import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, type FieldErrors } from "../../../ui/components/form";
import { Stale, type Difference } from "../../../ui/components/stale";
import { Facts, Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import { ownScoreWords } from "../../../ui/strings/own-scores";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { ENGINES } from "./address";
import { EngineFields } from "./fields";
import { formOfEngine, type EngineForm } from "./form";
import { TriedEngineText } from "./tried";

/** What a form of the page did, or could not take. */
export type EngineShown = {
  settings?: { form: EngineForm; errors: FieldErrors; seen?: string; differences?: readonly Difference[] };
  tried?: TriedEngine;
};

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  engine: EngineRow;
  mayWrite: boolean;
  shown: EngineShown;
  /** What the form was filled with. */
  seen: string;
  toast?: Child;
};

/** One engine: a test of it, and its settings. */
export function EnginePage({ view, frame, caller, engine, mayWrite, shown, seen, toast }: Props) {
  const words = wordsOf(engineWords, view.language);
  const here = `${ENGINES}/${engine.id}`;
  const hasKey = engine.credentials !== null;
  const [does, isSent] =
    engine.kind === "llm"
      ? [words.oneStateOfModel, words.testHintOfModel]
      : engine.kind === "http"
        ? [words.oneStateOfServer, words.testHintOfServer]
        : [words.oneState, words.testHint];
  const { form = formOfEngine(engine), errors = [], differences = [] } = shown.settings ?? {};
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="engines"
      title={engine.name}
      state={does}
      actions={mayWrite && <ButtonLink href={`${here}/delete`}>{words.remove}</ButtonLink>}
      toast={toast}
    >
      <Panel title={words.test} id="test">
        <Facts
          facts={[
            [words.kind, words[engine.kind]],
            [words.key, hasKey ? words.keySet : words.keyNone],
            ...(engine.kind === "llm" ? [scoresFact(view, engine, mayWrite)] : []),
          ]}
        />
        {shown.tried && (
          <p class="spaced" role="status">
            <TriedEngineText view={view} tried={shown.tried} />
          </p>
        )}
        {mayWrite && (
          <form method="post" action={`${here}/test`} class="actions spaced">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <span class="hint">{isSent}</span>
            <Button>{words.test}</Button>
          </form>
        )}
      </Panel>
      {mayWrite && (
        <Panel title={words.settings} id="settings">
          <form method="post" action={here} class="form">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="seen" value={seen} />
            {differences.length > 0 && <Stale view={view} differences={differences} />}
            <FormErrors view={view} errors={errors} />
            <EngineFields view={view} form={form} errors={errors} isNew={false} hasKey={hasKey} />
            <div class="actions">
              <Button>{words.save}</Button>
            </div>
          </form>
        </Panel>
      )}
    </SettingsPage>
  );
}

/** What a language model is asked for, with the way to change it. */
function scoresFact(view: View, { id, settings }: EngineRow, mayWrite: boolean): readonly [Child, Child] {
  const words = wordsOf(ownScoreWords, view.language);
  const text = words.linkHint(view.formats.number(settings.scores?.length ?? 0));
  return [words.link, mayWrite ? <a href={`${ENGINES}/${id}/scores`}>{text}</a> : text];
}

/** Asks before an engine is deleted. */
export function DeleteEnginePage({ view, frame, caller, engine }: Pick<Props, "view" | "frame" | "caller" | "engine">) {
  const words = wordsOf(engineWords, view.language);
  const here = `${ENGINES}/${engine.id}`;
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="engines" title={words.removeTitle(engine.name)}>
      <Panel tone="wrong">
        <p>{words.removeText}</p>
        <form method="post" action={`${here}/delete`} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={here}>{words.cancel}</ButtonLink>
          <Button kind="danger">{words.removeButton}</Button>
        </form>
      </Panel>
    </SettingsPage>
  );
}
