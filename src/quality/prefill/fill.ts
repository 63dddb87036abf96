import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { knownOfWholeCall, listAnalyses, maskValue, readScoreSets } from "../../analysis";
import { redactedBy, redactionOfCall } from "../../campaigns";
import { readCall } from "../../calls";
import { changesOf, type Database } from "../../db/client";
import { callActions, campaigns, reviews } from "../../db/schema";
import { FULL_REACH } from "../../identity";
import { operatorChannelOf } from "../../sources";
import { criteriaOf, type Criterion, type ScorecardDefinition } from "../scorecards";
import { named } from "../reviews/read";
import type { ReviewRow } from "../reviews/rows";
import type { TaskRow } from "../tasks";
import { engineAnswerTo, type Asked } from "./answer";
import { withOwn, type KeptPrefill, type Prefill } from "./kept";
import type { EngineLink } from "./link";

type Deps = { db: Database; bucket: R2Bucket };
type Begun = { review: ReviewRow; task: Pick<TaskRow, "blind">; definition: ScorecardDefinition };

const MOST_ANALYSES = 50;

/**
 * Keeps with a review that has begun what engines answer to its criteria: once, so that what they find later changes nothing
 * under its reviewer. A scorecard without links to engines costs nothing. What is to be taken out of the call is masked in
 * it, since the words that it is read from may not be yet. Where what they found cannot be read, or what is taken out was
 * changed meanwhile, the review begins without. Gives the review as it is then.
 */
export async function fillIn(deps: Deps, { review, task, definition }: Begun): Promise<ReviewRow> {
  const linked = criteriaOf(definition).filter(isLinked);
  if (linked.length === 0 || review.prefill !== null) return review;
  try {
    const { organizationId, id, callId } = review;
    const within = { organizationId, reach: FULL_REACH };
    const redaction = redactionOfCall(callId);
    const [call, analyses, steps, mode, redacted] = await Promise.all([
      readCall(deps.db, { ...within, id: callId }),
      listAnalyses(deps.db, { ...within, filter: { callId }, limit: MOST_ANALYSES }),
      askedOfModels(deps.db, { organizationId, callId }),
      modeOf(deps.db, review),
      deps.db.get<{ kinds: string | null }>(sql`SELECT ${redaction} AS kinds`),
    ]);
    if (!call.ok || mode === "off") return review;
    const rows = analyses.rows.map(({ analysis }) => analysis);
    const conditions = linked.map(({ engine }) => ({
      conditions: engine.by === "conditions" ? engine.conditions : [],
    }));
    const operatorChannel = await operatorChannelOf(deps.db, { organizationId, id: call.value.sourceId });
    const [known, sets] = await Promise.all([
      knownOfWholeCall(deps, { call: call.value, analyses: rows, operatorChannel }, conditions),
      Promise.all(rows.map((row) => readScoreSets(deps.bucket, row))),
    ]);
    const whole = { ...known, scoreSets: sets.flat() };
    const answers = Object.fromEntries(
      linked.flatMap((one) => {
        const found = engineAnswerTo(one, whole, steps);
        return found ? [[one.id, found] as const] : [];
      }),
    );
    // Whoever must not know what others found is not to be led by what engines did, either.
    const shown: Prefill = task.blind ? "after" : mode;
    const kinds = redacted?.kinds ?? null;
    const masked = maskValue(answers, redactedBy(kinds)) as typeof answers;
    const prefill: KeptPrefill = withOwn({ mode: shown, answers: masked, own: {} }, review.answers ?? {});
    // Where calls are redacted from now on, what is stored of this one was masked before this is stored.
    const isSoStill = sql`${redaction} IS ${kinds}`;
    const written = await deps.db
      .update(reviews)
      .set({ prefill })
      .where(and(named(organizationId, id), isNull(reviews.prefill), sql`state = 'in_progress'`, isSoStill));
    return changesOf(written) > 0 ? { ...review, prefill } : review;
  } catch (cause) {
    console.error(JSON.stringify({ event: "review.prefill_failed", review: review.id, error: String(cause) }));
    return review;
  }
}

function isLinked(one: Criterion): one is Criterion & { engine: EngineLink } {
  return one.engine !== undefined;
}

async function modeOf(db: Database, { organizationId, campaignId }: ReviewRow): Promise<Prefill> {
  const row = await db
    .select({ settings: campaigns.settings })
    .from(campaigns)
    .where(and(eq(campaigns.organizationId, organizationId), eq(campaigns.id, campaignId ?? "")))
    .get();
  return row?.settings.reviewing?.engineAnswers ?? "after";
}

/** A question that a post-call action asked, as its row keeps it (actions/step.ts). */
const question = z.object({
  action: z.object({ kind: z.literal("ask"), name: z.string() }),
  state: z.literal("completed"),
  result: z.object({ engine: z.string(), answer: z.unknown() }),
});

const anyList = z.array(z.unknown());

async function askedOfModels(
  db: Database,
  { organizationId, callId }: { organizationId: string; callId: string },
): Promise<Asked[]> {
  const row = await db
    .select({ steps: callActions.steps })
    .from(callActions)
    .where(and(eq(callActions.callId, callId), eq(callActions.organizationId, organizationId)))
    .get();
  const steps = anyList.safeParse(row?.steps).data ?? [];
  return steps.flatMap((step) => {
    const read = question.safeParse(step).data;
    return read ? [{ action: read.action.name, engine: read.result.engine, answer: read.result.answer }] : [];
  });
}
