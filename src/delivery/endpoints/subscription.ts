import { matchesSubscription } from "../../events";
import type { Profile } from "../profiles";
import type { Problem } from "../templates";

type SubscribedProfile = Pick<Profile, "name" | "eventTypes" | "aliases">;

/** The problems of a subscription: each name that the profile does not know, with the names it does know. */
export function checkSubscriptions(events: readonly string[], profile: SubscribedProfile): Problem[] {
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

/** The catalog types of a subscription, in the catalog's order, with `*`, prefixes and aliases resolved. */
export function subscribedTypes(events: readonly string[], profile: SubscribedProfile): string[] {
  return profile.eventTypes.filter((type) => events.some((pattern) => typesOf(pattern, profile).includes(type)));
}

/** The catalog types that one pattern of a subscription stands for. */
export function typesOf(pattern: string, profile: SubscribedProfile): string[] {
  const byAlias = Object.entries(profile.aliases)
    .filter(([alias]) => matchesSubscription(pattern, alias))
    .flatMap(([, types]) => types);
  return profile.eventTypes.filter((type) => matchesSubscription(pattern, type) || byAlias.includes(type));
}

/** Every name a subscription may use: the profile's event types and its own names for them. */
function namesOf(profile: SubscribedProfile): string[] {
  return [...profile.eventTypes, ...Object.keys(profile.aliases)];
}

function prefixOf(profile: SubscribedProfile): string {
  return `${(profile.eventTypes[0] ?? "call.").split(".")[0]}.*`;
}
