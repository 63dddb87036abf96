import type { CallHead, CallPosition } from "../../calls";
import type { CampaignRow } from "../../campaigns";
import type { Within } from "../../identity";
import { findOrList, type FoundBy, type SearchDeps } from "../../search";
import type { callWords } from "../../ui/strings/calls";
import type { Words } from "../../ui/strings/define";

const PAGE = 500;
/** Rows of one file. */
export const MOST_EXPORTED = 10_000;

type CsvQuery = Within & { filter: FoundBy; campaigns: readonly CampaignRow[] };

/** The matching calls as CSV, newest first, page by page as the browser takes them. */
export function callsCsv(
  deps: SearchDeps,
  query: CsvQuery,
  words: Words<typeof callWords>,
): ReadableStream<Uint8Array> {
  const { organizationId, reach, filter, campaigns } = query;
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  const encoder = new TextEncoder();
  const head = [
    words.csvId,
    words.csvStarted,
    words.direction,
    words.csvFrom,
    words.csvTo,
    words.operator,
    words.campaign,
    words.csvSeconds,
    words.state,
    words.csvTags,
  ];
  let after: CallPosition | undefined;
  let rows = 0;
  return new ReadableStream({
    start(controller) {
      // The mark by which spreadsheets know UTF-8.
      controller.enqueue(encoder.encode(`\uFEFF${lineOf(head)}`));
    },
    async pull(controller) {
      const wanted = { filter, limit: PAGE, ...(after ? { after } : {}) };
      const page = await findOrList(deps, { organizationId, reach }, wanted);
      const last = page.rows.at(-1);
      if (page.rows.length > 0)
        controller.enqueue(encoder.encode(page.rows.map((call) => lineOf(cellsOf(call, names))).join("")));
      rows += page.rows.length;
      const next = page.rows.length === PAGE && last ? { startedAt: last.startedAt, id: last.id } : page.scannedTo;
      if (next === null || rows >= MOST_EXPORTED) controller.close();
      else {
        after = next;
        // Nothing was found on this stretch: the stream asks again only for what it was given.
        if (page.rows.length === 0) controller.enqueue(new Uint8Array());
      }
    },
  });
}

function cellsOf(call: CallHead, campaigns: ReadonlyMap<string, string>): string[] {
  return [
    call.id,
    new Date(call.startedAt).toISOString(),
    call.direction ?? "",
    call.fromE164 ?? call.fromRaw ?? "",
    call.toE164 ?? call.toRaw ?? "",
    call.operatorName ?? call.operatorReference ?? "",
    call.campaignId === null ? "" : (campaigns.get(call.campaignId) ?? ""),
    call.talkSeconds === null ? "" : String(call.talkSeconds),
    call.state,
    call.tags.join(", "),
  ];
}

/** A cell that a spreadsheet would take for a formula is given as text. A number with its country code is none. */
function lineOf(cells: readonly string[]): string {
  const safe = cells.map((cell) => {
    const text = /^[=+\-@\t\r]/.test(cell) && !/^\+\d+$/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${safe.join(",")}\r\n`;
}
