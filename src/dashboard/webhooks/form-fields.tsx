import { profiles, type ProfileName } from "../../delivery";
import { CheckField, ChoiceGroup, SelectField, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { wordsOf } from "../../ui/strings/define";
import { webhookWords } from "../../ui/strings/webhooks";
import type { View } from "../../ui/view";
import { eventNamesOf, type WebhookFields } from "./form";

type Props = { view: View; profile: ProfileName; fields: WebhookFields; errors: FieldErrors };

/** The fields of a webhook, with the labels that Voicesense prints. */
export function WebhookFormFields({ view, profile, fields, errors }: Props) {
  const words = wordsOf(webhookWords, view.language);
  return (
    <>
      <TextField
        view={view}
        name="url"
        label={words.address}
        value={fields.url}
        hint={words.addressHint}
        errors={errors}
        inputmode="url"
        maxlength={2048}
        mono
      />
      <TextField
        view={view}
        name="description"
        label={words.description}
        value={fields.description}
        hint={words.descriptionHint}
        errors={errors}
        maxlength={500}
        optional
      />
      <SelectField
        view={view}
        name="method"
        label={words.method}
        value={fields.method}
        errors={errors}
        options={[
          ["POST", "POST"],
          ["PUT", "PUT"],
        ]}
      />
      <EventChoice view={view} profile={profile} fields={fields} errors={errors} />
      <TextArea
        view={view}
        name="headers"
        label={words.headers}
        value={fields.headers}
        hint={fields.headers.includes("[hidden]") ? words.headersKept : words.headersHint}
        errors={errors}
        rows={3}
        mono
        optional
      />
      <TextArea
        view={view}
        name="template"
        label={words.template}
        value={fields.template}
        hint={words.templateHint}
        errors={errors}
        rows={8}
        mono
        optional
      />
      <details class="more" open={errors.some(({ field }) => ["ordering", "timeout", "rate"].includes(field))}>
        <summary>{words.advanced}</summary>
        <div class="form">
          <SelectField
            view={view}
            name="ordering"
            label={words.ordering}
            value={fields.ordering}
            errors={errors}
            options={[
              ["call", words.orderingCall],
              ["endpoint", words.orderingEndpoint],
              ["none", words.orderingNone],
            ]}
          />
          <TextField
            view={view}
            name="timeout"
            label={words.timeout}
            value={fields.timeout}
            errors={errors}
            inputmode="numeric"
            optional
          />
          <TextField
            view={view}
            name="rate"
            label={words.rate}
            value={fields.rate}
            errors={errors}
            inputmode="numeric"
            optional
          />
          <SelectField
            view={view}
            name="exhausted"
            label={words.exhausted}
            value={fields.exhausted}
            options={[
              ["", words.byFormat],
              ["park", words.park],
              ["hold", words.hold],
            ]}
          />
        </div>
      </details>
    </>
  );
}

/** Every event, or some by name. What is stored and is no name here, a prefix such as `call.*`, stays a choice. */
function EventChoice({ view, profile, fields, errors }: Props) {
  const words = wordsOf(webhookWords, view.language);
  const names = eventNamesOf(profile);
  const others = fields.events.filter((name) => name !== "*" && !names.includes(name));
  return (
    <ChoiceGroup name="events" legend={words.events} errors={errors}>
      <CheckField name="events" value="*" label={words.every} checked={fields.events.includes("*")} />
      {[...names, ...others].map((name) => (
        <CheckField name="events" value={name} label={<code>{name}</code>} checked={fields.events.includes(name)} />
      ))}
    </ChoiceGroup>
  );
}

/** The variables that a template of this format can use. */
export function VariableList({ view, profile }: { view: View; profile: ProfileName }) {
  const words = wordsOf(webhookWords, view.language);
  const paths = profiles[profile].templatePaths;
  return (
    <details class="more">
      <summary>{words.paths}</summary>
      <p class="hint">{words.pathsText(view.formats.number(paths.length))}</p>
      <ul class="paths" tabindex={0} aria-label={words.paths}>
        {paths.map((path) => (
          <li>
            <code>{path}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
