export type Cell = string | number;

/** `name` is its place in the performance page. The first row is the head, empty where the first column says it all. */
export type Table = { name: string; title: string; head: readonly string[]; rows: readonly (readonly Cell[])[] };

/** How many times the floor, or whatever else it is held against. */
export function ratio(value: number, floor: number): string {
  return Number.isNaN(value / floor) ? "-" : (value / floor).toFixed(2);
}

/** A share as per cent. */
export function percent(share: number): string {
  return Number.isNaN(share) ? "-" : `${(share * 100).toFixed(0)} %`;
}

/** One table for a terminal. */
export function print({ title, head, rows }: Table): void {
  const cells = [head, ...rows].map((row) => row.map(textOf)).filter((row) => row.length > 0);
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  console.log(`\n${title}\n${lines.map((line) => `  ${line.trimEnd()}`).join("\n")}`);
}

/** The same for a Markdown page. */
export function markdownOf({ head, rows }: Table): string {
  const columns = head.length > 0 ? head : (rows[0] ?? []).map(() => "");
  const line = (cells: readonly string[]) => `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
  return [line(columns), `|${columns.map(() => "---").join("|")}|`, ...rows.map((row) => line(row.map(textOf)))].join(
    "\n",
  );
}

/** A number as short as its size allows. */
function textOf(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (Number.isNaN(cell)) return "-";
  if (Number.isInteger(cell)) return String(cell);
  return Math.abs(cell) >= 100 ? cell.toFixed(0) : Math.abs(cell) >= 10 ? cell.toFixed(1) : cell.toFixed(2);
}
