import {
  likelyCauseOf,
  type AttemptLogEntry,
  type EndpointHealth,
  type EndpointRow,
  type LikelyCause,
} from "../../delivery";
import type { Tone } from "../../ui/components/status";
import { causeWords } from "../../ui/strings/causes";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import type { View } from "../../ui/view";

/** How an endpoint stands, as a dot and a word. */
export function standingOf(
  view: View,
  endpoint: EndpointRow,
  health: EndpointHealth | undefined,
): { tone: Tone; word: string } {
  const words = wordsOf(webhookPageWords, view.language);
  if (!endpoint.active) return { tone: endpoint.disabledReason === null ? "idle" : "wrong", word: words.off };
  if (endpoint.paused) return { tone: "idle", word: words.paused };
  if (typeof health?.failingSince === "number") return { tone: "wrong", word: words.failing };
  if (typeof health?.lastSuccessAt !== "number") return { tone: "idle", word: words.idle };
  return { tone: "good", word: words.active };
}

export function isWrong(endpoint: EndpointRow, health: EndpointHealth | undefined): boolean {
  return endpoint.disabledReason !== null || (endpoint.active && typeof health?.failingSince === "number");
}

/** What is wrong with an endpoint, and what it likely means; null when nothing is. */
export type Sentence = { what: string; rest: string; cause: LikelyCause | null };

export function sentenceOf(
  view: View,
  endpoint: EndpointRow,
  health: EndpointHealth | undefined,
  lastFailure: AttemptLogEntry | undefined,
  secretSince: number | undefined,
): Sentence | null {
  const words = wordsOf(causeWords, view.language);
  const { moment, number } = view.formats;
  if (!endpoint.active) {
    if (endpoint.disabledReason === null) return { what: words.offByPerson, rest: "", cause: null };
    const since = moment(endpoint.disabledAt ?? endpoint.updatedAt, view.now);
    const what = endpoint.disabledReason === "gone" ? words.offGone(since) : words.offFailing(since);
    return { what, rest: "", cause: null };
  }
  if (typeof health?.failingSince !== "number") return null;
  const cause = lastFailure ? likelyCauseOf(lastFailure, secretSince) : null;
  const what =
    lastFailure === undefined
      ? words.fails
      : lastFailure.status === null
        ? words.noAnswer
        : words.answers(String(lastFailure.status));
  const rest = [
    words.since(moment(health.failingSince, view.now)),
    cause === null ? "" : words[cause],
    health.backlog > 0 ? words.waits(number(health.backlog)) : "",
  ];
  return { what, rest: rest.filter(Boolean).join(" "), cause };
}
