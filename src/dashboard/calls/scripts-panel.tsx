import { keptRiskOf, type AnalysisRow, type Judged } from "../../analysis";
import { Part } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { EvidenceList } from "../alerts/evidence";

type Props = { view: View; callId: string; scripts: Scripts };
/** The steps of each script of a call, by its name. */
export type Scripts = ReadonlyMap<string, readonly Judged[]>;

/** What a call's analyses found of scripts. */
export function scriptsOf(analyses: readonly AnalysisRow[]): Scripts {
  const judged = analyses.flatMap((row) => keptRiskOf(row).judged);
  return Map.groupBy(
    judged.filter(({ script }) => script !== null),
    ({ script }) => script ?? "",
  );
}

/** How far each script was kept to, step by step. */
export function ScriptParts({ view, callId, scripts }: Props) {
  const words = wordsOf(ruleWords, view.language);
  return (
    <>
      {[...scripts].map(([script, steps]) => (
        <Part title={<span dir="auto">{script}</span>} aside={keptText(view, steps)}>
          <ul>
            {steps.map((step) => (
              <li>
                <Status tone={step.holds === null ? "idle" : step.holds ? "good" : "attention"}>
                  {step.holds === null ? words.unknown : step.holds ? words.kept : words.notKept}
                </Status>{" "}
                <span dir="auto">{step.name}</span>
                <EvidenceList view={view} evidence={step.evidence} callId={callId} tab="measures" />
              </li>
            ))}
          </ul>
        </Part>
      ))}
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
