import { Dialog } from "../components/dialog";
import { wordsOf, type Words } from "../strings/define";
import { frame } from "../strings/frame";
import type { View } from "../view";
import type { PageName } from "./navigation";

type Key = readonly [readonly string[], string];

/** Of a scorecard that is filled in (ui/browser/review.ts). */
function ofReviews(words: Words<typeof frame>): Key[] {
  return [
    [["↑", "↓"], words.keyCriterion],
    [["0", "9"], words.keyAnswer],
    [["a"], words.keyNotApplicable],
    [["c"], words.keyRemark],
    [["e"], words.keyEvidence],
    [["Ctrl", "Enter"], words.keySubmit],
  ];
}

/** Every key, opened by `?`, with the switch that turns single letters off. */
export function KeyList({ view, pages }: { view: View; pages: readonly PageName[] }) {
  const words = wordsOf(frame, view.language);
  const keys: readonly Key[] = [
    // Whoever may not see calls has no field to search.
    ...(pages.includes("calls") ? [[["/"], words.keySearch] as const] : []),
    [["g", "h"], words.keyGoHome],
    ...(pages.includes("calls") ? [[["g", "c"], words.keyGoCalls] as const] : []),
    ...(pages.includes("webhooks") ? [[["g", "w"], words.keyGoWebhooks] as const] : []),
    ...(pages.includes("tasks") ? [[["g", "t"], words.keyGoTasks] as const] : []),
    ...(pages.includes("sources") ? [[["g", "s"], words.keyGoSources] as const] : []),
    ...(pages.includes("inbound") ? [[["g", "i"], words.keyGoInbound] as const] : []),
    [["j", "k"], words.keyMove],
    [["Enter"], words.keyOpen],
    [["x"], words.keySelect],
    [["Space"], words.keyPlay],
    [["←", "→"], words.keySeek],
    [["p", "n"], words.keyTurns],
    [["-", "+"], words.keySpeed],
    [["0", "9"], words.keyPart],
    [["m"], words.keyComment],
    [[",", "."], words.keyMarks],
    ...(pages.includes("tasks") ? ofReviews(words) : []),
    [["?"], words.keyAll],
  ];
  return (
    <Dialog view={view} id="keys" title={words.keys}>
      <table class="keys">
        <tbody>
          {keys.map(([combination, does]) => (
            <tr>
              <th scope="row">
                {combination.map((key) => (
                  <kbd>{key}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="check">
        <input type="checkbox" data-keys-switch checked />
        <span>{words.keysSwitch}</span>
      </label>
    </Dialog>
  );
}
