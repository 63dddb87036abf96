import type { CampaignRow } from "../../../campaigns";
import { rolesToGive, type Caller, type TeamRow } from "../../../identity";
import { CheckField, SelectField, type FieldErrors } from "../../../ui/components/form";
import { memberWords } from "../../../ui/strings/members";
import { wordsOf } from "../../../ui/strings/define";
import { rolesIn } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";

/** What a membership or an invitation can be limited to. */
export type LimitChoices = { campaigns: readonly CampaignRow[]; teams: readonly TeamRow[] };

export type Grant = { role: string; campaigns: readonly string[] | null; teams: readonly string[] | null };

/** A grant as a form sent it, also what is ticked beside "all": that limits nothing, and is refused (`limitErrors`). */
export type SentGrant = Grant & { ticked?: { campaigns: readonly string[]; teams: readonly string[] } };

type Props = { view: View; caller: Caller; choices: LimitChoices; grant: SentGrant; errors?: FieldErrors };

/** The fields of a role, of those that the visitor can give, and its limits. */
export function GrantFields({ view, caller, choices, grant, errors = [] }: Props) {
  const words = wordsOf(memberWords, view.language);
  const roles = rolesIn(view);
  return (
    <>
      <SelectField
        view={view}
        name="role"
        label={words.role}
        value={grant.role}
        errors={errors}
        options={rolesToGive(caller).map((name) => [name, roles[name]] as const)}
      />
      <LimitField
        view={view}
        name="campaigns"
        label={words.campaigns}
        none={words.everyCampaign}
        some={words.someCampaigns}
        chosen={grant.campaigns}
        ticked={grant.ticked?.campaigns}
        options={choices.campaigns}
        errors={errors}
      />
      {(choices.teams.length > 0 || grant.teams !== null) && (
        <LimitField
          view={view}
          name="teams"
          label={words.teams}
          none={words.everyTeam}
          some={words.someTeams}
          chosen={grant.teams}
          ticked={grant.ticked?.teams}
          options={choices.teams}
          errors={errors}
        />
      )}
    </>
  );
}

type LimitProps = {
  view: View;
  name: "campaigns" | "teams";
  label: string;
  none: string;
  some: string;
  chosen: readonly string[] | null;
  /** What is ticked; where it is not given, what is chosen. */
  ticked?: readonly string[] | undefined;
  options: readonly { id: string; name: string }[];
  errors: FieldErrors;
};

/** Everything, or those that are chosen. */
export function LimitField({ view, name, label, none, some, chosen, ticked, options, errors }: LimitProps) {
  const words = wordsOf(memberWords, view.language);
  const ticks = ticked ?? chosen ?? [];
  return (
    <>
      <SelectField
        view={view}
        name={`${name}-limit`}
        label={label}
        hint={words.limitHint}
        value={chosen === null ? "none" : "some"}
        errors={errors.map(({ field, message }) => ({ field: field === name ? `${name}-limit` : field, message }))}
        options={[
          ["none", none],
          ["some", some],
        ]}
      />
      <details open={chosen !== null || ticks.length > 0} data-opens-with={`${name}-limit=some`}>
        <summary>{some}</summary>
        <div class="checks spaced">
          {options.map((option) => (
            <CheckField
              name={name}
              value={option.id}
              checked={ticks.includes(option.id)}
              label={<span dir="auto">{option.name}</span>}
            />
          ))}
        </div>
      </details>
    </>
  );
}

const LIMITS = ["campaigns", "teams"] as const;
type LimitName = (typeof LIMITS)[number];

/** The role and limits that a form was sent with. */
export function readGrant(form: Record<string, unknown>): SentGrant {
  const role = typeof form["role"] === "string" ? form["role"] : "";
  const ticked = { campaigns: ticksIn(form, "campaigns"), teams: ticksIn(form, "teams") };
  return { role, campaigns: limitIn(form, "campaigns"), teams: limitIn(form, "teams"), ticked };
}

/** What a form limits something to; null where it does not. */
export function limitIn(form: Record<string, unknown>, name: LimitName): string[] | null {
  return form[`${name}-limit`] === "some" ? ticksIn(form, name) : null;
}

/** What is ticked in a form, whether or not it limits by that. */
export function ticksIn(form: Record<string, unknown>, name: LimitName): string[] {
  return [form[name] ?? []].flat().map(String).slice(0, 500);
}

/**
 * What is ticked while "all" is chosen says two things at once. It is refused, so that nobody gets more than the ticks say, nor less
 * than the choice.
 */
export function limitErrors(view: View, sent: Partial<SentGrant>): FieldErrors {
  const words = wordsOf(memberWords, view.language);
  const messages = {
    campaigns: words.ticksBesideAll(words.someCampaigns, words.everyCampaign),
    teams: words.ticksBesideAll(words.someTeams, words.everyTeam),
  };
  return LIMITS.flatMap((name) =>
    sent[name] === null && (sent.ticked?.[name] ?? []).length > 0
      ? [{ field: `${name}-limit`, message: messages[name] }]
      : [],
  );
}
