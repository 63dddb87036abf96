import {
  KEY_ROLES,
  keyRolesToGive,
  may,
  PERMISSIONS,
  permissionsOf,
  ROLES,
  type Caller,
  type Permission,
  type RoleName,
} from "../../identity";
import { CheckField, SelectField, type FieldErrors } from "../../ui/components/form";
import { apiKeyWords } from "../../ui/strings/api-keys";
import { wordsOf } from "../../ui/strings/define";
import { permissionWords } from "../../ui/strings/permissions";
import { rolesIn } from "../../ui/strings/roles";
import type { View } from "../../ui/view";

const ALL = Object.keys(PERMISSIONS) as Permission[];

/** The rights that a form asks for: `chosen`, `all` or the name of a role, and the permissions that were chosen. */
export type RightsForm = { rights: string; scopes: readonly string[] };

export const NO_RIGHTS: RightsForm = { rights: "chosen", scopes: [] };

type Props = { view: View; caller: Caller; form: RightsForm; errors: FieldErrors };

/** What a key or a rule may do. Offered is what the visitor may do themselves. */
export function RightsFields({ view, caller, form, errors }: Props) {
  const words = wordsOf(apiKeyWords, view.language);
  const roles = rolesIn(view);
  const permissions = wordsOf(permissionWords, view.language);
  return (
    <>
      <SelectField
        view={view}
        name="rights"
        label={words.rights}
        hint={words.rightsHint}
        value={form.rights}
        errors={errors}
        options={[
          ["chosen", words.chosen],
          ...(caller.scopes === null ? [["all", words.all] as const] : []),
          ...keyRolesToGive(caller)
            .filter((name) => name !== "owner")
            .map((name) => [name, roles[name]] as const),
        ]}
      />
      <details open={form.rights === "chosen"} data-opens-with="rights=chosen">
        <summary>{words.permissions}</summary>
        <div class="checks spaced">
          {ALL.filter((permission) => may(caller, permission)).map((permission) => (
            <CheckField
              name="scope"
              value={permission}
              checked={form.scopes.includes(permission)}
              label={permissions[permission]}
            />
          ))}
        </div>
      </details>
    </>
  );
}

/** The role that a form names, and what it stands for, written out: no upgrade gives more. Null: everything. */
export function rightsIn({ rights, scopes }: RightsForm): { role: RoleName | null; scopes: string[] | null } {
  const role = KEY_ROLES.find((one) => one === rights) ?? null;
  if (rights === "all") return { role, scopes: null };
  if (role !== null) return { role, scopes: ROLES[role].scopes && permissionsOf(ROLES[role].scopes) };
  return { role, scopes: permissionsOf(scopes.filter((one) => Object.hasOwn(PERMISSIONS, one))) };
}
