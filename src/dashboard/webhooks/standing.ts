import type { EndpointHealth, EndpointRow, EndpointTrouble } from "../../delivery";
import type { ListedTrouble } from "../../ui/components/trouble";
import type { Tone } from "../../ui/components/status";
import { failureOfEndpoint, mannerOfPage, sentenceOf } from "../../ui/failures";
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

/** What is wrong with an endpoint, with the page that shows more. */
export function troubleOnPage(view: View, endpointId: string, trouble: EndpointTrouble): ListedTrouble {
  return {
    sentence: sentenceOf(failureOfEndpoint(trouble), mannerOfPage(view)),
    tone: trouble.isWrong ? "wrong" : "attention",
    href: `/dashboard/webhooks/${endpointId}`,
  };
}
