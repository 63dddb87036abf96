import { markedIn } from "../../search";
import type { View } from "../../ui/view";
import type { ListedCall } from "./read";

/** A call that was found by what was said opens there. */
export function hrefOf({ call, said }: ListedCall): string {
  const at = said?.start ?? null;
  return `/dashboard/calls/${call.id}${at === null ? "" : `?t=${Math.floor(at / 1000)}`}`;
}

/** The sentence that was found, and when it was said. */
export function SaidLine({ view, row, search }: { view: View; row: ListedCall; search: string }) {
  const { text = "", start = null } = row.said ?? {};
  return (
    <a class="said" href={hrefOf(row)}>
      {start !== null && <span class="mono second">{view.formats.length(Math.floor(start / 1000))}</span>}
      <q class="said-text" dir="auto">
        {markedIn(shortened(text, search), search).map((part, at) => (at % 2 === 0 ? part : <mark>{part}</mark>))}
      </q>
    </a>
  );
}

/** What is around the first word that was found; a piece of a platform's may be long. */
const MOST_SAID = 240;

function shortened(text: string, search: string): string {
  const [before = ""] = markedIn(text, search);
  const from = Math.max(0, before.length - MOST_SAID / 3);
  const cut = text.slice(from, from + MOST_SAID);
  return `${from > 0 ? "… " : ""}${cut}${from + MOST_SAID < text.length ? " …" : ""}`;
}
