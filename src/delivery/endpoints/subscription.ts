import { matchesSubscription } from "../../events";
import type { Profile } from "../profiles";
import type { Problem } from "../templates";

type Speaker = Pick<Profile, "name" | "speaks" | "aliases">;

/** What is wrong with the events an endpoint asks for: each that names nothing its profile speaks of, with what there is. */
export function checkSubscriptions(events: readonly string[], profile: Speaker): Problem[] {
  return events.flatMap((pattern, index) => {
    if (namesOf(profile).some((name) => matchesSubscription(pattern, name))) return [];
    const valid = namesOf(profile).join(", ");
    return [
      {
        field: `events.${index}`,
        message: `"${pattern}" is no event the ${profile.name} profile speaks of; valid are *, a prefix such as ${prefixOf(profile)}, and ${valid}`,
      },
    ];
  });
}

/** The types of the catalog a subscription hears of, in the catalog's order: `*`, prefixes and aliases resolved. */
export function heardTypes(events: readonly string[], profile: Speaker): string[] {
  return profile.speaks.filter((type) => events.some((pattern) => typesOf(pattern, profile).includes(type)));
}

/** The types of the catalog that one pattern of a subscription stands for. */
export function typesOf(pattern: string, profile: Speaker): string[] {
  const byAlias = Object.entries(profile.aliases)
    .filter(([alias]) => matchesSubscription(pattern, alias))
    .flatMap(([, types]) => types);
  return profile.speaks.filter((type) => matchesSubscription(pattern, type) || byAlias.includes(type));
}

/** Every name a subscription may use: the types the profile speaks of, and its own names for them. */
function namesOf(profile: Speaker): string[] {
  return [...profile.speaks, ...Object.keys(profile.aliases)];
}

function prefixOf(profile: Speaker): string {
  return `${(profile.speaks[0] ?? "call.").split(".")[0]}.*`;
}
