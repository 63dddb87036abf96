import type { ScorecardRow } from "../../quality";
import { differing, type Difference } from "../../ui/components/stale";
import { wordsOf, type Words } from "../../ui/strings/define";
import { scorecardWords } from "../../ui/strings/scorecards";
import type { View } from "../../ui/view";
import { fieldsFrom, type CriterionFields, type ScorecardFields } from "./form";

type ScorecardWords = Words<typeof scorecardWords>;

/**
 * Where a stored scorecard and what somebody entered are not the same. Of sections and criteria those that only one of the
 * two has. `campaigns`: their names by their ids.
 */
export function differencesOf(
  view: View,
  stored: ScorecardRow,
  entered: ScorecardFields,
  campaigns: ReadonlyMap<string, string>,
): readonly Difference[] {
  const words = wordsOf(scorecardWords, view.language);
  const now = fieldsFrom(stored.name, stored.campaigns, stored.definition);
  const version = `${words.versionOf(view.formats.number(stored.version))}, ${words[stored.state]}`;
  const of = (ids: readonly string[]) =>
    ids.length === 0 ? words.ofAll : view.formats.list(ids.map((id) => campaigns.get(id) ?? id).toSorted());
  const [before, after] = [linesOf(words, now), linesOf(words, entered)];
  const only = (lines: readonly string[], others: readonly string[]) => lines.filter((line) => !others.includes(line));
  const [gone, come] = [only(before, after), only(after, before)];
  return differing([
    { label: words.name, stored: now.name, entered: entered.name },
    { label: words.passShort, stored: now.pass, entered: entered.pass },
    { label: words.campaigns, stored: of(now.campaigns), entered: of(entered.campaigns) },
    // The same criteria in another order, or of another version, are changed too.
    {
      label: words.content,
      stored: [version, ...gone].join("\n"),
      entered: come.length > 0 ? come.join("\n") : gone.length > 0 ? "" : words.changedContent,
    },
  ]);
}

/** The sections and criteria of a scorecard, one a line. */
function linesOf(words: ScorecardWords, { sections }: ScorecardFields): string[] {
  return sections.flatMap(({ title, weight, criteria }) => [
    `${title} (${weight})`,
    ...criteria.map((one) => lineOf(words, one)),
  ]);
}

function lineOf(words: ScorecardWords, one: CriterionFields): string {
  const parts = [
    one.text,
    one.kind === "text" ? words.remark : words[one.kind],
    one.weight,
    one.kind === "scale" && one.max,
    one.kind === "choice" && one.options.trim().replaceAll(/\s*\n\s*/g, ", "),
    one.naAllowed && words.naAllowed,
    one.critical && words.critical,
    one.autoFail && words.autoFail,
    one.failsBelow !== "" && `${words.failsBelow}: ${one.failsBelow}`,
  ];
  return parts.filter((part) => part !== false && part !== "").join(" · ");
}
