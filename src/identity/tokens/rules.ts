import { permissionsOf } from "../permissions";

/**
 * One line of the mapping that an organization's owner writes: a token whose claim has the value gets the scopes (null:
 * everything). `claim` is the name of a claim, or a JSON pointer (RFC 6901) to one inside others: `/realm_access/roles`.
 * `role` only names where the scopes are from.
 */
export type TokenRule = { claim: string; value: string; scopes: string[] | null; role: string | null };

/** What the rules give to these claims: the scopes of all that apply. None, where none applies. */
export function scopesOf(rules: readonly TokenRule[], claims: Readonly<Record<string, unknown>>): string[] | null {
  const applying = rules.filter(({ claim, value }) => valuesOf(claims, claim).includes(value));
  if (applying.some(({ scopes }) => scopes === null)) return null;
  return permissionsOf(applying.flatMap(({ scopes }) => scopes ?? []));
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
