import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { ENGINES } from "./address";
import { EngineFields } from "./fields";
import type { EngineForm } from "./form";

type Props = { view: View; frame: Frame; caller: Caller; form: EngineForm; errors: FieldErrors };

/** The form of a new engine. */
export function NewEnginePage({ view, frame, caller, form, errors }: Props) {
  const words = wordsOf(engineWords, view.language);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="engines"
      title={words.newTitle}
      state={words.newState}
    >
      <form method="post" action={ENGINES} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <FormErrors view={view} errors={errors} />
        <Panel>
          <EngineFields view={view} form={form} errors={errors} isNew hasKey={false} />
        </Panel>
        <div class="actions">
          <ButtonLink href={ENGINES}>{words.cancel}</ButtonLink>
          <Button kind="main">{words.create}</Button>
        </div>
      </form>
    </SettingsPage>
  );
}
