import type { AudioGate } from "../../recordings";
import { PII_KINDS } from "../../db/schema";
import { PLACEHOLDERS } from "../../analysis";
import { Button, ButtonLink } from "../../ui/components/button";
import { Panel } from "../../ui/components/panel";
import { wordsOf } from "../../ui/strings/define";
import { redactionWords } from "../../ui/strings/redaction";
import type { View } from "../../ui/view";

/** More stretches are not listed. */
const MOST_LISTED = 20;

type OriginalProps = { view: View; callId: string; csrf: string };

/** The way to the original of a call, for who may hear it. */
export function OriginalForm({ view, callId, csrf }: OriginalProps) {
  const words = wordsOf(redactionWords, view.language);
  return (
    <form method="post" action={`/dashboard/calls/${callId}/original`} class="actions">
      <input type="hidden" name="csrf" value={csrf} />
      <Button small>{words.original}</Button>
      <span class="second">{words.originalWhy}</span>
    </form>
  );
}

type HeldProps = {
  view: View;
  gate: AudioGate;
  /** Null: the visitor may not hear it. */
  original: OriginalProps | null;
  /** Null: the visitor may have nothing analysed. */
  redact: OriginalProps | null;
};

/** A recording that nobody hears yet who may not hear the original, why, and what is to be done about it. */
export function HeldPanel({ view, gate, original, redact }: HeldProps) {
  const words = wordsOf(redactionWords, view.language);
  if (gate.kind !== "held") return null;
  const { why } = gate;
  const mayBegin = redact !== null && (why === "not_redacted" || why === "redaction_failed");
  return (
    <Panel title={words.heldTitle} tone={why === "being_redacted" ? "attention" : "wrong"}>
      <p>{words[why]}</p>
      {redact === null && why !== "being_redacted" && <p class="second">{words.whoRedacts}</p>}
      {mayBegin && (
        <form method="post" action={`/dashboard/calls/${redact.callId}/redact`} class="actions">
          <input type="hidden" name="csrf" value={redact.csrf} />
          <Button kind="main">{words.redactNow}</Button>
        </form>
      )}
      {redact !== null && why === "not_transcribed" && (
        <p class="actions">
          <ButtonLink href={bulkOf(redact.callId)}>{words.transcribeGo}</ButtonLink>
        </p>
      )}
      {original && <OriginalForm {...original} />}
    </Panel>
  );
}

/** The page on which an engine is chosen for one call. */
function bulkOf(callId: string): string {
  return `/dashboard/calls/bulk?call=${callId}&back=${encodeURIComponent(`/dashboard/calls/${callId}`)}`;
}

/** Where a recording is muted; a click plays from there. */
export function MutedNote({ view, muted }: { view: View; muted: readonly (readonly [number, number])[] }) {
  const words = wordsOf(redactionWords, view.language);
  const time = (at: number) => view.formats.length(Math.floor(at / 1000));
  return (
    <p class="second">
      {words.mutedAt}{" "}
      {muted.slice(0, MOST_LISTED).map(([start, end], index) => (
        <>
          {index > 0 && ", "}
          <a class="mono" href={`?t=${Math.floor(start / 1000)}`} data-seek={start / 1000}>
            {time(start)}–{time(end)}
          </a>
        </>
      ))}
      {muted.length > MOST_LISTED && " …"}
    </p>
  );
}

const NAMES = new Map(PII_KINDS.map((kind) => [PLACEHOLDERS[kind], kind]));
const PLACES = new RegExp(`(${[...NAMES.keys()].map((name) => name.replace(/[[\]-]/g, String.raw`\$&`)).join("|")})`);

/** Text with what was taken out of it named in the language of the page. */
export function MaskedText({ view, text }: { view: View; text: string }) {
  const parts = text.split(PLACES);
  if (parts.length === 1) return <>{text}</>;
  const words = wordsOf(redactionWords, view.language);
  return (
    <>
      {parts.map((part) => {
        const kind = NAMES.get(part);
        return kind === undefined ? part : <mark class="masked">{words[`masked_${kind}`]}</mark>;
      })}
    </>
  );
}
