import type { CampaignRow } from "../../campaigns";
import { PLATFORMS, type Platform, type PlatformKind } from "../../platforms";
import { comesByUpload, eachCallNamesCampaign } from "../../sources";
import { Button } from "../../ui/components/button";
import { ChoiceCards, KeptBeside } from "../../ui/components/choices";
import { CheckField, FormErrors, SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { platformTitle } from "./platform-title";
import { wordsOf } from "../../ui/strings/define";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";

/**
 * What the form of a new source holds, also of fields that other platforms have. `name`: "" for the platform's own. `back`: the
 * campaign that it is made from, where it is.
 */
export type SourceFields = {
  name: string;
  campaign: string;
  secret: string;
  credentials: Readonly<Record<string, string>>;
  /** Whether the API key that the platform sends is made with it. */
  makeKey: boolean;
  back: string;
};

/** The form that the platforms belong to as buttons. */
const FORM = "new-source";

type Props = {
  view: View;
  csrf: string;
  kind: PlatformKind;
  campaigns: readonly CampaignRow[];
  fields: SourceFields;
  errors: FieldErrors;
  once: string;
  /** Whether the visitor may make the API key that the platform sends. */
  mayMakeKey: boolean;
};

/** Platforms by their own names. */
export const KINDS = (Object.keys(PLATFORMS) as PlatformKind[]).toSorted((one, other) =>
  PLATFORMS[one].title.localeCompare(PLATFORMS[other].title),
);

export function credentialNames(platform: Platform): string[] {
  return platform.credentials ? Object.keys(platform.credentials.shape) : [];
}

/** The form that makes a source of one platform. */
export function NewSourceForm({ view, csrf, kind, campaigns, fields, errors, once, mayMakeKey }: Props) {
  const words = wordsOf(sourceWords, view.language);
  const platform: Platform = PLATFORMS[kind];
  const namesCampaign = eachCallNamesCampaign(platform);
  const open = campaigns.filter(({ archivedAt, id }) => archivedAt === null || id === fields.campaign);
  const offersKey = platform.authentication === "api_key" && mayMakeKey;
  const own = credentialNames(platform);
  const isFilled = own.some((name) => fields.credentials[name] !== undefined);
  return (
    <>
      <FormErrors view={view} errors={errors} />
      <Panel title={words.connect(platformTitle(kind, view.language))}>
        <form id={FORM} method="post" action="/dashboard/sources" class="form">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="once" value={once} />
          <input type="hidden" name="kind" value={kind} />
          <input type="hidden" name="back" value={fields.back} />
          <KeptBeside fields={keptBeside(platform, fields, offersKey)} />
          {!comesByUpload(platform) && <p class="second">{words.connectText}</p>}
          <TextField
            view={view}
            name="name"
            label={words.name}
            value={fields.name === "" ? platform.title : fields.name}
            hint={words.nameHint}
            errors={errors}
            maxlength={200}
          />
          {(!namesCampaign || open.length > 0) && (
            <SelectField
              view={view}
              name="campaign"
              label={words.campaign}
              hint={namesCampaign ? words.campaignInBody : undefined}
              value={fields.campaign}
              errors={errors}
              options={[
                ["", namesCampaign ? words.campaignLater : words.noCampaign],
                ...open.map(({ id, name, number }) => [id, `${name} #${number}`] as const),
              ]}
            />
          )}
          {offersKey && (
            <CheckField
              name="key"
              value="make"
              label={words.makeKeyToo}
              hint={words.makeKeyText}
              checked={fields.makeKey}
            />
          )}
          {platform.authentication === "signature" && (
            <TextField
              view={view}
              name="secret"
              label={words.secret}
              hint={
                platform.secret.origin === "platform"
                  ? words.secretOf(platform.secret.name)
                  : `${words.secretOf(platform.secret.name)}. ${words.secretOwn}`
              }
              value={fields.secret}
              errors={errors}
              maxlength={512}
              autocomplete="off"
              optional={platform.secret.origin !== "platform"}
              mono
            />
          )}
          {own.length > 0 && (
            <details class="more" open={isFilled || errors.some(({ field }) => field.startsWith("credentials"))}>
              <summary>{words.credentials}</summary>
              <p class="hint">{words.credentialsText}</p>
              <div class="form">
                {own.map((name) => (
                  <TextField
                    view={view}
                    name={`credentials.${name}`}
                    label={name}
                    value={fields.credentials[name] ?? ""}
                    errors={errors}
                    autocomplete="off"
                    mono
                    optional
                  />
                ))}
              </div>
            </details>
          )}
          <div class="actions">
            <Button kind="main">{words.connect(platformTitle(kind, view.language))}</Button>
          </div>
        </form>
      </Panel>
    </>
  );
}

/** What was filled in for another platform, by the names of its fields. */
function keptBeside(platform: Platform, { secret, credentials, makeKey }: SourceFields, offersKey: boolean) {
  const own = credentialNames(platform);
  const others = Object.entries(credentials).filter(([name]) => !own.includes(name));
  return {
    ...(platform.authentication !== "signature" && secret !== "" && { secret }),
    ...Object.fromEntries(others.map(([name, value]) => [`credentials.${name}`, value])),
    ...(!offersKey && !makeKey && { key: "no" }),
  };
}

/**
 * Every platform, each leading to its form; from one form to another, with what was filled in. `action`: where that is sent,
 * where the form is not on the page of new sources.
 */
export function KindCards({
  view,
  current,
  hrefOf,
  action,
}: {
  view: View;
  current: PlatformKind | null;
  hrefOf(kind: string): string;
  action?: string;
}) {
  const words = wordsOf(sourceWords, view.language);
  const choices = KINDS.map((name) => ({ name, title: platformTitle(name, view.language) }));
  if (current !== null)
    return (
      <ChoiceCards
        label={words.platform}
        form={FORM}
        current={current}
        choices={choices}
        {...(action !== undefined && { action })}
      />
    );
  return (
    <nav class="cards" aria-label={words.platform}>
      {choices.map(({ name, title }) => (
        <a class="card" href={hrefOf(name)}>
          <b>{title}</b>
        </a>
      ))}
    </nav>
  );
}
