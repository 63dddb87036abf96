import { may, type Caller } from "../../identity";
import { Panel } from "../../ui/components/panel";
import { Player } from "../../ui/components/player";
import { Why } from "../../ui/components/stored-reason";
import { failureOfRecording } from "../../ui/failures";
import type { callPageWords } from "../../ui/strings/call";
import type { Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { lanesOf } from "./lanes";
import type { CallParts } from "./read-one";
import { HeldPanel, MutedNote, OriginalForm } from "./redaction-parts";

type CallPageWords = Words<typeof callPageWords>;

type RecordingProps = {
  view: View;
  words: CallPageWords;
  caller: Caller;
  parts: CallParts;
  startAt: number;
  csrf?: string;
};

/** The moments of which somebody said something, in their order. */
function marksOf({ comments: { rows, names } }: CallParts) {
  return rows
    .flatMap(({ id, authorId, atSeconds }) =>
      atSeconds === null ? [] : [{ seconds: atSeconds, name: names.get(authorId) ?? "–", href: `#${id}` }],
    )
    .toSorted((one, other) => one.seconds - other.seconds);
}

/** The recording of a call with its player, or why there is none to hear. */
export function RecordingPanel({ view, words, caller, parts, startAt, csrf }: RecordingProps) {
  const { recordings, links, call, findings } = parts;
  const playable = recordings.find(({ id }) => links.has(id));
  const source = playable && links.get(playable.id);
  const gate = playable && parts.gates.get(playable.id);
  // What is not redacted needs no other way to it.
  const original = csrf !== undefined && gate && may(caller, "originals:read") ? { view, callId: call.id, csrf } : null;
  const redact = csrf !== undefined && may(caller, "analyses:write") ? { view, callId: call.id, csrf } : null;
  if (gate?.kind === "held") return <HeldPanel view={view} gate={gate} original={original} redact={redact} />;
  const muted = gate?.kind === "muted" ? gate.muted : [];
  if (source !== undefined) {
    const seconds = findings?.durationSeconds ?? call.talkSeconds ?? call.durationSeconds ?? 0;
    return (
      <Panel title={words.recording}>
        <Player
          view={view}
          source={source}
          seconds={seconds}
          lanes={lanesOf(words, parts)}
          muted={muted}
          marks={marksOf(parts)}
          startAt={startAt}
        />
        {muted.length > 0 && <MutedNote view={view} muted={muted} />}
        {original && <OriginalForm {...original} />}
      </Panel>
    );
  }
  const pending = recordings.find(({ state }) => state === "pending");
  const failed = recordings.find(({ state }) => state === "failed");
  const { number, time } = view.formats;
  if (recordings.some(({ state }) => state === "completed") && !may(caller, "recordings:play"))
    return <Panel title={words.recording}>{words.mayNotListen}</Panel>;
  if (pending)
    return (
      <Panel title={words.recordingPending}>{words.recordingNext(time(pending.dueAt), number(pending.attempts))}</Panel>
    );
  if (failed)
    return (
      <Panel title={words.recordingFailed} tone="wrong">
        <p dir="auto">
          <Why view={view} failure={failureOfRecording(failed)} />
        </p>
      </Panel>
    );
  return <Panel title={words.noRecording}>{words.noRecordingWhy}</Panel>;
}
