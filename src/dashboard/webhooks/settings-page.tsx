import type { Child } from "hono/jsx";
import { Button, ButtonLink } from "../../ui/components/button";
import { FormErrors, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import type { WebhookFields } from "./form";
import { WebhookFormFields } from "./form-fields";
import { PreviewPanel } from "./new-page";
import { WebhookPage, type WebhookPageProps } from "./webhook-page";

type Props = WebhookPageProps & {
  fields: WebhookFields;
  errors: FieldErrors;
  /** What someone else changed since the form was shown. */
  differences: readonly Difference[];
  seen: string;
  preview: Child;
};

/** The form of a webhook that exists. */
export function WebhookSettingsPage(props: Props) {
  const { view, frame, parts, fields, errors, differences, seen, preview } = props;
  const words = wordsOf(webhookPageWords, view.language);
  const base = `/dashboard/webhooks/${parts.endpoint.id}`;
  const { profile } = parts.endpoint;
  return (
    <WebhookPage {...props} tab="settings">
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <form method="post" action={`${base}/settings`} class="columns">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="seen" value={seen} />
        <input type="hidden" name="format" value={profile} />
        <Panel title={words.settings}>
          <div class="form">
            <WebhookFormFields view={view} profile={profile} fields={fields} errors={errors} />
            <div class="actions">
              <ButtonLink kind="danger" href={`${base}/delete`}>
                {words.remove}
              </ButtonLink>
              <Button kind="main" name="do" value="save">
                {words.save}
              </Button>
            </div>
          </div>
        </Panel>
        <PreviewPanel view={view} profile={profile} preview={preview} />
      </form>
    </WebhookPage>
  );
}
