import {
  may,
  PERMISSIONS,
  permissionsOf,
  ROLES,
  type Caller,
  type Naming,
  type Permission,
  type RoleName,
} from "../../../identity";
import { Button } from "../../../ui/components/button";
import { SelectField } from "../../../ui/components/form";
import { Icon } from "../../../ui/components/icon";
import { Facts, Panel } from "../../../ui/components/panel";
import { Stale } from "../../../ui/components/stale";
import { Toast } from "../../../ui/components/toast";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { permissionWords, resourceWords } from "../../../ui/strings/permissions";
import { rolesIn } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { ROLES_PAGE } from "./address";

const NAMES = Object.keys(ROLES) as RoleName[];
const ALL = Object.keys(PERMISSIONS) as Permission[];

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  isSaved: boolean;
  /** What is stored and what somebody entered, where it was changed meanwhile. */
  stale: { stored: Naming; entered: Naming } | undefined;
};
/** The part before the colon, so that a permission of a resource without a name does not compile. */
type Resource = Permission extends infer P ? (P extends `${infer R}:${string}` ? R : never) : never;

/** What each role is for and may do, from the one table of permissions. */
export function RolesPage({ view, frame, caller, isSaved, stale }: Props) {
  const words = rolesIn(view);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="roles"
      state={words.state}
      toast={isSaved && <Toast>{words.saved}</Toast>}
    >
      <Panel>
        <Facts facts={NAMES.map((name) => [words[name], words[`${name}For`]] as const)} />
      </Panel>
      <Panel title={words.table} flush>
        <Matrix view={view} />
      </Panel>
      {may(caller, "organization:write") && <NamingPanel view={view} csrf={frame.csrf} stale={stale} />}
    </SettingsPage>
  );
}

/** How the organization calls its roles. */
function NamingPanel({ view, csrf, stale }: Pick<Props, "view" | "stale"> & { csrf: string }) {
  const words = rolesIn(view);
  const names = { ordinary: words.ordinaryNames, voicesense: words.voicesenseNames };
  const stored = stale?.stored ?? view.naming ?? "ordinary";
  return (
    <Panel title={words.naming} id="naming-panel">
      <form method="post" action={`${ROLES_PAGE}/naming`} class="form">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="seen" value={stored} />
        {stale && (
          <Stale
            view={view}
            differences={[{ label: words.naming, stored: names[stale.stored], entered: names[stale.entered] }]}
          />
        )}
        <SelectField
          view={view}
          name="naming"
          label={words.naming}
          hint={words.namingHint}
          value={stale?.entered ?? stored}
          options={[
            ["ordinary", names.ordinary],
            ["voicesense", names.voicesense],
          ]}
        />
        <div class="actions">
          <Button>{words.save}</Button>
        </div>
      </form>
    </Panel>
  );
}

function Matrix({ view }: { view: View }) {
  const words = rolesIn(view);
  const resources = wordsOf(resourceWords, view.language);
  const permissions = wordsOf(permissionWords, view.language);
  const allowed = new Map(NAMES.map((name) => [name, new Set(scopesOf(name))]));
  return (
    <div class="matrix-scroll" tabindex={0} role="region" aria-label={words.table}>
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">{words.permission}</th>
            {NAMES.map((name) => (
              <th scope="col">{words[name]}</th>
            ))}
          </tr>
        </thead>
        {[...new Set(ALL.map(resourceOf))].map((resource) => (
          <tbody>
            <tr>
              <th scope="rowgroup" colspan={NAMES.length + 1}>
                {resources[resource]}
              </th>
            </tr>
            {ALL.filter((permission) => resourceOf(permission) === resource).map((permission) => (
              <tr>
                <th scope="row">{permissions[permission]}</th>
                {NAMES.map((name) => (
                  <td>
                    {allowed.get(name)?.has(permission) && <Icon name="check" />}
                    <span class="for-screen-readers">{allowed.get(name)?.has(permission) ? words.yes : words.no}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function scopesOf(name: RoleName): readonly Permission[] {
  const { scopes } = ROLES[name];
  return scopes === null ? ALL : permissionsOf(scopes);
}

function resourceOf(permission: Permission): Resource {
  return permission.slice(0, permission.indexOf(":")) as Resource;
}
