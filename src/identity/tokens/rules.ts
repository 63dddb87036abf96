import { PERMISSIONS, permissionsOf, type Permission } from "../permissions";
import { commonReach, FULL_REACH, type Reach } from "../reach";
import { allowsWithin } from "../reach-of-permissions";

/** Rules of one issuer, and campaigns of one rule. */
export const MAX_RULES = 50;
export const MAX_RULE_CAMPAIGNS = 100;

/**
 * One line of the mapping that an organization's owner writes: a token whose claim has the value gets the scopes (null:
 * everything) for the campaigns (null: all of them). `claim` is the name of a claim, or a JSON pointer (RFC 6901) to one
 * inside others: `/realm_access/roles`. `role` only names where the scopes are from.
 */
export type TokenRule = {
  claim: string;
  value: string;
  scopes: string[] | null;
  role: string | null;
  campaigns?: string[] | null;
};

/**
 * What the rules give to these claims: the scopes of all that apply; none, where none applies. For each permission the
 * campaigns of the rules that give it count together; the token reaches those that all its permissions have in common.
 * So it can do nothing anywhere that no rule gives it there.
 */
export function rightsByRules(
  rules: readonly TokenRule[],
  claims: Readonly<Record<string, unknown>>,
): { scopes: string[] | null; reach: Reach } {
  const applying = rules.filter(({ claim, value }) => valuesOf(claims, claim).includes(value));
  const campaignsOf = new Map<Permission, readonly string[] | null>();
  for (const { scopes, campaigns = null } of applying)
    for (const permission of permissionsOf(scopes ?? Object.keys(PERMISSIONS))) {
      const known = campaignsOf.get(permission);
      const isEverywhere = known === null || campaigns === null;
      campaignsOf.set(permission, isEverywhere ? null : [...new Set([...(known ?? []), ...campaigns])]);
    }
  const reach = [...campaignsOf.values()].reduce<Reach>(
    (common, campaigns) => commonReach(common, { ...FULL_REACH, campaigns }),
    FULL_REACH,
  );
  const isAll = applying.some(({ scopes }) => scopes === null);
  return { scopes: isAll ? null : permissionsOf([...campaignsOf.keys()]), reach };
}

/**
 * The permissions that a rule names and that do nothing in the campaigns it is limited to: they concern the whole
 * organization, or one campaign alone where there are several.
 */
export function idleScopesOf({ scopes, campaigns = null }: TokenRule): Permission[] {
  const reach = { ...FULL_REACH, campaigns };
  return permissionsOf(scopes ?? Object.keys(PERMISSIONS)).filter((permission) => !allowsWithin(permission, reach));
}

/** Whether a rule gives nothing at all: each of its permissions is idle, or it names none that there is. */
export function givesNothing(rule: TokenRule): boolean {
  return idleScopesOf(rule).length === permissionsOf(rule.scopes ?? Object.keys(PERMISSIONS)).length;
}

/** The texts of a claim: itself, the members of a list, and of `scope` and `scp` also the single words. */
function valuesOf(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const found = claim.startsWith("/") ? pointed(claims, claim) : own(claims, claim);
  if (typeof found === "string") return claim === "scope" || claim === "scp" ? [found, ...found.split(" ")] : [found];
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

function pointed(claims: unknown, pointer: string): unknown {
  const names = pointer.slice(1).split("/");
  return names.reduce<unknown>((at, name) => own(at, name.replaceAll("~1", "/").replaceAll("~0", "~")), claims);
}

function own(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Record<string, unknown>)[name];
}
