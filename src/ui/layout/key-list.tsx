import { Dialog } from "../components/dialog";
import { wordsOf } from "../strings/define";
import { frame } from "../strings/frame";
import type { View } from "../view";

/** Every key, opened by `?`, with the switch that turns single letters off. */
export function KeyList({ view }: { view: View }) {
  const words = wordsOf(frame, view.language);
  const keys: readonly (readonly [readonly string[], string])[] = [
    [["/"], words.keySearch],
    [["g", "h"], words.keyGoHome],
    [["g", "c"], words.keyGoCalls],
    [["g", "w"], words.keyGoWebhooks],
    [["j", "k"], words.keyMove],
    [["Enter"], words.keyOpen],
    [["x"], words.keySelect],
    [["Space"], words.keyPlay],
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
