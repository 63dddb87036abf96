import { sql, type SQL } from "drizzle-orm";
import type { CallRow } from "../../calls";
import type { Database } from "../../db/client";
import { calls } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { MINUTE } from "../../lib/time";
import type { AnalysisRow } from "../analyses";
import { measuresOf } from "../measures-of";
import { scoreSetsOf } from "../scores/score-set";
import { readCallTranscript } from "../transcription/of-call";
import { MOST_LOOKED_AT, MOST_REPEATS, type Condition } from "./condition";
import type { KnownOfCall, RuleToJudge } from "./judge";

type Deps = { db: Database; bucket: R2Bucket };
type Heard = { call: CallRow; analysis: AnalysisRow; operatorChannel: number | null };

/** What these rules need to know of a call. Only what one of them asks for is read. Throws where the storage fails. */
export function knownOfCall(
  deps: Deps,
  { analysis, ...heard }: Heard,
  rules: readonly Pick<RuleToJudge, "conditions">[],
): Promise<KnownOfCall> {
  return knownOfWholeCall(deps, { ...heard, analyses: [analysis] }, rules);
}

type WholeCall = Omit<Heard, "analysis"> & { analyses: readonly AnalysisRow[] };

/**
 * The same of a call with all its analyses, of which it may have none: words are those of the newest transcript, or the
 * platform's; measures are those of the first recording that was heard.
 */
export async function knownOfWholeCall(
  deps: Deps,
  { call, analyses, operatorChannel }: WholeCall,
  rules: readonly Pick<RuleToJudge, "conditions">[],
): Promise<KnownOfCall> {
  const asked = rules.flatMap(({ conditions }) => conditions);
  const isAboutWords = asked.some(({ kind }) => kind === "phrase");
  const transcript = isAboutWords ? await readCallTranscript(deps.bucket, call, analyses, {}) : null;
  const numbers = { caller: numbersOf(call.fromRaw, call.fromE164), called: numbersOf(call.toRaw, call.toE164) };
  const repeats = await countRepeats(deps.db, call, numbers, asked);
  const measured = analyses.find(({ findings }) => findings !== null);
  return {
    ...numbers,
    said: transcript?.spoken ?? null,
    gaps: transcript?.gaps ?? [],
    measures: measured ? measuresOf(measured.findings) : null,
    operatorChannel,
    scoreSets: analyses.flatMap(scoreSetsOf),
    repeats: (party, minutes) => repeats.get(`${party} ${minutes}`) ?? null,
  };
}

function numbersOf(...written: (string | null)[]): string[] {
  return [...new Set(written.filter((one) => one !== null && /\d/.test(one)))] as string[];
}

type Span = { party: "caller" | "called"; minutes: number };

/** How often each number called, or was called, in each span that is asked about, by party and span. */
async function countRepeats(
  db: Database,
  call: CallRow,
  numbers: Pick<KnownOfCall, "caller" | "called">,
  asked: readonly Condition[],
): Promise<ReadonlyMap<string, number>> {
  const spans: Span[] = asked.flatMap((one) =>
    one.kind === "repeat" && numbers[one.party].length > 0 ? [{ party: one.party, minutes: one.within_minutes }] : [],
  );
  if (spans.length === 0) return new Map();
  const earlier = await earlierCalls(db, call, numbers, [...new Set(spans.map(({ minutes }) => minutes))]);
  return new Map(
    spans.map(({ party, minutes }) => {
      const within = earlier.filter((one) => one[party] === 1 && one.minutes <= minutes);
      const count = within.reduce((sum, { count: own }) => sum + own, 0);
      return [`${party} ${minutes}`, 1 + Math.min(MOST_REPEATS, count)];
    }),
  );
}

/**
 * The calls of these numbers before a call, counted by the shortest of the spans that each is within. The calls of the
 * longest are read once for all of them, the newest `MOST_LOOKED_AT` of them.
 */
async function earlierCalls(
  db: Database,
  call: CallRow,
  numbers: Pick<KnownOfCall, "caller" | "called">,
  minutes: readonly number[],
): Promise<{ minutes: number; caller: 0 | 1; called: 0 | 1; count: number }[]> {
  const spans = minutes.toSorted((one, other) => one - other);
  const since = (span: number) => sql.raw(String(Math.round(call.startedAt - span * MINUTE)));
  // Numbers of our own and no parameters, of which D1 takes a hundred.
  const shortest = spans.map((span) => sql`WHEN started_at > ${since(span)} THEN ${sql.raw(String(span))}`);
  const isOf = (known: readonly string[], raw: SQL, e164: SQL) =>
    sql`coalesce(${raw} IN ${valueList(known)}, 0) OR coalesce(${e164} IN ${valueList(known)}, 0)`;
  return db.all(sql`
    SELECT CASE ${sql.join(shortest, sql` `)} END AS minutes,
      ${isOf(numbers.caller, sql`from_raw`, sql`from_e164`)} AS caller,
      ${isOf(numbers.called, sql`to_raw`, sql`to_e164`)} AS called, count(*) AS count
    FROM (SELECT id, started_at, from_raw, from_e164, to_raw, to_e164 FROM ${calls}
      WHERE organization_id = ${call.organizationId} AND started_at <= ${call.startedAt}
        AND started_at > ${since(spans.at(-1)!)}
      ORDER BY started_at DESC, id DESC LIMIT ${MOST_LOOKED_AT})
    WHERE id <> ${call.id}
    GROUP BY 1, 2, 3 HAVING caller OR called`);
}
