import { ACTION_LIMITS, lackingFor, type KeptAction } from "../../actions";
import { may, type Permission } from "../../identity";
import type { TriedAction } from "../../pipeline";
import { Button, ButtonLink } from "../../ui/components/button";
import { Code } from "../../ui/components/code";
import { CheckField, FormErrors, SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import { ActionConditionFields, ActionFields, titleOfCondition, type ActionChoices } from "./action-fields";
import { CONDITION_KINDS, type ActionForm } from "./actions-form";
import { CampaignPage, type CampaignPageProps } from "./campaign-page";
import { TriedPanel } from "./tried-actions";
import { OnlyReads } from "./only-reads";

type Props = CampaignPageProps & {
  /** The action that is changed; null for a new one. */
  action: KeptAction | null;
  /** What the form was filled from. */
  seen: string;
  differences: readonly Difference[];
  form: ActionForm;
  errors: FieldErrors;
  choices: ActionChoices;
  tried: readonly TriedAction[] | null;
  /** Shown this once. */
  secret: string | null;
  signed: boolean;
};

/** A try shows the call, and what was found of it. */
export const TRYING: readonly Permission[] = ["calls:read", "analyses:read"];

/** The form of one action, with what it would do with a past call. */
export function ActionPage(props: Props) {
  const { view, frame, caller, campaign, action, seen, differences, form, errors, tried, secret, signed, choices } =
    props;
  const words = wordsOf(actionWords, view.language);
  const base = `/dashboard/campaigns/${campaign.id}/actions`;
  const here = action === null ? `${base}/new` : `${base}/${action.id}`;
  const mayWrite = may(caller, "campaigns:write");
  const mayKeep = mayWrite && !lackingFor([form.kind], (permission) => may(caller, permission));
  const mayTry = mayWrite && TRYING.every((permission) => may(caller, permission));
  return (
    <CampaignPage {...props} tab="/actions">
      {secret !== null && (
        <Panel title={words.secretTitle} tone="attention">
          <p>{words.secretOnce}</p>
          <Code view={view} text={secret} what={words.secretTitle} />
        </Panel>
      )}
      {tried !== null && <TriedPanel view={view} tried={tried} />}
      <form method="post" action={here} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="seen" value={seen} />
        <input type="hidden" name="of" value={form.kind} />
        {/* What Enter in a field does: the first button of the form, which would be another. */}
        <button hidden tabindex={-1} />
        {differences.length > 0 && <Stale view={view} differences={differences} adds={action === null} />}
        <FormErrors view={view} errors={errors} />
        <OnlyReads view={view} caller={caller} needs="campaigns:write" />
        <Panel title={action === null ? words.newTitle(words[form.kind]) : words[form.kind]}>
          <fieldset class="form" disabled={!mayWrite}>
            <TextField
              view={view}
              name="name"
              label={words.name}
              hint={words.nameHint}
              value={form.name}
              maxlength={ACTION_LIMITS.name}
              errors={errors}
            />
            <CheckField name="enabled" label={words.enabled} checked={form.enabled} />
            <ActionFields {...props} />
          </fieldset>
        </Panel>
        {form.when.map((one, index) => (
          <Panel
            title={`${words.condition(view.formats.number(index + 1))}: ${titleOfCondition(view, one.kind)}`}
            aside={
              mayWrite ? (
                <button class="button small" name="drop" value={String(index)} formnovalidate>
                  {wordsOf(ruleWords, view.language).removeCondition}
                </button>
              ) : undefined
            }
          >
            <input type="hidden" name="kind" value={one.kind} />
            <fieldset class="form" disabled={!mayWrite}>
              <ActionConditionFields {...props} index={index} one={one} />
            </fieldset>
          </Panel>
        ))}
        {mayWrite && form.when.length < ACTION_LIMITS.conditions && (
          <Panel title={words.addCondition}>
            <p class="second">{words.alwaysHint}</p>
            <div class="actions">
              {CONDITION_KINDS.filter((kind) => kind !== "answer" || choices.asks.length > 0).map((kind) => (
                <button class="button small" name="more" value={kind} formnovalidate>
                  {titleOfCondition(view, kind)}
                </button>
              ))}
            </div>
          </Panel>
        )}
        {mayTry && <TryFields {...props} />}
        {mayWrite && !mayKeep && <p class="second">{words.mayNotKeep}</p>}
        <div class="actions">
          <ButtonLink href={base}>{words.cancel}</ButtonLink>
          {mayTry && choices.calls.length > 0 && (
            <button class="button" name="do" value="try">
              {words.tryIt}
            </button>
          )}
          {mayKeep && <Button kind="main">{words.save}</Button>}
        </div>
      </form>
      {mayWrite && action !== null && (
        <Panel>
          <div class="actions">
            {signed && may(caller, "secrets:write") && (
              <ButtonLink href={`${here}/secret`}>{words.newSecret}</ButtonLink>
            )}
            <ButtonLink kind="danger" href={`${here}/remove`}>
              {words.remove}
            </ButtonLink>
          </div>
        </Panel>
      )}
    </CampaignPage>
  );
}

function TryFields({ view, caller, choices, form }: Props) {
  const words = wordsOf(actionWords, view.language);
  if (choices.calls.length === 0)
    return (
      <Panel title={words.tryIt}>
        <p class="second">{words.noCalls}</p>
      </Panel>
    );
  return (
    <Panel title={words.tryIt}>
      <SelectField
        view={view}
        name="call"
        label={words.tryOn}
        value={form.tryOn}
        options={choices.calls.map(
          ({ id, startedAt, fromRaw, toRaw }) =>
            [id, `${view.formats.moment(startedAt, view.now)} · ${fromRaw ?? "–"} → ${toRaw ?? "–"}`] as const,
        )}
      />
      {form.kind === "ask" && may(caller, "analyses:write") && (
        <CheckField name="ask" label={words.askReally} checked={form.ask} />
      )}
    </Panel>
  );
}
