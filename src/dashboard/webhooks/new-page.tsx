import type { Child } from "hono/jsx";
import type { ProfileName } from "../../delivery";
import { Button } from "../../ui/components/button";
import { ChoiceCards } from "../../ui/components/choices";
import { FormErrors, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { webhookWords } from "../../ui/strings/webhooks";
import type { View } from "../../ui/view";
import type { WebhookFields } from "./form";
import { VariableList, WebhookFormFields } from "./form-fields";
import { FORMAT_NAMES, FORMATS } from "./formats";

type Props = {
  view: View;
  frame: Frame;
  profile: ProfileName;
  fields: WebhookFields;
  errors: FieldErrors;
  once: string;
  preview: Child;
};

/** The form that the formats belong to as buttons. */
const FORM = "new-webhook";

/** A new webhook: its format, its form, and what would be sent. */
export function NewWebhookPage({ view, frame, profile, fields, errors, once, preview }: Props) {
  const words = wordsOf(webhookWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.newTitle} current="webhooks">
      <PageHead title={words.newTitle} state={words.newText} />
      <ChoiceCards
        label={words.chooseFormat}
        form={FORM}
        current={profile}
        choices={FORMAT_NAMES.map((name) => ({ name, title: FORMATS[name], text: words[`${name}Text`] }))}
        main={{ name: "do", value: "create" }}
      />
      <FormErrors view={view} errors={errors} />
      <form id={FORM} method="post" action="/dashboard/webhooks" class="columns">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="once" value={once} />
        <input type="hidden" name="format" value={profile} />
        <Panel title={FORMATS[profile]}>
          <div class="form">
            <WebhookFormFields view={view} profile={profile} fields={fields} errors={errors} />
            <div class="actions">
              <Button kind="main" name="do" value="create">
                {words.create}
              </Button>
            </div>
          </div>
        </Panel>
        <PreviewPanel view={view} profile={profile} preview={preview} />
      </form>
    </FramedPage>
  );
}

/** What would be sent: anew while the form is filled in, or by its button without script. */
export function PreviewPanel({ view, profile, preview }: { view: View; profile: ProfileName; preview: Child }) {
  const words = wordsOf(webhookWords, view.language);
  return (
    <Panel title={words.preview} aside={words.previewText}>
      <div class="form">
        <div
          id="preview"
          aria-live="polite"
          hx-post="/dashboard/webhooks/preview"
          hx-trigger="input delay:400ms from:closest form, change from:closest form"
          hx-include="closest form"
          hx-sync="this:queue last"
        >
          {preview}
        </div>
        <noscript>
          <Button small name="do" value="preview">
            {words.previewAgain}
          </Button>
        </noscript>
        <VariableList view={view} profile={profile} />
      </div>
    </Panel>
  );
}
