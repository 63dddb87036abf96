import type { Evidence } from "../../analysis";
import { wordsOf, type Words } from "../../ui/strings/define";
import { measureNames } from "../../ui/strings/rule-measures";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";

type RuleWords = Words<typeof ruleWords>;

/**
 * What a rule rests on, a line for each. With `callId`, what was said leads to its moment: where the call is played, it is
 * played from there, and `tab` is the tab of its page.
 */
export function EvidenceList({
  view,
  evidence,
  callId,
  tab = "risk",
}: {
  view: View;
  evidence: readonly Evidence[];
  callId?: string;
  tab?: "risk" | "measures";
}) {
  return (
    <ul>
      {evidence.map((one) => (
        <li dir="auto">
          {evidenceText(view, one)}
          {one.kind === "phrase" && one.at !== null && callId !== undefined && (
            <>
              {" "}
              <a href={`/dashboard/calls/${callId}?t=${Math.floor(one.at)}&tab=${tab}`} data-seek={one.at}>
                {wordsOf(ruleWords, view.language).at(view.formats.length(Math.floor(one.at)))}
              </a>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function evidenceText(view: View, one: Evidence): string {
  const words = wordsOf(ruleWords, view.language);
  const { number } = view.formats;
  switch (one.kind) {
    case "phrase":
      return words.heard(whoOf(words, one.speaker), one.quote || one.phrase);
    case "unsaid":
      return words.unheard(one.phrases[0] ?? "");
    case "number":
      return words.isNumber(one.party === "caller" ? words.caller : words.called, one.number);
    case "measure": {
      const names: Record<string, string> = wordsOf(measureNames, view.language);
      const who = one.speaker === null ? words.call : whoOf(words, one.speaker);
      return words.measured(names[one.name] ?? one.name, who, number(one.value));
    }
    case "repeat":
      return words.repeated(number(one.calls), number(one.within_minutes));
    case "score":
      return words.scored(one.engine, one.name, number(one.value));
  }
}

function whoOf(words: RuleWords, speaker: string | null): string {
  return speaker === "operator" || speaker === "customer" || speaker === "bot" ? words[speaker] : words.anyone;
}
