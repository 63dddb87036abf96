import type { Permission } from "./permissions";

const SENSITIVE: readonly string[] = [
  "secrets:reveal",
  "secrets:write",
  "keys:write",
  "tokens:write",
  "people:write",
  // Who is in a team may see the calls of its operators, where a member is limited to teams.
  "teams:write",
  "organization:write",
  // Nothing brings back what was erased, and a hold that is lifted lets it be.
  "privacy:erase",
  "privacy:write",
] satisfies Permission[];

/** Whether a person has to have proven lately who they are to use a permission: it concerns secrets or rights. */
export function needsConfirmation(permission: string): boolean {
  return SENSITIVE.includes(permission);
}
