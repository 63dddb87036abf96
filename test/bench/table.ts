export type Cell = string | number;

/** How many times the floor, or whatever else it is held against. */
export function ratio(value: number, floor: number): string {
  return (value / floor).toFixed(2);
}

/** One table, its numbers as short as their size allows. */
export function print(title: string, rows: readonly Cell[][]): void {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "number" ? brief(cell) : cell)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  console.log(`\n${title}\n${lines.map((line) => `  ${line.trimEnd()}`).join("\n")}`);
}

function brief(value: number): string {
  if (Number.isNaN(value)) return "-";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
