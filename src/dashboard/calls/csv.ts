import { aboutCalls, type AboutCalls } from "../../analysis";
import type { CallLine } from "../../calls";
import type { CampaignRow } from "../../campaigns";
import { may, type Caller } from "../../identity";
import { listReviewerIds, readVerdicts, type Verdict } from "../../quality";
import { namesOfReports } from "../../reports";
import type { FoundBy, SearchDeps } from "../../search";
import type { callWords } from "../../ui/strings/calls";
import type { Words } from "../../ui/strings/define";
import { findPage, type CallListQuery } from "./read";

const PAGE = 500;
/** Rows of one file. */
export const MOST_EXPORTED = 10_000;

type CsvQuery = { filter: FoundBy; order: CallListQuery["order"]; campaigns: readonly CampaignRow[] };

/** What the columns of reviews need, for those who may read reviews. */
type Judged = { verdicts: ReadonlyMap<string, Verdict>; names: ReadonlyMap<string, string> };

/** The matching calls as CSV, in the order of the list, page by page as the browser takes them. */
export function callsCsv(
  deps: SearchDeps,
  caller: Caller,
  { filter, order, campaigns }: CsvQuery,
  words: Words<typeof callWords>,
): ReadableStream<Uint8Array> {
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  const encoder = new TextEncoder();
  const { organizationId, reach } = caller;
  const mayReadReviews = may(caller, "reviews:read");
  const mayReadAbout = may(caller, "analyses:read");
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
    ...(mayReadAbout ? [words.csvTopics, words.csvSummary] : []),
    ...(mayReadReviews ? [words.csvScore, words.csvPassed, words.reviewer, words.csvFailed] : []),
  ];
  let reviewers: Promise<ReadonlyMap<string, string>> | undefined;
  let after: CallListQuery["after"];
  let rows = 0;

  async function judgedOf(calls: readonly CallLine[]): Promise<Judged | undefined> {
    if (!mayReadReviews) return undefined;
    reviewers ??= listReviewerIds(deps.db, organizationId).then((reviewer) =>
      namesOfReports(deps.db, organizationId, { reviewer }),
    );
    const callIds = calls.map(({ id }) => id);
    const [verdicts, known] = await Promise.all([readVerdicts(deps.db, { organizationId, reach, callIds }), reviewers]);
    return { verdicts, names: known };
  }

  return new ReadableStream({
    start(controller) {
      // The mark by which spreadsheets know UTF-8.
      controller.enqueue(encoder.encode(`\uFEFF${lineOf(head)}`));
    },
    async pull(controller) {
      // The position is one of this order: it came from it.
      const { calls, next } = await findPage(deps, caller, { filter, limit: PAGE, order, after } as CallListQuery);
      const callIds = calls.map(({ id }) => id);
      const [judged, about] = await Promise.all([
        judgedOf(calls),
        mayReadAbout ? aboutCalls(deps.db, organizationId, callIds) : undefined,
      ]);
      const lines = calls.map((call) =>
        lineOf([
          ...cellsOf(call, names),
          ...(about ? ofAbout(call, about) : []),
          ...(judged ? ofReviews(call, judged, words) : []),
        ]),
      );
      if (calls.length > 0) controller.enqueue(encoder.encode(lines.join("")));
      rows += calls.length;
      if (next === null || rows >= MOST_EXPORTED) controller.close();
      else {
        after = next;
        // Nothing was found on this stretch: the stream asks again only for what it was given.
        if (calls.length === 0) controller.enqueue(new Uint8Array());
      }
    },
  });
}

/** What engines say that it was about. */
function ofAbout({ id }: CallLine, about: AboutCalls): string[] {
  const known = about.get(id);
  return [known?.topics.join(", ") ?? "", known?.summary ?? ""];
}

/** The score, whether it passed, by whom it was reviewed, and what failed it. */
function ofReviews({ id }: CallLine, { verdicts, names }: Judged, words: Words<typeof callWords>): string[] {
  const verdict = verdicts.get(id);
  if (!verdict) return ["", "", "", ""];
  const { score, passed, reviewerIds, failed } = verdict;
  return [
    score === null ? "" : String(score),
    passed === null ? "" : passed ? words.passed : words.not_passed,
    reviewerIds.map((one) => names.get(one) ?? words.reviewerGone).join(", "),
    failed.join(", "),
  ];
}

function cellsOf(call: CallLine, campaigns: ReadonlyMap<string, string>): string[] {
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
