import { Button, ButtonLink } from "../../ui/components/button";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { firstHourWords } from "../../ui/strings/first-hour";
import type { View } from "../../ui/view";
import { SAMPLE_CALLS } from "../../samples";
import type { FirstHour } from "./read";

/**
 * Leads an organization through its first hour. A step is done once what it is about is there, whoever did it and how.
 * It looks anew by itself until all are done.
 */
export function FirstSteps({ view, first, csrf }: { view: View; first: FirstHour; csrf: string }) {
  const words = wordsOf(firstHourWords, view.language);
  const { samples } = first;
  const done = [first.connected, first.called, first.webhook, first.delivered];
  const isOver = done.every(Boolean);
  if (isOver && samples === null) return <div id="first-steps" />;
  const { number } = view.formats;
  const steps = [
    {
      title: words.connect,
      text: words.connectText,
      action: (
        <>
          <ButtonLink small href="/dashboard/sources/new">
            {words.connectAction}
          </ButtonLink>
          {samples === null && (
            <form method="post" action="/dashboard/samples">
              <input type="hidden" name="csrf" value={csrf} />
              <Button small>{words.load(number(SAMPLE_CALLS))}</Button>
            </form>
          )}
        </>
      ),
    },
    {
      title: words.call,
      text: first.called ? words.calledText : words.waitingText,
      action: first.called ? (
        <ButtonLink small href="/dashboard/calls">
          {words.callAction}
        </ButtonLink>
      ) : (
        first.sampleSource !== null && (
          <ButtonLink small href={`/dashboard/sources/${first.sampleSource}#sample-panel`}>
            {words.sampleAction}
          </ButtonLink>
        )
      ),
    },
    {
      title: words.webhook,
      text: words.webhookText,
      action: (
        <ButtonLink small href="/dashboard/webhooks/new">
          {words.webhookAction}
        </ButtonLink>
      ),
    },
    {
      title: words.delivery,
      text: words.deliveryText,
      action: first.webhook && (
        <ButtonLink small href="/dashboard/webhooks">
          {words.deliveryAction}
        </ButtonLink>
      ),
    },
  ];
  const polls = isOver ? {} : { "hx-get": "/dashboard/first-steps", "hx-trigger": "every 3s", "hx-swap": "outerHTML" };
  return (
    <div id="first-steps" class="first-steps" {...polls}>
      {!isOver && (
        <Panel title={words.title} aside={words.of(number(done.filter(Boolean).length), number(done.length))} flush>
          <ol class="steps">
            {steps.map(({ title, text, action }, index) => (
              <li>
                <Status tone={done[index] ? "good" : "idle"}>{done[index] ? words.done : words.open}</Status>
                <div>
                  <b>{title}</b>
                  <p class="second">{text}</p>
                </div>
                {!(done[index] && index === 0 && samples !== null) && <div class="actions">{action}</div>}
              </li>
            ))}
          </ol>
        </Panel>
      )}
      {samples && (
        <Panel>
          <div class="samples">
            <p>
              {words.samples(number(samples.loaded), number(samples.analysed))}{" "}
              <span class="second">{words.samplesText}</span>
            </p>
            <div class="actions">
              {samples.loaded < SAMPLE_CALLS && (
                <form method="post" action="/dashboard/samples">
                  <input type="hidden" name="csrf" value={csrf} />
                  <Button small>{words.rest}</Button>
                </form>
              )}
              <ButtonLink small href="/dashboard/samples/remove">
                {words.remove}
              </ButtonLink>
            </div>
          </div>
        </Panel>
      )}
    </div>
  );
}
