import { differing, type Difference } from "../../ui/components/stale";
import { wordsOf } from "../../ui/strings/define";
import { webhookWords } from "../../ui/strings/webhooks";
import type { View } from "../../ui/view";
import type { WebhookFields } from "./form";

/** The fields in which a form and what is stored differ. */
export function differencesOf(view: View, stored: WebhookFields, entered: WebhookFields): readonly Difference[] {
  const words = wordsOf(webhookWords, view.language);
  const labels: Record<keyof WebhookFields, string> = {
    url: words.address,
    description: words.description,
    method: words.method,
    events: words.events,
    headers: words.headers,
    template: words.template,
    ordering: words.ordering,
    timeout: words.timeout,
    rate: words.rate,
    exhausted: words.exhausted,
  };
  const textOf = (fields: WebhookFields, name: keyof WebhookFields) => [fields[name]].flat().join(", ");
  const names = Object.keys(labels) as (keyof WebhookFields)[];
  return differing(
    names.map((name) => ({ label: labels[name], stored: textOf(stored, name), entered: textOf(entered, name) })),
  );
}
