import { CONNECTOR_KINDS, isAnyLeft, type ConnectorKindName, type ConnectorView } from "../../connectors";
import { Panel } from "../../ui/components/panel";
import { wordsOf } from "../../ui/strings/define";
import { leftWords } from "../../ui/strings/left-files";
import type { View } from "../../ui/view";

/** The files that looks leave without a reason of their own: how many, what to do, and the names of some. */
export function LeftFilesPanel({ view, connector }: { view: View; connector: ConnectorView }) {
  const { leftFiles, kind } = connector;
  if (!isAnyLeft(leftFiles)) return null;
  const words = wordsOf(leftWords, view.language);
  const { number } = view.formats;
  return (
    <Panel title={words.title} aside={tellsChanges(kind) ? words.allLooks : words.lastLook}>
      {(["empty", "taken"] as const).map((why) => {
        const { count, names } = leftFiles[why];
        if (count === 0) return null;
        return (
          <>
            <p>{words[why](number(count))}</p>
            {names.length > 0 && (
              <details class="more">
                <summary>{names.length === count ? words.names : words.someNames(number(names.length))}</summary>
                <ul>
                  {names.map((name) => (
                    <li class="mono" dir="auto">
                      {name}
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </>
        );
      })}
    </Panel>
  );
}

function tellsChanges(kind: ConnectorKindName): boolean {
  return CONNECTOR_KINDS[kind].tellsChanges;
}
