import type { AuditEntry } from "../../identity";
import { csvLine } from "../../lib/csv";
import { viewEntry } from "./shapes";

export type ExportFormat = "csv" | "ndjson";

export const MEDIA_TYPES = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson" } as const;

const COLUMNS = [
  "id",
  "at",
  "actor",
  "action",
  "resource_type",
  "resource_id",
  "before",
  "after",
  "address",
  "request_id",
] as const;

/** The export as it is read, page by page: nothing but one page is in memory. */
export function exportStream(pages: AsyncGenerator<AuditEntry[]>, format: ExportFormat): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const line = format === "csv" ? entryLine : jsonLine;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (format === "csv") controller.enqueue(encoder.encode(`${COLUMNS.join(",")}\r\n`));
    },
    async pull(controller) {
      const { done, value } = await pages.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map(line).join("")));
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
}

function jsonLine(entry: AuditEntry): string {
  return `${JSON.stringify(viewEntry(entry))}\n`;
}

function entryLine(entry: AuditEntry): string {
  const view = viewEntry(entry);
  const cells = COLUMNS.map((name) => {
    const value = view[name];
    return value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
  });
  return csvLine(cells);
}
