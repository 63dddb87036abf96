import { and, eq, gt, inArray, lte, ne, or, sql } from "drizzle-orm";
import type { CallRow } from "../../calls";
import type { Database } from "../../db/client";
import { calls } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { MINUTE } from "../../lib/time";
import type { AnalysisRow } from "../analyses";
import { measuresOf } from "../measures-of";
import { scoreSetsOf } from "../scores/score-set";
import { readCallTranscript } from "../transcription/of-call";
import { MOST_REPEATS, type Condition } from "./condition";
import type { KnownOfCall, RuleToJudge } from "./judge";

type Deps = { db: Database; bucket: R2Bucket };
type Heard = { call: CallRow; analysis: AnalysisRow; operatorChannel: number | null };

/** What these rules need to know of a call. Only what one of them asks for is read. Throws where the storage fails. */
export async function knownOfCall(
  deps: Deps,
  { call, analysis, operatorChannel }: Heard,
  rules: readonly Pick<RuleToJudge, "conditions">[],
): Promise<KnownOfCall> {
  const asked = rules.flatMap(({ conditions }) => conditions);
  const isAboutWords = asked.some(({ kind }) => kind === "phrase");
  const transcript = isAboutWords ? await readCallTranscript(deps.bucket, call, [analysis], {}) : null;
  const numbers = { caller: numbersOf(call.fromRaw, call.fromE164), called: numbersOf(call.toRaw, call.toE164) };
  const repeats = await countRepeats(deps.db, call, numbers, asked);
  return {
    ...numbers,
    said: transcript?.spoken ?? null,
    gaps: transcript?.gaps ?? [],
    measures: analysis.findings === null ? null : measuresOf(analysis.findings),
    operatorChannel,
    scoreSets: scoreSetsOf(analysis),
    repeats: (party, minutes) => repeats.get(`${party} ${minutes}`) ?? null,
  };
}

function numbersOf(...written: (string | null)[]): string[] {
  return [...new Set(written.filter((one) => one !== null && /\d/.test(one)))] as string[];
}

/** How often each number called, or was called, in each span that is asked about, by party and span. */
async function countRepeats(
  db: Database,
  call: CallRow,
  numbers: Pick<KnownOfCall, "caller" | "called">,
  asked: readonly Condition[],
): Promise<ReadonlyMap<string, number>> {
  const spans = new Map(
    asked.flatMap((one) =>
      one.kind === "repeat" ? [[`${one.party} ${one.within_minutes}`, [one.party, one.within_minutes] as const]] : [],
    ),
  );
  const counts = new Map<string, number>();
  for (const [name, [party, minutes]] of spans)
    if (numbers[party].length > 0) counts.set(name, 1 + (await earlierCalls(db, call, party, numbers[party], minutes)));
  return counts;
}

async function earlierCalls(
  db: Database,
  call: CallRow,
  party: "caller" | "called",
  numbers: readonly string[],
  minutes: number,
): Promise<number> {
  const [raw, e164] = party === "caller" ? [calls.fromRaw, calls.fromE164] : [calls.toRaw, calls.toE164];
  const rows = await db
    .select({ one: sql<number>`1` })
    .from(calls)
    .where(
      and(
        eq(calls.organizationId, call.organizationId),
        gt(calls.startedAt, call.startedAt - minutes * MINUTE),
        lte(calls.startedAt, call.startedAt),
        ne(calls.id, call.id),
        or(inArray(raw, valueList(numbers)), inArray(e164, valueList(numbers))),
      ),
    )
    .limit(MOST_REPEATS);
  return rows.length;
}
