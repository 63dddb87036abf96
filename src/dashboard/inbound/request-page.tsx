import { may, type Caller } from "../../identity";
import { toBase64 } from "../../lib/hmac";
import type { InboundDetail, ShownInbound } from "../../sources";
import { traceIdOf } from "../../lib/trace";
import { Button, ButtonLink } from "../../ui/components/button";
import { Code, Id } from "../../ui/components/code";
import { Moment } from "../../ui/components/moment";
import { Facts, Panel } from "../../ui/components/panel";
import { Toast } from "../../ui/components/toast";
import { Trouble } from "../../ui/components/trouble";
import { failureOfRequest, mannerOfPage, sentenceOf } from "../../ui/failures";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { inboundWords } from "../../ui/strings/inbound";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";
import { OutcomeTag, SampleMark } from "../sources/arrivals";

type InboundWords = Words<typeof inboundWords>;

type OneProps = {
  view: View;
  frame: Frame;
  caller: Caller;
  request: ShownInbound;
  /** Of its source, or of its platform where there is none. */
  sourceName: string;
  replayed: number | null;
};

/** A page has room for this much of a body. */
const SHOWN_OF_BODY = 100_000;

/** One request, as it came. */
export function InboundRequestPage({ view, frame, caller, request, sourceName, replayed }: OneProps) {
  const words = wordsOf(inboundWords, view.language);
  const ofSources = wordsOf(sourceWords, view.language);
  const { id, receivedAt, outcome, reason, status, callId, sourceId, path, headers, replays, form } = request;
  const failure = failureOfRequest(sourceName, request);
  const trace = callId === null ? null : traceIdOf(callId);
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={words.one}
      current="inbound"
      toast={replayed !== null && <Toast>{words.replayed(view.formats.number(replayed))}</Toast>}
    >
      <PageHead
        title={words.one}
        state={
          <>
            <Moment view={view} at={receivedAt} focusable /> · <OutcomeTag words={ofSources} outcome={outcome} />{" "}
            {form === "sample" && <SampleMark words={ofSources} />} {reason !== null && <code>{reason}</code>}
          </>
        }
        actions={
          <>
            {callId !== null && may(caller, "calls:read") && (
              <ButtonLink href={`/dashboard/calls/${callId}`}>{words.openCall}</ButtonLink>
            )}
            {sourceId !== null && may(caller, "sources:read") && (
              <ButtonLink href={`/dashboard/sources/${sourceId}`}>{words.openSource}</ButtonLink>
            )}
            {may(caller, "inbound:replay") && (
              <form method="post" action={`/dashboard/inbound/${id}/replay`}>
                <input type="hidden" name="csrf" value={frame.csrf} />
                <Button kind="main">{words.replayOne}</Button>
              </form>
            )}
          </>
        }
      />
      {failure && <Trouble sentence={sentenceOf(failure, mannerOfPage(view))} tone="attention" />}
      <div class="columns">
        <Panel title={words.body}>
          <Body view={view} words={words} caller={caller} request={request} />
        </Panel>
        <Panel title={words.one}>
          <Facts
            facts={[
              [words.received, <Moment view={view} at={receivedAt} as="exactTime" focusable />],
              [words.answer, String(status)],
              [words.path, <code>{path}</code>],
              [words.size, `${view.formats.number(request.bodySize)} B`],
              [words.replays, view.formats.number(replays)],
              [words.id, <Id view={view} text={id} what={words.id} />],
              [words.trace, trace === null ? "–" : <Id view={view} text={trace} what={words.trace} />],
            ]}
          />
          <h3>{words.headers}</h3>
          <Code view={view} what={words.headers} text={headersText(headers)} />
        </Panel>
      </div>
    </FramedPage>
  );
}

function headersText(headers: InboundDetail["headers"]): string {
  const pairs: [string, unknown][] = Array.isArray(headers)
    ? (headers as [string, unknown][])
    : Object.entries(headers);
  return pairs.map(([name, value]) => `${name}: ${String(value)}`).join("\n");
}

function Body({
  view,
  words,
  caller,
  request,
}: Pick<OneProps, "view" | "caller" | "request"> & { words: InboundWords }) {
  if (!may(caller, "inbound:read")) return <p>{words.bodyHidden}</p>;
  if (request.isWithheld) return <p>{words.bodyWithheld}</p>;
  if (request.body === undefined) return <p>{words.noBody}</p>;
  const text = textOf(request.body.slice(0, SHOWN_OF_BODY));
  return (
    <>
      {text === null && <p class="hint">{words.binary}</p>}
      <Code view={view} text={text ?? toBase64(request.body.slice(0, SHOWN_OF_BODY))} what={words.body} />
    </>
  );
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
