import { sql } from "drizzle-orm";
import { z } from "zod";
import { readCampaign, setReviewing, type CampaignRow, type CampaignTarget } from "../../campaigns";
import type { Database } from "../../db/client";
import { consensuses, CONSENSUS_RULES, reviews, tasks, type ReviewingSettings } from "../../db/schema";
import type { DomainError } from "../../errors";
import type { FieldError } from "../../lib/field-issues";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { MOST_OPINIONS, USUAL_OPINIONS } from "../consensus/rows";
import { HOUR } from "../../lib/time";
import { PREFILLS } from "../prefill/kept";
import { mayReview } from "../reviews/may-review";

/** Tasks that wait already and are put under new rules at once. */
const MOST_WAITING = 1_000;

const bound = z.number().min(-1_000_000).max(1_000_000).optional();

const sample = z
  .strictObject({
    percent: z.number().min(0).max(100).optional().describe("Of a hundred calls so many, drawn by their ids."),
    per_operator_a_week: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .optional()
      .describe("Of one operator at most so many in a week, which begins on Monday (UTC): the first that come."),
    risk_from: z.number().min(0).max(100).optional().describe("Calls with this risk, or more, in any case."),
    scores: z
      .array(z.strictObject({ name: z.string().trim().min(1).max(100), from: bound, to: bound }))
      .max(20)
      .optional()
      .describe("Calls with a score of this name within the bounds, in any case."),
    others: z
      .enum(["queue", "close"])
      .default("queue")
      .describe("What becomes of the other calls: they stay in the queue, or their tasks are closed."),
  })
  .refine(
    ({ percent, per_operator_a_week: week, risk_from: risk, scores = [] }) =>
      percent !== undefined || week !== undefined || risk !== undefined || scores.length > 0,
    "must say which calls",
  );

/** That several people review a call, and when they agree, as it is written. */
export const opinionRules = z.strictObject({
  wanted: z.number().int().min(2).max(MOST_OPINIONS).describe("People who review each call, one after the other."),
  max_spread: z
    .number()
    .min(0)
    .max(100)
    .default(USUAL_OPINIONS.maxSpread)
    .describe("Points that their scores may differ by."),
  rule: z
    .enum(CONSENSUS_RULES)
    .default(USUAL_OPINIONS.rule)
    .describe("Which score is that of the call, of those that they agree on."),
  when_apart: z
    .enum(["another", "escalate"])
    .default(USUAL_OPINIONS.whenApart)
    .describe(
      "`another`: one more person reviews it first. `escalate`: it is handed up at once, and somebody decides.",
    ),
  blind: z
    .boolean()
    .default(USUAL_OPINIONS.blind)
    .describe("Whether nobody sees what the others found before they are done themselves."),
});

/** How the calls of a campaign come to reviewers, as it is written. */
export const reviewingRules = z.strictObject({
  assign: z
    .enum(["queue", "round_robin", "load", "expertise"])
    .default("queue")
    .describe(
      "Who is given a call: whoever takes it from the queue; each in turn; who has the fewest open tasks; who knows most words of what it is about.",
    ),
  reviewers: z
    .array(
      z.strictObject({
        reviewer_id: z.string().min(1).max(200).describe("A person or a key."),
        expertise: z
          .array(z.string().trim().min(1).max(60))
          .max(50)
          .default([])
          .describe("Words that are compared with a call's tags, operator, direction and campaign's language."),
      }),
    )
    .max(100)
    .default([])
    .describe("Those who are chosen from. None: the members of the team that has the task."),
  sample: sample.nullable().default(null).describe("Which calls are to be reviewed; null for all."),
  due_hours: z
    .number()
    .positive()
    .max(8_760)
    .nullable()
    .default(null)
    .describe("Hours after the task was made when its review is due."),
  opinions: opinionRules.nullable().default(null).describe("That several people review each call; null for one."),
  engine_answers: z
    .enum(PREFILLS)
    .default("after")
    .describe(
      "When what engines answer to linked criteria is shown: `after` the person has answered each; `before`, as a proposal; `off`, never. Of a call that is reviewed blind always `after`, or never.",
    ),
});
export type ReviewingRules = z.output<typeof reviewingRules>;

export const NO_REVIEWING: ReviewingRules = {
  assign: "queue",
  reviewers: [],
  sample: null,
  due_hours: null,
  opinions: null,
  engine_answers: "after",
};

/** The rules of a campaign, as they are written. */
export function reviewingOf({ settings: { reviewing } }: Pick<CampaignRow, "settings">): ReviewingRules {
  if (!reviewing) return NO_REVIEWING;
  const { assign, reviewers = [], sample: of, dueHours, opinions, engineAnswers = "after" } = reviewing;
  return {
    assign: assign ?? "queue",
    reviewers: reviewers.map(({ id, expertise = [] }) => ({ reviewer_id: id, expertise })),
    sample: of
      ? {
          ...(of.percent !== undefined && { percent: of.percent }),
          ...(of.perOperatorWeek !== undefined && { per_operator_a_week: of.perOperatorWeek }),
          ...(of.riskFrom !== undefined && { risk_from: of.riskFrom }),
          ...(of.scores !== undefined && { scores: of.scores }),
          others: of.others,
        }
      : null,
    due_hours: dueHours ?? null,
    opinions: opinions
      ? {
          wanted: opinions.wanted,
          max_spread: opinions.maxSpread,
          rule: opinions.rule,
          when_apart: opinions.whenApart,
          blind: opinions.blind,
        }
      : null,
    engine_answers: engineAnswers,
  };
}

/**
 * Replaces the rules of a campaign. They hold for tasks that are made from then on; `includeWaiting`: also for those that
 * wait in the queue, of which there may be a thousand.
 */
export async function writeReviewing(
  { db }: { db: Database },
  target: CampaignTarget,
  { rules, includeWaiting }: { rules: ReviewingRules; includeWaiting: boolean },
  { now }: Act,
): Promise<Result<CampaignRow, DomainError>> {
  const found = await readCampaign(db, target);
  if (!found.ok) return found;
  const misfits = await misfitsOf(db, target, rules, now);
  if (misfits.length > 0) return err({ kind: "invalid", fields: misfits });
  const written = await setReviewing({ db }, target, settingsOf(rules));
  if (!written.ok || !includeWaiting) return written;
  const { id, organizationId, settings } = written.value;
  const { wanted = 1, blind = false } = settings.reviewing?.opinions ?? {};
  // Those that somebody has reviewed, or asked opinions of, keep what they were asked for.
  await db.run(sql`UPDATE ${tasks} SET wanted = ${wanted}, blind = ${blind ? 1 : 0} WHERE id IN (SELECT id FROM ${tasks}
    WHERE state = 'open' AND organization_id = ${organizationId} AND assignee_id IS NULL AND campaign_id = ${id}
      AND escalated_at IS NULL ORDER BY place LIMIT ${MOST_WAITING})
    AND (wanted, blind) IS NOT (${wanted}, ${blind ? 1 : 0}) AND NOT EXISTS (SELECT 1 FROM ${consensuses}
      WHERE organization_id = ${organizationId} AND call_id = ${tasks.callId})
    AND NOT EXISTS (SELECT 1 FROM ${reviews} AS theirs WHERE theirs.call_id = ${tasks.callId}
      AND theirs.state IN ('submitted', 'completed'))`);
  const before = found.value.settings.reviewing?.dueHours;
  // The due date that the former rules gave goes with them; one that somebody chose stays.
  const dueAt =
    before === undefined
      ? sql`due_at`
      : sql`CASE WHEN due_at = created_at + ${before * HOUR} THEN NULL ELSE due_at END`;
  if (settings.reviewing)
    await db.run(sql`UPDATE ${tasks} SET assign_at = ${now}, due_at = ${dueAt} WHERE id IN (SELECT id FROM ${tasks} WHERE state = 'open'
      AND organization_id = ${organizationId} AND assignee_id IS NULL AND campaign_id = ${id} AND assign_at IS NULL
      AND escalated_at IS NULL ORDER BY place LIMIT ${MOST_WAITING})`);
  return ok(written.value);
}

/** Who is named and may not review here. */
async function misfitsOf(
  db: Database,
  { organizationId, reach }: CampaignTarget,
  { reviewers }: ReviewingRules,
  now: number,
): Promise<FieldError[]> {
  const known = await Promise.all(
    reviewers.map(({ reviewer_id: id }) => mayReview(db, { organizationId, reach }, id, now)),
  );
  const ids = reviewers.map(({ reviewer_id: id }) => id);
  return reviewers.flatMap(({ reviewer_id: id }, at) => {
    const field = `reviewers.${at}.reviewer_id`;
    if (!known[at]?.ok) return [{ field, message: "names nobody of this organization who may review" }];
    return ids.indexOf(id) < at ? [{ field, message: "is named twice" }] : [];
  });
}

/** Null where they leave everything to whoever takes a call. */
function settingsOf({
  assign,
  reviewers,
  sample: of,
  due_hours: dueHours,
  opinions,
  engine_answers: engineAnswers,
}: ReviewingRules): ReviewingSettings | null {
  const isUsual = assign === "queue" && of === null && dueHours === null && opinions === null;
  if (isUsual && engineAnswers === "after") return null;
  return {
    ...(assign !== "queue" && { assign }),
    ...(reviewers.length > 0 && {
      reviewers: reviewers.map(({ reviewer_id: id, expertise }) => ({
        id,
        ...(expertise.length > 0 && { expertise }),
      })),
    }),
    ...(of && {
      sample: {
        ...(of.percent !== undefined && { percent: of.percent }),
        ...(of.per_operator_a_week !== undefined && { perOperatorWeek: of.per_operator_a_week }),
        ...(of.risk_from !== undefined && { riskFrom: of.risk_from }),
        ...(of.scores && { scores: of.scores.map(withoutUndefined) }),
        others: of.others,
      },
    }),
    ...(dueHours !== null && { dueHours }),
    ...(engineAnswers !== "after" && { engineAnswers }),
    ...(opinions && {
      opinions: {
        wanted: opinions.wanted,
        maxSpread: opinions.max_spread,
        rule: opinions.rule,
        whenApart: opinions.when_apart,
        blind: opinions.blind,
      },
    }),
  };
}

function withoutUndefined({ name, from, to }: { name: string; from?: number | undefined; to?: number | undefined }) {
  return { name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
