import type { SamePlace } from "../../connectors";
import { CheckField } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { wordsOf } from "../../ui/strings/define";
import { leftWords } from "../../ui/strings/left-files";
import type { View } from "../../ui/view";
import type { Fields } from "../forms";

/** Other storages that look where a form leads, and whether its person said that this is meant so. */
export type AskedPlace = { others: readonly SamePlace[]; isMeant: boolean };

/** What a form says of these storages: it is meant so of exactly those that were named in it. */
export function askedPlace(form: Fields, others: readonly SamePlace[]): AskedPlace {
  return { others, isMeant: others.length === 0 || form.text("same_place") === namesOf(others) };
}

/** Asks, in the form of a storage, whether it is to look where others do. */
export function SamePlaceAsk({ view, asked: { others, isMeant } }: { view: View; asked: AskedPlace }) {
  if (others.length === 0) return null;
  const words = wordsOf(leftWords, view.language);
  return (
    <Panel title={words.samePlaceTitle} tone="attention">
      <div role="alert" tabindex={-1} {...(!isMeant && { "data-focus": true })}>
        <p>{words.samePlace(view.formats.number(others.length))}</p>
        <ul>
          {others.map(({ id, name }) => (
            <li>
              <a href={`/dashboard/connectors/${id}`} target="_blank" rel="noopener" dir="auto">
                {name}
              </a>
            </li>
          ))}
        </ul>
        <p>{words.samePlaceText}</p>
        <CheckField name="same_place" value={namesOf(others)} label={words.samePlaceGo} checked={isMeant} />
      </div>
    </Panel>
  );
}

function namesOf(others: readonly SamePlace[]): string {
  return others
    .map(({ id }) => id)
    .toSorted()
    .join(",");
}
