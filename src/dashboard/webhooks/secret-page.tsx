import { profiles, type SecretReveal, type SigningSecret } from "../../delivery";
import { may } from "../../identity";
import { Button } from "../../ui/components/button";
import { Code } from "../../ui/components/code";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Facts, Panel } from "../../ui/components/panel";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import { WebhookPage, type WebhookPageProps, type WebhookWords } from "./webhook-page";

/** Secrets that are shown on this page only: a new one, or those in use on request. */
export type ShownSecrets = { kind: "rotated" | "revealed"; secrets: readonly SigningSecret[] };

type Props = WebhookPageProps & {
  shown: ShownSecrets | null;
  errors: FieldErrors;
  reveals: readonly SecretReveal[];
  /** How many endpoints share the secret. */
  sharing: number;
};

const OVERLAPS = { "0": "overlapNone", "3600": "overlapHour", "86400": "overlapDay", "604800": "overlapWeek" } as const;

/** The secret of a webhook: its age, who was shown it, and its replacement. */
export function WebhookSecretPage(props: Props) {
  const { view, parts, caller, frame, shown, errors } = props;
  const words = wordsOf(webhookPageWords, view.language);
  const base = `/dashboard/webhooks/${parts.endpoint.id}`;
  const isShared = parts.endpoint.profile === "voicesense";
  return (
    <WebhookPage {...props} tab="secret">
      {shown && <Shown {...props} words={words} shown={shown} />}
      <FormErrors view={view} errors={errors} />
      <div class="halves">
        <Panel title={words.secret}>
          <div class="form">
            {isShared && <p>{words.sharedSecret}</p>}
            <Age {...props} words={words} />
            {may(caller, "secrets:reveal") && (
              <form method="post" action={`${base}/reveal`} class="form">
                <input type="hidden" name="csrf" value={frame.csrf} />
                <div class="actions">
                  <Button>{words.reveal}</Button>
                </div>
                <p class="hint">{words.revealText}</p>
              </form>
            )}
            {may(caller, "secrets:list") && <Reveals {...props} words={words} />}
          </div>
        </Panel>
        {may(caller, "secrets:write") && <Rotation {...props} words={words} isShared={isShared} />}
      </div>
    </WebhookPage>
  );
}

type Inner = Props & { words: WebhookWords };

function Shown({ view, words, shown }: Inner & { shown: ShownSecrets }) {
  const [current, ...older] = shown.secrets;
  return (
    <Panel title={shown.kind === "rotated" ? words.rotated : words.shown}>
      {shown.kind === "rotated" && <p>{words.rotatedText}</p>}
      {current && <Code view={view} text={current.value} what={words.copySecret} />}
      {older.map(({ value, until }) => (
        <div class="spaced">
          <p class="second">
            {words.shownBefore}
            {until !== null && (
              <>
                {": "}
                {words.stillSigns} <Moment view={view} at={until} focusable />
              </>
            )}
          </p>
          <Code view={view} text={value} what={words.shownBefore} />
        </div>
      ))}
    </Panel>
  );
}

function Age({ view, words, parts }: Inner) {
  const [current, ...older] = parts.signing;
  return (
    <Facts
      facts={[
        [
          words.secretAge,
          current?.since === undefined ? words.unknownAge : <Moment view={view} at={current.since} as="relative" />,
        ],
        ...older.map(
          ({ until }) =>
            [words.stillSigns, until === null ? "–" : <Moment view={view} at={until} focusable />] as const,
        ),
      ]}
    />
  );
}

function Reveals({ view, words, reveals }: Inner) {
  return (
    <div>
      <h3 class="second">{words.reveals}</h3>
      {reveals.length === 0 ? (
        <p class="second">{words.noReveals}</p>
      ) : (
        <ul>
          {reveals.map(({ apiKeyId, revealedAt }) => (
            <li>
              <Moment view={view} at={revealedAt} /> <code>{apiKeyId}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Rotation({ view, words, parts, frame, errors, isShared, sharing }: Inner & { isShared: boolean }) {
  const { endpoint } = parts;
  const profile = profiles[endpoint.profile];
  return (
    <Panel title={words.rotate}>
      <form method="post" action={`/dashboard/webhooks/${endpoint.id}/rotate`} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <p>{isShared ? words.rotateShared(view.formats.number(sharing)) : words.rotateText}</p>
        <TextField
          view={view}
          name="secret"
          label={words.ownSecret}
          hint={words.ownSecretHint}
          errors={errors}
          maxlength={300}
          autocomplete="off"
          mono
          optional
        />
        {profile.overlaps && (
          <SelectField
            view={view}
            name="overlap"
            label={words.overlap}
            value={profile.overlapsByDefault ? "86400" : "0"}
            options={Object.entries(OVERLAPS).map(([seconds, name]) => [seconds, words[name]] as const)}
          />
        )}
        <div class="actions">
          <Button kind="danger">{words.rotate}</Button>
        </div>
      </form>
    </Panel>
  );
}
