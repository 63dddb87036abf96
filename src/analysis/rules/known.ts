import { sql } from "drizzle-orm";
import type { CallRow } from "../../calls";
import type { Database } from "../../db/client";
import { calls } from "../../db/schema";
import { MINUTE } from "../../lib/time";
import type { AnalysisRow } from "../analyses";
import { measuresOf } from "../measures-of";
import { scoreSetsOf } from "../scores/score-set";
import { readCallTranscript } from "../transcription/of-call";
import { MOST_LOOKED_AT, MOST_REPEATS, type Condition } from "./condition";
import type { KnownOfCall, RuleToJudge } from "./judge";

/** `repeats`: those of the call, where they were read with those of others. */
export type KnownDeps = { db: Database; bucket: R2Bucket; repeats?: Repeats };
type Heard = { call: CallRow; analysis: AnalysisRow; operatorChannel: number | null };

/** What these rules need to know of a call. Only what one of them asks for is read. Throws where the storage fails. */
export function knownOfCall(
  deps: KnownDeps,
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
  deps: KnownDeps,
  { call, analyses, operatorChannel }: WholeCall,
  rules: readonly Pick<RuleToJudge, "conditions">[],
): Promise<KnownOfCall> {
  const asked = rules.flatMap(({ conditions }) => conditions);
  const isAboutWords = asked.some(({ kind }) => kind === "phrase");
  const transcript = isAboutWords ? await readCallTranscript(deps.bucket, call, analyses, {}) : null;
  const known = deps.repeats ?? (await countRepeats(deps.db, [{ call, conditions: asked }]));
  const repeats = known.get(call.id);
  const measured = analyses.find(({ findings }) => findings !== null);
  return {
    ...partiesOf(call),
    said: transcript?.spoken ?? null,
    gaps: transcript?.gaps ?? [],
    measures: measured ? measuresOf(measured.findings) : null,
    operatorChannel,
    scoreSets: analyses.flatMap(scoreSetsOf),
    repeats: (party, minutes) => repeats?.get(`${party} ${minutes}`) ?? null,
  };
}

function partiesOf(call: CallRow): Pick<KnownOfCall, "caller" | "called"> {
  return { caller: numbersOf(call.fromRaw, call.fromE164), called: numbersOf(call.toRaw, call.toE164) };
}

function numbersOf(...written: (string | null)[]): string[] {
  return [...new Set(written.filter((one) => one !== null && /\d/.test(one)))] as string[];
}

type Span = { party: "caller" | "called"; minutes: number };
/** How often each number of a call called, or was called, by party and span. */
type RepeatsOfCall = ReadonlyMap<string, number>;
/** The same of several calls, by their ids. */
export type Repeats = ReadonlyMap<string, RepeatsOfCall>;

/** A call with the conditions of all the rules that look at it. */
type Asked = { call: CallRow; conditions: readonly Condition[] };

/** How often the numbers of these calls called or were called, in each span that is asked about: one query for all of them. */
export async function countRepeats(db: Database, asked: readonly Asked[]): Promise<Repeats> {
  const open = asked.flatMap(({ call, conditions }) => {
    const numbers = partiesOf(call);
    const spans: Span[] = conditions.flatMap((one) =>
      one.kind === "repeat" && numbers[one.party].length > 0 ? [{ party: one.party, minutes: one.within_minutes }] : [],
    );
    return spans.length === 0 ? [] : [{ call, spans, numbers }];
  });
  if (open.length === 0) return new Map();
  const earlier = await earlierCalls(db, open);
  return new Map(
    open.map(({ call, spans }) => {
      const ofCall = earlier.get(call.id) ?? [];
      const counts = spans.map(({ party, minutes }): [string, number] => {
        const within = ofCall.filter((one) => one[party] === 1 && one.minutes <= minutes);
        const count = within.reduce((sum, { count: own }) => sum + own, 0);
        return [`${party} ${minutes}`, 1 + Math.min(MOST_REPEATS, count)];
      });
      return [call.id, new Map(counts)];
    }),
  );
}

type Earlier = { minutes: number; caller: 0 | 1; called: 0 | 1; count: number };

/**
 * The calls of these numbers before each call, counted by the shortest of the spans that each is within. The calls of a
 * call's longest span are read once, the newest `MOST_LOOKED_AT` of them.
 */
async function earlierCalls(
  db: Database,
  open: readonly { call: CallRow; spans: readonly Span[]; numbers: Pick<KnownOfCall, "caller" | "called"> }[],
): Promise<ReadonlyMap<string, Earlier[]>> {
  const given = open.map(({ call, spans, numbers: { caller, called } }) => {
    const since = call.startedAt - Math.max(...spans.map(({ minutes }) => minutes)) * MINUTE;
    // Each is known in two ways at most: as it was written, and in E.164.
    return [call.id, call.organizationId, call.startedAt, since, caller[0], caller[1], called[0], called[1]];
  });
  const minutes = [...new Set(open.flatMap(({ spans }) => spans.map((span) => span.minutes)))];
  // Numbers of our own and no parameters, of which D1 takes a hundred.
  const shortest = minutes
    .toSorted((one, other) => one - other)
    .map((one) => sql.raw(`WHEN started_at > given.began - ${one * MINUTE} THEN ${one}`));
  const rows = await db.all<{ id: string; counts: string }>(sql`
    WITH given(id, organization, began, since, from_one, from_other, to_one, to_other) AS MATERIALIZED (
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
      FROM json_each(${JSON.stringify(given)}))
    SELECT given.id AS id, (SELECT json_group_array(json_object(
          'minutes', minutes, 'caller', caller, 'called', called, 'count', times))
        FROM (SELECT CASE ${sql.join(shortest, sql` `)} END AS minutes,
            coalesce(from_raw IN (given.from_one, given.from_other), 0)
              OR coalesce(from_e164 IN (given.from_one, given.from_other), 0) AS caller,
            coalesce(to_raw IN (given.to_one, given.to_other), 0)
              OR coalesce(to_e164 IN (given.to_one, given.to_other), 0) AS called, count(*) AS times
          FROM (SELECT id, started_at, from_raw, from_e164, to_raw, to_e164 FROM ${calls}
            WHERE organization_id = given.organization AND started_at <= given.began AND started_at > given.since
            ORDER BY started_at DESC, id DESC LIMIT ${sql.raw(String(MOST_LOOKED_AT))}) AS earlier
          WHERE earlier.id <> given.id
          GROUP BY 1, 2, 3 HAVING caller OR called)) AS counts
    FROM given`);
  return new Map(rows.map(({ id, counts }) => [id, JSON.parse(counts) as Earlier[]]));
}
