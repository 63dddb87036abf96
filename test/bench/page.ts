import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runScript, Trouble } from "../../scripts/trouble.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { tablesOf, type Findings } from "./report.ts";
import { markdownOf, type Table } from "./table.ts";

export const PAGE = `${PROJECT}/docs/understand/performance.md`;
export const FIGURES = `${PROJECT}/.trunkline/bench.json`;

const PLACE = /(<!-- bench: ([a-z-]+) -->\n)[^]*?(<!-- \/bench -->)/g;

/** What `--only connectors` measures. It stands by itself: nothing on the page is compared with it. */
const OF_CONNECTORS: readonly string[] = ["connectors", "dollars-files"];

/**
 * The page with the marked places filled from the tables of one run: those of connectors from a run of these, all others
 * from a whole run. Throws where a place of it has no table: figures of two runs would compare what does not compare.
 */
export function fillPage(page: string, tables: readonly Table[]): string {
  const has = (wanted: string) => tables.some(({ name }) => name === wanted);
  const isOfConnectors = has("connectors") && !has("dollars");
  return page.replaceAll(PLACE, (whole, head: string, name: string, tail: string) => {
    if (isOfConnectors ? !OF_CONNECTORS.includes(name) : OF_CONNECTORS.includes(name) && !has(name)) return whole;
    const table = tables.find((one) => one.name === name);
    if (!table) throw new Trouble(`the run has no figures for "${name}" of the performance page`);
    return `${head}\n${markdownOf(table)}\n\n${tail}`;
  });
}

/** Writes the figures of a run into the performance page. */
export function writePage(findings: Findings): void {
  writeFileSync(PAGE, fillPage(readFileSync(PAGE, "utf8"), tablesOf(findings)));
}

// Run by itself, it takes the figures of the last run.
if (import.meta.main) {
  const { values } = parseArgs({ options: { from: { type: "string", default: FIGURES } } });
  await runScript(async () => {
    writePage(JSON.parse(readFileSync(values.from, "utf8"), (_, value: unknown) => value ?? Number.NaN) as Findings);
    console.log(`The figures of ${values.from} are in ${PAGE}`);
    return 0;
  });
}
