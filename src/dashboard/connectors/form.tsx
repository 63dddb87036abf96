import type { Child } from "hono/jsx";
import type { CampaignRow } from "../../campaigns";
import type { ConnectorKindName } from "../../connectors";
import { Button } from "../../ui/components/button";
import { ChoiceCards, KeptBeside } from "../../ui/components/choices";
import { FormErrors, SelectField, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { ftpWords } from "../../ui/strings/ftp";
import { oneDriveWords } from "../../ui/strings/onedrive";
import { sidecarWords } from "../../ui/strings/sidecar";
import type { View } from "../../ui/view";
import { ProcessingFormFields } from "../campaigns/processing-fields";
import type { ConnectorFields } from "./empty-fields";
import { keptBeside } from "./fields";
import { NeotelFields } from "./neotel-fields";
import { OneDriveFields } from "./onedrive-fields";
import { TryNames, type Tried } from "./tried-names";

/** The form of a new storage, which the kinds belong to as buttons. */
const FORM = "new-storage";

type Props = {
  view: View;
  csrf: string;
  action: string;
  /** Null for a storage that is there: its campaign stays. */
  campaigns: readonly CampaignRow[] | null;
  fields: ConnectorFields;
  errors: FieldErrors;
  hidden: Readonly<Record<string, string>>;
  /** What stands in front of its fields. */
  before?: Child;
  tried: Tried | undefined;
  /** Where Microsoft sends whoever signed in back to. */
  redirectUri: string;
  /** What the processing rules of a new storage may name; null where they are not set here. */
  processing: { engines: readonly string[]; teams: readonly string[] } | null;
};

/** The form of a storage, in the order and with the names of the configuration that AuthentiVoice prints. */
export function ConnectorForm({
  view,
  csrf,
  action,
  campaigns,
  fields,
  errors,
  hidden,
  before,
  processing,
  redirectUri,
  tried,
}: Props) {
  const words = wordsOf(connectorWords, view.language);
  const drive = wordsOf(oneDriveWords, view.language);
  const ftp = wordsOf(ftpWords, view.language);
  const beside = wordsOf(sidecarWords, view.language);
  const isNew = campaigns !== null;
  const passwordHint =
    fields.kind !== "sftp"
      ? isNew
        ? words.keysHint
        : ftp.passwordKeptFtp
      : isNew
        ? words.passwordHint
        : words.passwordKept;
  const field = (name: keyof ConnectorFields, label: string, more: object = {}) => (
    <TextField view={view} name={name} label={label} value={fields[name]} errors={errors} maxlength={500} {...more} />
  );
  return (
    <form id={isNew ? FORM : undefined} method="post" action={action} class="form">
      <input type="hidden" name="csrf" value={csrf} />
      {isNew && <KeptBeside fields={keptBeside(fields)} />}
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {before}
      <FormErrors view={view} errors={errors} />
      <input type="hidden" name="kind" value={fields.kind} />
      <Panel
        title={
          {
            s3: words.connection,
            sftp: words.connectionSftp,
            ftp: ftp.connectionFtp,
            neotel: words.neotel,
            onedrive: drive.setup,
          }[fields.kind]
        }
      >
        <div class="form">
          {field("name", words.name, { maxlength: 200 })}
          {isNew && (
            <SelectField
              view={view}
              name="campaign"
              label={words.campaign}
              value={fields.campaign}
              errors={errors}
              options={[["", "–"], ...campaigns.map(({ id, name, number }) => [id, `${name} #${number}`] as const)]}
            />
          )}
          {fields.kind === "s3" ? (
            <>
              {field("endpoint", words.endpoint, { hint: words.endpointHint, mono: true })}
              {field("bucket", words.bucket, { mono: true })}
              {field("region", words.region, { hint: words.regionHint, mono: true })}
              {field("accessKey", words.accessKey, {
                hint: isNew ? words.keysHint : words.keysKept,
                autocomplete: "off",
                mono: true,
                optional: !isNew,
              })}
              {field("secretKey", words.secretKey, {
                type: "password",
                autocomplete: "off",
                mono: true,
                optional: !isNew,
              })}
            </>
          ) : fields.kind === "onedrive" ? (
            <OneDriveFields view={view} fields={fields} errors={errors} isNew={isNew} redirectUri={redirectUri} />
          ) : (
            <>
              {fields.kind === "neotel" && <NeotelFields view={view} fields={fields} errors={errors} isNew={isNew} />}
              {field("host", fields.kind === "neotel" ? ftp.hostNeotel : words.host, {
                hint: words.hostHint,
                mono: true,
              })}
              {field("port", words.port, {
                hint: fields.kind === "sftp" ? words.portHint : ftp.portHintFtp,
                inputmode: "numeric",
                optional: true,
              })}
              {fields.kind !== "sftp" && (
                <SelectField
                  view={view}
                  name="security"
                  label={ftp.security}
                  hint={ftp.securityHint}
                  value={fields.security}
                  errors={errors}
                  options={(["explicit", "implicit", "none"] as const).map((name) => [name, ftp[`security_${name}`]])}
                />
              )}
              {field("username", words.username, { autocomplete: "off", mono: true })}
              {field("password", words.password, {
                hint: passwordHint,
                type: "password",
                autocomplete: "off",
                mono: true,
                optional: fields.kind === "sftp" || !isNew,
              })}
              {fields.kind === "sftp" && (
                <>
                  <TextArea
                    view={view}
                    name="privateKey"
                    label={words.privateKey}
                    hint={words.privateKeyHint}
                    rows={6}
                    value={fields.privateKey}
                    errors={errors}
                    mono
                    optional
                  />
                  {field("passphrase", words.passphrase, {
                    type: "password",
                    autocomplete: "off",
                    mono: true,
                    optional: true,
                  })}
                </>
              )}
            </>
          )}
        </div>
      </Panel>
      <Panel title={fields.kind === "onedrive" ? drive.syncOptions : words.autoImport}>
        <div class="form">
          {fields.kind !== "neotel" && (
            <>
              {field("importPath", fields.kind === "onedrive" ? drive.syncFolder : words.importPath, {
                hint: {
                  s3: words.importHint,
                  sftp: words.importHintSftp,
                  ftp: words.importHintSftp,
                  onedrive: drive.syncFolderHint,
                }[fields.kind],
                mono: true,
                optional: fields.kind !== "s3",
              })}
              {field("processedPath", words.processedPath, { hint: words.processedHint, mono: true, optional: true })}
            </>
          )}
          {field("patterns", words.patterns, { hint: words.patternsHint, mono: true })}
          {field("poll", words.poll, { hint: words.pollHint, inputmode: "numeric" })}
          {field("naming", words.naming, { hint: words.namingHint, mono: true, optional: true })}
          <TextArea
            view={view}
            name="campaigns"
            label={ftp.campaigns}
            hint={ftp.campaignsHint}
            rows={3}
            value={fields.campaigns}
            errors={errors}
            mono
            optional
          />
          {fields.kind !== "neotel" && (
            <>
              {field("sidecar", beside.sidecar, {
                hint: beside.sidecarHint,
                mono: true,
                optional: true,
                maxlength: 100,
              })}
              <TextArea
                view={view}
                name="sidecarFields"
                label={beside.sidecarFields}
                hint={beside.sidecarFieldsHint}
                rows={4}
                value={fields.sidecarFields}
                errors={errors}
                mono
                optional
              />
              {field("sidecarWait", beside.sidecarWait, {
                hint: beside.sidecarWaitHint,
                inputmode: "numeric",
                optional: true,
              })}
            </>
          )}
        </div>
      </Panel>
      {processing && (
        <Panel title={words.processing}>
          <div class="form">
            <p class="second">{words.processingText}</p>
            <ProcessingFormFields view={view} fields={fields} errors={errors} {...processing} inherits />
          </div>
        </Panel>
      )}
      <Panel>
        <div class="actions spaced">
          <Button kind="main" name="do" value="save">
            {isNew ? words.make : words.save}
          </Button>
        </div>
        <TryNames view={view} tried={tried} hasSidecar={fields.kind !== "neotel"} />
      </Panel>
    </form>
  );
}

/** Which kind of storage is added. What was filled in comes back with another one. */
export function KindCards({ view, kind }: { view: View; kind: ConnectorKindName }) {
  const words = wordsOf(connectorWords, view.language);
  const choices = (["s3", "sftp", "ftp", "neotel", "onedrive"] as const).map((name) => ({ name, title: words[name] }));
  const main = { name: "do", value: "save" };
  return <ChoiceCards label={words.kind} form={FORM} current={kind} choices={choices} main={main} />;
}

/** A printed configuration, which fills the form that this is a part of. `wrong`: the one that could not be read. */
export function PastePart({ view, wrong }: { view: View; wrong: string | undefined }) {
  const words = wordsOf(connectorWords, view.language);
  const errors = wrong === undefined ? [] : [{ field: "printed", message: words.pasteWrong }];
  return (
    <details class="more" open={wrong !== undefined}>
      <summary>{words.paste}</summary>
      <div class="form">
        <TextArea
          view={view}
          name="printed"
          label={words.paste}
          hint={words.pasteHint}
          rows={10}
          value={wrong ?? ""}
          errors={errors}
          mono
          optional
        />
        <div class="actions">
          <button class="button plain" formaction="/dashboard/connectors/fill" formnovalidate>
            {words.fill}
          </button>
        </div>
      </div>
    </details>
  );
}
