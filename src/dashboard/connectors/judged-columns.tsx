import { explainProblem, type ProblemCode } from "../../connectors";
import type { Column } from "../../ui/components/table";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { sidecarWords } from "../../ui/strings/sidecar";
import type { View } from "../../ui/view";

/** A file that the rules were tried on: by its name alone, or as it lies in a storage. */
type JudgedFile = {
  name: string;
  verdict: "take" | "skip" | "refuse";
  reason: string | null;
  code: ProblemCode | null;
  fields: Readonly<Record<string, string>>;
};

/** What becomes of each file, and why, and what is known of its call. `more`: columns between name and verdict. */
export function judgedColumns<File extends JudgedFile>(
  view: View,
  more: readonly Column<File>[],
  factsIn: (file: File) => Readonly<Record<string, string>> = ({ fields }) => fields,
): Column<File>[] {
  const words = wordsOf(connectorWords, view.language);
  return [
    {
      name: "file",
      title: words.file,
      narrow: "middle",
      cell: ({ name }) => (
        <span class="mono" dir="auto">
          {name}
        </span>
      ),
    },
    ...more,
    {
      name: "verdict",
      title: words.verdict,
      narrow: "end",
      cell: (one) => (
        <>
          {words[one.verdict]}
          {one.reason !== null && <span class="second"> ({whyIn(view, one)})</span>}
        </>
      ),
    },
    {
      name: "facts",
      title: words.facts,
      narrow: "below",
      cell: (one) => <FactsGiven facts={factsIn(one)} />,
    },
  ];
}

/** Facts of a call as files give them, in one line. */
export function FactsGiven({ facts }: { facts: Readonly<Record<string, string>> }) {
  const given = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  return (
    <span class="second" dir="auto">
      {given.join(", ") || "–"}
    </span>
  );
}

/** Why a file is skipped or refused, in the words of the page. */
function whyIn(view: View, { reason, code }: Pick<JudgedFile, "reason" | "code">): string {
  const words = wordsOf(connectorWords, view.language);
  if (code !== null) return explainProblem(code, view.language === "es" ? "es" : "en")?.cause ?? code;
  if (reason === "folder" || reason === "pattern" || reason === "empty") return words[reason];
  return reason === "sidecar" ? wordsOf(sidecarWords, view.language).sidecarSkipped : (reason ?? "");
}
