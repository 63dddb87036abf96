import { maskHeaders, profiles, type AttemptLogEntry, type DeliveryLogEntry } from "../../delivery";
import { may } from "../../identity";
import { traceIdOf } from "../../lib/trace";
import { Button, ButtonLink } from "../../ui/components/button";
import { Code, CopyButton, Id } from "../../ui/components/code";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { Detail } from "../../ui/components/stored-reason";
import { curlOf } from "./curl";
import { DeliveryStatus } from "./delivery-status";
import { indented } from "./preview";
import type { WebhookPageProps, WebhookWords } from "./webhook-page";

type Props = WebhookPageProps & { words: WebhookWords; entry: DeliveryLogEntry | null; signed: string | null };

/** One delivery: each try with what was sent and what came back, and what can be done. */
export function DeliveryPanel(props: Props) {
  const { view, words, entry, caller, frame, signed, parts } = props;
  if (entry === null)
    return (
      <Panel id="delivery">
        <p>{words.deliveryGone}</p>
      </Panel>
    );
  const base = `/dashboard/webhooks/${parts.endpoint.id}`;
  const mayDecide = may(caller, "deliveries:write") && !entry.test;
  const last = entry.attempts.at(-1);
  const trace = traceIdOf(entry.stream);
  return (
    <Panel
      id="delivery"
      title={<code>{entry.type}</code>}
      aside={<DeliveryStatus view={view} words={words} entry={entry} />}
    >
      <div class="form">
        <Id view={view} text={entry.deliveryId} what={words.event} />
        {trace !== null && (
          <p class="second">
            {words.trace} <Id view={view} text={trace} what={words.trace} />
          </p>
        )}
        {entry.attempts.map((attempt) => (
          <Attempt {...props} attempt={attempt} isOpen={attempt === last} />
        ))}
        {mayDecide && (
          <form method="post" action={`${base}/deliveries/${entry.deliveryId}`} class="actions">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="seen" value={entry.state} />
            {entry.state === "held" ? (
              <Button kind="main" name="do" value="release">
                {words.release}
              </Button>
            ) : (
              <Button kind="main" name="do" value="retry">
                {entry.state === "pending" ? words.retryNow : words.sendAgain}
              </Button>
            )}
            {(entry.state === "held" || entry.state === "pending") && (
              <ButtonLink kind="danger" href={`${base}/deliveries/${entry.deliveryId}/skip`}>
                {words.skip}
              </ButtonLink>
            )}
          </form>
        )}
        {signed !== null && (
          <>
            <p class="hint">{words.signedNowText}</p>
            <Code view={view} text={signed} what={words.curlSignedNow} />
          </>
        )}
        {signed === null && last && may(caller, "deliveries:read") && may(caller, "endpoints:write") && (
          <form method="post" action={`${base}/deliveries/${entry.deliveryId}#delivery`}>
            <input type="hidden" name="csrf" value={frame.csrf} />
            <Button small name="do" value="sign">
              {words.curlSignedNow}
            </Button>
          </form>
        )}
      </div>
    </Panel>
  );
}

function Attempt({
  view,
  words,
  attempt,
  isOpen,
  parts,
  caller,
}: Props & { attempt: AttemptLogEntry; isOpen: boolean }) {
  const { number, span } = view.formats;
  const took = span(Math.max(0, attempt.endedAt - attempt.startedAt));
  const isGood = attempt.error === null;
  return (
    <details class="attempt" open={isOpen}>
      <summary>
        {words.tryOf(number(attempt.number))} · <Moment view={view} at={attempt.startedAt} as="exactTime" />{" "}
        <Tag tone={isGood ? "good" : "wrong"}>
          {attempt.status === null ? words.noAnswerAfter(took) : words.took(String(attempt.status), took)}
        </Tag>
      </summary>
      {attempt.detail !== null && (
        <p class="second">
          <Detail view={view} text={attempt.detail} />
        </p>
      )}
      {may(caller, "deliveries:read") ? (
        <Bodies view={view} words={words} attempt={attempt} parts={parts} isOpen={isOpen} />
      ) : (
        <p class="second">{words.bodyHidden}</p>
      )}
    </details>
  );
}

/** A page has room for this much of a body; copying the newest try gives all of it. */
const SHOWN_OF_BODY = 6_000;

function cut(text: string): string {
  return text.length > SHOWN_OF_BODY ? `${text.slice(0, SHOWN_OF_BODY)} …` : text;
}

type BodiesProps = Pick<Props, "view" | "words" | "parts"> & { attempt: AttemptLogEntry; isOpen: boolean };

function Bodies({ view, words, attempt, parts, isOpen }: BodiesProps) {
  const { request, response } = attempt;
  const shown = { ...request, headers: maskHeaders(request.headers, profiles[parts.endpoint.profile]) };
  const path = URL.parse(request.url)?.pathname ?? request.url;
  return (
    <div class="form">
      {request.body !== "" && (
        <>
          <div class="between">
            <b>{words.request}</b>
            {(isOpen || request.body.length <= SHOWN_OF_BODY) && (
              <CopyButton view={view} text={curlOf(shown)} what={words.curlAsSent} label={words.curlAsSent} />
            )}
          </div>
          <Code
            view={view}
            what={words.request}
            text={[`${request.method} ${path}`, ...linesOf(shown.headers), "", cut(indented(request.body))].join("\n")}
          />
        </>
      )}
      {response && (
        <>
          <b>{words.answer}</b>
          <Code
            view={view}
            what={words.answer}
            text={[String(attempt.status ?? ""), ...linesOf(response.headers), "", cut(response.body)].join("\n")}
          />
        </>
      )}
    </div>
  );
}

function linesOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}
