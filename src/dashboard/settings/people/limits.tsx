import type { CampaignRow } from "../../../campaigns";
import { ROLES, type RoleName, type TeamRow } from "../../../identity";
import { CheckField, SelectField, type FieldErrors } from "../../../ui/components/form";
import { memberWords } from "../../../ui/strings/members";
import { wordsOf } from "../../../ui/strings/define";
import { rolesIn } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";

/** What a membership or an invitation can be limited to. */
export type LimitChoices = { campaigns: readonly CampaignRow[]; teams: readonly TeamRow[] };

export type Grant = { role: string; campaigns: readonly string[] | null; teams: readonly string[] | null };

type Props = { view: View; choices: LimitChoices; grant: Grant; errors?: FieldErrors };

/** The fields of a role and its limits. */
export function GrantFields({ view, choices, grant, errors = [] }: Props) {
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
        options={(Object.keys(ROLES) as RoleName[]).map((name) => [name, roles[name]] as const)}
      />
      <LimitField
        view={view}
        name="campaigns"
        label={words.campaigns}
        none={words.everyCampaign}
        some={words.someCampaigns}
        chosen={grant.campaigns}
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
  options: readonly { id: string; name: string }[];
  errors: FieldErrors;
};

/** Everything, or those that are chosen. */
export function LimitField({ view, name, label, none, some, chosen, options, errors }: LimitProps) {
  const words = wordsOf(memberWords, view.language);
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
      <details open={chosen !== null}>
        <summary>{some}</summary>
        <div class="checks spaced">
          {options.map((option) => (
            <CheckField
              name={name}
              value={option.id}
              checked={chosen?.includes(option.id) ?? false}
              label={<span dir="auto">{option.name}</span>}
            />
          ))}
        </div>
      </details>
    </>
  );
}

/** The role and limits that a form was sent with. */
export function readGrant(form: Record<string, unknown>): Grant {
  const limit = (name: "campaigns" | "teams") => limitIn(form, name);
  const role = typeof form["role"] === "string" ? form["role"] : "";
  return { role, campaigns: limit("campaigns"), teams: limit("teams") };
}

/** What a form limits something to; null where it does not. */
export function limitIn(form: Record<string, unknown>, name: "campaigns" | "teams"): string[] | null {
  return form[`${name}-limit`] === "some" ? [form[name] ?? []].flat().map(String).slice(0, 500) : null;
}
