/** A row of CSV: values by the names of their columns. */
export type CsvRow = Readonly<Record<string, string>>;

/** UTF-16 by its mark, UTF-8, or what Windows writes in the Americas. */
export function decodedText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Lines of values under a line of names, parted by `;`, `,` or tabs. A last line without an end may be half of one. */
export function rowsOfCsv(text: string, isWhole: boolean): { columns: string[]; rows: CsvRow[] } {
  const lines = linesOf(text);
  const [head, ...others] = lines.map(({ cells }) => cells);
  if (!head) return { columns: [], rows: [] };
  if (!isWhole && !(lines.at(-1)?.isEnded ?? true)) others.pop();
  const columns = head.map((name) => name.trim());
  const rows = others
    .filter((cells) => cells.some((cell) => cell !== ""))
    .map((cells) => Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ""])));
  return { columns, rows };
}

function linesOf(text: string): { cells: string[]; isEnded: boolean }[] {
  const [first = ""] = text.split(/\r?\n/, 1);
  const parted = [";", "\t", ","].find((sign) => first.includes(sign)) ?? ",";
  const lines: { cells: string[]; isEnded: boolean }[] = [];
  let [cells, cell, isQuoted]: [string[], string, boolean] = [[], "", false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === "") isQuoted = true;
    else if (sign === parted) {
      cells.push(cell);
      cell = "";
    } else if (sign === "\n") {
      lines.push({ cells: [...cells, cell.replace(/\r$/, "")], isEnded: true });
      [cells, cell] = [[], ""];
    } else cell += sign;
  }
  if (cell !== "" || cells.length > 0) lines.push({ cells: [...cells, cell], isEnded: false });
  return lines;
}
