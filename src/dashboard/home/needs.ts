import type { Tone } from "../../ui/components/status";
import type { Words } from "../../ui/strings/define";
import type { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import type { HomeParts } from "./read";

/** One thing that a person has to do: what it is, since when and what it likely means. */
export type Need = { tone: Tone; tag: string; title: string; text: string; href: string | null; since: number };

/** What needs a person, the oldest first. */
export function needsOf(view: View, words: Words<typeof stateWords>, parts: HomeParts): Need[] {
  const needs = [
    ...waitingNeeds(view, words, parts),
    ...endpointNeeds(view, words, parts),
    ...sourceNeeds(view, words, parts),
  ];
  return needs.toSorted((one, other) => one.since - other.since);
}

function waitingNeeds(view: View, words: Words<typeof stateWords>, { waiting, sources }: HomeParts): Need[] {
  const { number, moment } = view.formats;
  return waiting.map((group) => {
    const count = `${number(group.calls)}${group.more ? "+" : ""}`;
    const since = group.oldestAt ?? view.now;
    const source = sources?.find((one) => one.source.id === group.sourceId)?.source.name ?? group.sourceKind;
    return {
      tone: "attention",
      tag: words.unassignedTag,
      title:
        group.campaignNumber === null
          ? words.unassignedPlain(count)
          : words.unassignedNeed(count, String(group.campaignNumber)),
      text: words.unassignedSince(source, moment(since, view.now)),
      href: "/dashboard/unassigned",
      since,
    };
  });
}

function endpointNeeds(view: View, words: Words<typeof stateWords>, { endpoints }: HomeParts): Need[] {
  const { number, moment } = view.formats;
  return (endpoints ?? []).flatMap(({ endpoint, health }): Need[] => {
    const host = URL.parse(endpoint.url)?.host ?? endpoint.url;
    const need = (title: string, text: string, since: number): Need => ({
      tone: "wrong",
      tag: words.webhookTag,
      title,
      text,
      href: `/dashboard/webhooks/${endpoint.id}`,
      since,
    });
    if (endpoint.disabledReason !== null) {
      const since = endpoint.disabledAt ?? view.now;
      const why = endpoint.disabledReason === "gone" ? words.webhookOffGone : words.webhookOffFailing;
      return [need(words.webhookOff(host), why(moment(since, view.now)), since)];
    }
    if (health.failingSince === null || !endpoint.active) return [];
    const text = words.webhookSince(moment(health.failingSince, view.now), number(health.backlog));
    return [need(words.webhookNeed(host), text, health.failingSince)];
  });
}

function sourceNeeds(view: View, words: Words<typeof stateWords>, { sources }: HomeParts): Need[] {
  return (sources ?? [])
    .filter(({ health }) => health.status === "failing")
    .map(({ source, health }) => {
      const worst = health.reasons.find(({ outcome }) => outcome === "refused" || outcome === "dead");
      return {
        tone: "wrong",
        tag: words.sourceTag,
        title: words.sourceNeed(source.name),
        text: worst ? words.sourceReason(worst.reason, view.formats.number(worst.requests)) : "",
        href: `/dashboard/sources/${source.id}/health`,
        since: health.lastNoticeAt ?? view.now,
      };
    });
}
