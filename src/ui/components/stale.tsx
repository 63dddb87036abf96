import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";

/** One field of a form that someone else changed meanwhile: what is stored now, and what this person entered. */
export type Difference = { label: string; stored: string; entered: string };

/**
 * The fields that differ. Where none does, because both entered the same or it was changed and changed back, there is
 * nothing to lose, but that is said too, of the first: a page that only did not save would leave them guessing.
 */
export function differing(fields: readonly Difference[]): readonly Difference[] {
  const found = fields.filter(({ stored, entered }) => stored !== entered);
  return found.length > 0 ? found : fields.slice(0, 1);
}

type Props = {
  view: View;
  differences: readonly Difference[];
  /** The form adds to what is stored, and replaces none of it. */
  adds?: boolean;
};

/** Says that a form is out of date and shows both sides. What was entered is still in the form below. */
export function Stale({ view, differences, adds = false }: Props) {
  const words = wordsOf(frame, view.language);
  return (
    <div class="form-errors" role="alert" tabindex={-1} data-focus>
      <p>{words.changedMeanwhile}</p>
      <div class="table-scroll" tabindex={0} role="region" aria-label={words.changedMeanwhile}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{words.field}</th>
              <th scope="col">{words.storedNow}</th>
              <th scope="col">{words.entered}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ label, stored, entered }) => (
              <tr>
                <th scope="row">{label}</th>
                <td dir="auto" class="plain-text">
                  {stored === "" ? "–" : stored}
                </td>
                <td dir="auto" class="plain-text">
                  {entered === "" ? "–" : entered}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>{adds ? words.saveAdds : words.saveReplaces}</p>
    </div>
  );
}
