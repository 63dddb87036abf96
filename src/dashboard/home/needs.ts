import { explainProblem } from "../../connectors";
import { nameOfEndpoint, troubleOf } from "../../delivery";
import { platformTitle } from "../sources/platform-title";
import type { OverdueCount } from "../../quality";
import { sourceNeedsSomeone, standingOf } from "../../sources";
import type { Tone } from "../../ui/components/status";
import {
  failureOfEndpoint,
  failureOfSource,
  mannerOfPage,
  sentenceOf,
  sentenceOfIntegration,
  type Failure,
} from "../../ui/failures";
import type { Words } from "../../ui/strings/define";
import type { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import { tasksHref } from "../tasks/query";
import type { HomeParts } from "./read";

/** One thing that a person has to do: what it is, since when and what it likely means. */
export type Need = {
  tone: Tone;
  tag: string;
  /** The code of a failure, as the API has it. */
  code?: string;
  title: string;
  text: string;
  href: string | null;
  since: number;
};

/** What needs a person, the oldest first. */
export function needsOf(
  view: View,
  words: Words<typeof stateWords>,
  parts: HomeParts,
  overdue: OverdueCount | null,
): Need[] {
  const needs = [
    ...waitingNeeds(view, words, parts),
    ...endpointNeeds(view, words, parts),
    ...sourceNeeds(view, words, parts),
    ...storageNeeds(view, words, parts),
    ...(parts.quality ? overdueNeeds(view, words, overdue) : []),
  ];
  return needs.toSorted((one, other) => one.since - other.since);
}

function waitingNeeds(view: View, words: Words<typeof stateWords>, { waiting, sources }: HomeParts): Need[] {
  const { counted, moment } = view.formats;
  return (waiting ?? []).map((group) => {
    const count = counted(group.calls, group.more);
    const since = group.oldestAt ?? view.now;
    const source =
      sources?.find((one) => one.source.id === group.sourceId)?.source.name ??
      platformTitle(group.sourceKind, view.language);
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
  return (endpoints ?? []).flatMap(({ endpoint, health, undelivered }): Need[] => {
    const trouble = troubleOf(endpoint, health, undelivered);
    if (!trouble?.isWrong) return [];
    const failure = failureOfEndpoint(trouble);
    const need = needOf(view, failure, { tag: words.webhookTag, href: `/dashboard/webhooks/${endpoint.id}` });
    const name = nameOfEndpoint(endpoint);
    return [name === failure.who ? need : { ...need, title: `${name}: ${need.title}` }];
  });
}

function sourceNeeds(view: View, words: Words<typeof stateWords>, { sources }: HomeParts): Need[] {
  return (
    (sources ?? [])
      .filter(({ health }) => sourceNeedsSomeone(standingOf(health)))
      // Calls that wait for a campaign are named by themselves, as many as wait now.
      .filter(({ health }) => health.trouble?.event !== "quarantined")
      .flatMap(({ source, health }) => {
        const failure = failureOfSource(source.name, health);
        const place = { tag: words.sourceTag, href: `/dashboard/sources/${source.id}/health` };
        const tone = health.status === "failing" ? "wrong" : "attention";
        return failure ? [{ ...needOf(view, failure, place), tone }] : [];
      })
  );
}

function storageNeeds(view: View, words: Words<typeof stateWords>, { storages }: HomeParts): Need[] {
  return storages
    .filter(({ status }) => status === "failing")
    .flatMap((storage): Need[] => {
      const sentence = sentenceOfIntegration(storage, explainProblem, mannerOfPage(view));
      if (!sentence) return [];
      return [
        {
          tone: "wrong",
          tag: words.sourceTag,
          ...(storage.trouble?.of === "connector" ? { code: storage.trouble.code } : {}),
          title: `${storage.name}: ${sentence.what}`,
          text: sentence.next,
          href: `/dashboard/connectors/${storage.id}`,
          since: storage.lastSyncAt ?? view.now,
        },
      ];
    });
}

function overdueNeeds(view: View, words: Words<typeof stateWords>, overdue: OverdueCount | null): Need[] {
  if (!overdue || overdue.oldestDueAt === null) return [];
  const { counted, moment } = view.formats;
  return [
    {
      tone: "attention",
      tag: words.taskTag,
      title: words.overdueNeed(counted(overdue.tasks, overdue.more)),
      text: words.overdueSince(moment(overdue.oldestDueAt, view.now)),
      href: tasksHref({ mine: false, state: "late" }),
      since: overdue.oldestDueAt,
    },
  ];
}

function needOf(view: View, failure: Failure, place: Pick<Need, "tag" | "href">): Need {
  const { code, what, likely, next } = sentenceOf(failure, mannerOfPage(view));
  return { ...place, tone: "wrong", code, title: what, text: `${likely} ${next}`, since: failure.since ?? view.now };
}
