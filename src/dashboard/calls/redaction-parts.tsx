import type { AudioGate } from "../../recordings";
import { PII_KINDS } from "../../db/schema";
import { PLACEHOLDERS } from "../../analysis";
import { Button } from "../../ui/components/button";
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

/** A recording that nobody hears yet who may not hear the original, and why. */
export function HeldPanel({ view, gate, original }: { view: View; gate: AudioGate; original: OriginalProps | null }) {
  const words = wordsOf(redactionWords, view.language);
  if (gate.kind !== "held") return null;
  return (
    <Panel title={words.heldTitle} tone={gate.why === "being_redacted" ? "attention" : "wrong"}>
      <p>{words[gate.why]}</p>
      {original && <OriginalForm {...original} />}
    </Panel>
  );
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
