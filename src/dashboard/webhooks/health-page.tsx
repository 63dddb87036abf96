import { warningsFor } from "../../delivery";
import { Moment } from "../../ui/components/moment";
import { Figure, Figures, Panel } from "../../ui/components/panel";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import { webhookWords } from "../../ui/strings/webhooks";
import { WebhookPage, type WebhookPageProps } from "./webhook-page";

/** The figures of the last day. */
export function WebhookHealthPage(props: WebhookPageProps) {
  const { view, parts } = props;
  const { health, endpoint } = parts;
  const words = wordsOf(webhookPageWords, view.language);
  const { lastDay } = wordsOf(webhookWords, view.language);
  const { number, percent, span } = view.formats;
  const time = (at: number | null | undefined) =>
    typeof at !== "number" ? "–" : <Moment view={view} at={at} as="relative" />;
  const isSlow = warningsFor(endpoint, { p95: health?.p95 ?? null }).includes("slow_answers");
  return (
    <WebhookPage {...props} tab="health">
      {isSlow && <Panel tone="attention">{words.slow}</Panel>}
      <Figures>
        <Figure name={words.attempts} value={number(health?.attempts ?? 0)} note={lastDay} />
        <Figure
          name={words.successRate}
          value={typeof health?.successRate === "number" ? percent(health.successRate) : "–"}
          note={lastDay}
        />
        <Figure name={words.half} value={typeof health?.p50 === "number" ? span(health.p50) : "–"} note={lastDay} />
        <Figure name={words.most} value={typeof health?.p95 === "number" ? span(health.p95) : "–"} note={lastDay} />
        <Figure name={words.backlog} value={number(health?.backlog ?? 0)} />
        <Figure name={words.oldest} value={time(health?.oldestDueAt)} />
        <Figure name={words.lastSuccess} value={time(health?.lastSuccessAt)} />
        <Figure name={words.lastFailure} value={time(health?.lastFailureAt)} />
      </Figures>
    </WebhookPage>
  );
}
