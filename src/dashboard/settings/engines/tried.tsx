import type { TriedEngine } from "../../../analysis";
import { Status } from "../../../ui/components/status";
import { Detail } from "../../../ui/components/stored-reason";
import { wordsOf } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import type { View } from "../../../ui/view";

/** What came of asking an engine once: that it works, or why not, with what its server answered. */
export function TriedEngineText({ view, tried }: { view: View; tried: TriedEngine }) {
  const words = wordsOf(engineWords, view.language);
  if (tried.failure === null)
    return <Status tone="good">{words.works(view.formats.number(tried.milliseconds))}</Status>;
  const [kind = "", ...rest] = tried.failure.split(": ");
  const causes: Record<string, string> = {
    down: words.down,
    timeout: words.timeout,
    busy: words.busy,
    refused: words.refused,
    bad_request: words.badRequest,
    bad_answer: words.badAnswer,
    too_large: words.badAnswer,
    unknown_engine: words.unknown,
  };
  return (
    <>
      <Status tone="wrong">{causes[kind] ?? words.down}</Status> <Detail view={view} text={rest.join(": ")} />
    </>
  );
}
