/** One line of CSV (RFC 4180). */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** Lines taken together into one piece of a stream. */
const AT_ONCE = 200;

/** A table as CSV, line by line as its reader takes them. `bom`: with the mark by which spreadsheets know UTF-8. */
export function csvStream(
  head: readonly string[],
  lines: Iterable<readonly string[]>,
  { bom }: { bom: boolean },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const rows = lines[Symbol.iterator]();
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(`${bom ? "\uFEFF" : ""}${csvLine(head)}`));
    },
    pull(controller) {
      let text = "";
      for (let at = 0; at < AT_ONCE; at += 1) {
        const { done, value } = rows.next();
        if (done) {
          if (text !== "") controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += csvLine(value);
      }
      controller.enqueue(encoder.encode(text));
    },
  });
}

/** The same of rows that come in pages, each asked for when its reader takes it. */
export function csvOfPages(
  head: readonly string[],
  pages: AsyncIterator<readonly (readonly string[])[]>,
  { bom }: { bom: boolean },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(`${bom ? "\uFEFF" : ""}${csvLine(head)}`));
    },
    async pull(controller) {
      const { done, value } = await pages.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map(csvLine).join("")));
    },
    async cancel() {
      await pages.return?.();
    },
  });
}

// Spreadsheets run a cell that begins like a formula, and make a number of `+54…`. An apostrophe in front makes it text.
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
