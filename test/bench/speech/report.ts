import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../../scripts/wrangler.ts";
import type { MusicScore } from "./music-cases.ts";
import type { ConditionScore } from "./run.ts";
import { f1, sumOf, type Frames } from "./score.ts";

export type Reports = { speech: string; people: string; turns: string; music: string };

/** Frame F1 of every detector in every condition, on the held-out dialogues; beside ours, on those tuned with. */
export function speechReport(scores: readonly ConditionScore[]): string {
  const names = [...(scores.find(({ isHeldOut }) => isHeldOut)?.speech.keys() ?? [])];
  const rows = scores
    .filter(({ isHeldOut }) => isHeldOut)
    .map((held) => {
      const tuned = scores.find(({ name, isHeldOut }) => name === held.name && !isHeldOut);
      const own = (score: ConditionScore | undefined, name: string) =>
        percent(f1(sumOf(score?.speech.get(name) ?? [])));
      return [held.name, ...names.map((name) => own(held, name)), own(tuned, names[0] ?? "")];
    });
  return tableOf(["condition", ...names, "Trunkline, tuned with"], rows);
}

/** The same of people, of whom none was trained with. */
export function peopleReport(scores: readonly ConditionScore[]): string {
  const names = [...(scores[0]?.speech.keys() ?? [])];
  const rows = scores.map(({ name, speech }) => [
    name,
    ...names.map((one) => percent(f1(sumOf(speech.get(one) ?? [])))),
  ]);
  return tableOf(["condition", ...names], rows);
}

/** Precision and recall of interruptions, likewise, and of all conditions together in which two channels are left. */
export function turnsReport(scores: readonly ConditionScore[]): string {
  const rowOf = (name: string, held: readonly ConditionScore[], tuned: readonly ConditionScore[]) => [
    name,
    ...ofMoments(sumOf(held.flatMap(({ interruptions }) => interruptions))),
    ...ofMoments(sumOf(tuned.flatMap(({ interruptions }) => interruptions))),
  ];
  const [held, tuned] = [true, false].map((of) => scores.filter(({ isHeldOut }) => isHeldOut === of)) as [
    ConditionScore[],
    ConditionScore[],
  ];
  const apart = (all: readonly ConditionScore[]) => all.filter(({ mergesChannels }) => !mergesChannels);
  return tableOf(
    ["condition", "precision", "recall", "of", "precision, tuned", "recall, tuned", "of"],
    [
      ...held.map((one) =>
        rowOf(
          one.name,
          [one],
          tuned.filter(({ name }) => name === one.name),
        ),
      ),
      rowOf("all, but where channels are one", apart(held), apart(tuned)),
    ],
  );
}

function ofMoments({ hits, falseAlarms, misses }: Frames): string[] {
  const share = (of: number) => (of === 0 ? "–" : (hits / of).toFixed(2));
  return [share(hits + falseAlarms), share(hits + misses), String(hits + misses)];
}

/** How much of music and tones is called speech. */
export function musicReport(scores: readonly MusicScore[]): string {
  const names = [...(scores[0]?.called.keys() ?? [])];
  const rows = scores.map(({ name, isHeldOut, called }) => [
    isHeldOut ? `${name} (held out)` : name,
    ...names.map((one) => percent(called.get(one) ?? 0)),
  ]);
  return tableOf(["called speech, %", ...names], rows);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const PAGE = join(PROJECT, "docs/analysis.md");

/** Puts each table after its mark. */
export function writeDocs(reports: Reports): void {
  let page = readFileSync(PAGE, "utf8");
  for (const [name, table] of Object.entries(reports)) {
    const mark = `<!-- bench: ${name} -->`;
    const at = page.indexOf(mark);
    if (at < 0) throw new Error(`docs/analysis.md has no ${mark}`);
    const end = page.indexOf("<!-- end -->", at);
    page = `${page.slice(0, at + mark.length)}\n\n${table}\n\n${page.slice(end)}`;
  }
  writeFileSync(PAGE, page);
}
