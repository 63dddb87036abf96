import { keptRiskOf, type AnalysisRow, type Judged } from "../../analysis";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { EvidenceList } from "../alerts/evidence";

type Props = { view: View; callId: string; analyses: readonly AnalysisRow[] };

/** How far each script was kept to, step by step, and what was found without points. */
export function ScriptsPanels({ view, callId, analyses }: Props) {
  const words = wordsOf(ruleWords, view.language);
  const judged = analyses.flatMap((row) => keptRiskOf(row).judged);
  const scripts = Map.groupBy(
    judged.filter(({ script }) => script !== null),
    ({ script }) => script ?? "",
  );
  const noted = judged.filter(({ script, weight, holds }) => script === null && weight === 0 && holds === true);
  return (
    <>
      {[...scripts].map(([script, steps]) => (
        <Panel title={<span dir="auto">{script}</span>} aside={keptText(view, steps)}>
          <ul>
            {steps.map((step) => (
              <li>
                <Status tone={step.holds === null ? "idle" : step.holds ? "good" : "attention"}>
                  {step.holds === null ? words.unknown : step.holds ? words.kept : words.notKept}
                </Status>{" "}
                <span dir="auto">{step.name}</span>
                <EvidenceList view={view} evidence={step.evidence} callId={callId} />
              </li>
            ))}
          </ul>
        </Panel>
      ))}
      {noted.length > 0 && (
        <Panel title={words.noted}>
          {noted.map((rule) => (
            <>
              <h3 dir="auto">{rule.name}</h3>
              <EvidenceList view={view} evidence={rule.evidence} callId={callId} />
            </>
          ))}
        </Panel>
      )}
    </>
  );
}

/** The steps that were kept to among those that are known. */
function keptText(view: View, steps: readonly Judged[]): string {
  const known = steps.filter(({ holds }) => holds !== null);
  const kept = known.filter(({ holds }) => holds === true);
  const { number } = view.formats;
  return wordsOf(ruleWords, view.language).precisionOf(number(kept.length), number(known.length));
}
