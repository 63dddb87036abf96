import { z } from "zod";
import { changeTagsOfCalls, MAX_TAGS, type TagChange, type TagDeps, type Tagged } from "../calls";
import type { DomainError } from "../errors";
import type { Act, Within } from "../identity";
import { ok, type Result } from "../lib/result";

// Tags of many calls, added or taken off, and taken back.

/**
 * Normalized where they came in. `keeps`: that it is kept of each call which of them it got or lost; of one tag it need
 * not be, and jobs of several from before it was kept have it not.
 */
export const tags = z.strictObject({
  tags: z.array(z.string()).min(1).max(MAX_TAGS),
  keeps: z.literal(true).optional(),
});
type Tags = z.infer<typeof tags>;

/** Which of the tags of a job a call got, or lost, by their places among them: what is kept of a call names no tag. */
export type TagsChanged = { tagsAt: readonly number[] };

type Page = Within & { callIds: readonly string[] };
type Item = Result<{ changed: boolean; before?: TagsChanged }, DomainError>;

/** Whether such a job can be taken back: it is known of each call what it got or lost. */
export function isTakenBack({ tags: named, keeps }: Tags): boolean {
  return keeps === true || named.length === 1;
}

/** Adds tags to calls, or takes them off; where that is kept, with which of them each call got or lost. */
export async function tagCalls(
  deps: TagDeps,
  { organizationId, reach, callIds, params: { tags: named, keeps } }: Page & { params: Tags },
  does: "add" | "remove",
  act: Act,
): Promise<Map<string, Item>> {
  const outcomes = await changeTagsOfCalls(deps, { organizationId, reach, callIds, change: { [does]: named } }, act);
  return itemsOf(outcomes, ({ added, removed }) => {
    if (!keeps) return {};
    return { before: { tagsAt: (does === "add" ? added : removed).map((tag) => named.indexOf(tag)) } };
  });
}

/** Takes a job back: each call loses the tags that it got, or gets those back that it lost, and keeps what it had. */
export async function takeTagsBack(
  deps: TagDeps,
  { before, ...page }: Page & { before: ReadonlyMap<string, TagsChanged> },
  { action, tags: named, keeps }: Tags & { action: "tag" | "untag" },
  act: Act,
): Promise<Map<string, Item>> {
  const does = action === "tag" ? "remove" : "add";
  const own = ({ tagsAt }: TagsChanged): TagChange => ({ [does]: tagsAt.flatMap((at) => named[at] ?? []) });
  const only = keeps && new Map([...before].map(([id, one]) => [id, own(one)]));
  return itemsOf(await changeTagsOfCalls(deps, { ...page, change: { [does]: named }, only }, act), () => ({}));
}

/** What is kept of each call: never its tags. */
function itemsOf(
  outcomes: ReadonlyMap<string, Result<Tagged, DomainError>>,
  keptOf: (tagged: Tagged) => { before?: TagsChanged },
): Map<string, Item> {
  return new Map(
    [...outcomes].map(([id, outcome]): [string, Item] => {
      if (!outcome.ok) return [id, outcome];
      const { changed } = outcome.value;
      return [id, ok({ changed, ...(changed && keptOf(outcome.value)) })];
    }),
  );
}
