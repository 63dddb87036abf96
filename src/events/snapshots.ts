import { z } from "@hono/zod-openapi";
import { measures } from "./measures";
import { platformReview, riskSnapshot, scoreSet } from "./scores";
import { overrides } from "./overrides";

// The public shapes of records, as events carry them and the API shows them. Times are ISO 8601 in UTC.

const time = z.iso.datetime();

export const callSnapshot = z
  .object({
    id: z.string(),
    source: z.object({ id: z.string(), kind: z.string() }),
    external_id: z.string().describe("The platform's own id of the call."),
    campaign_id: z.string().nullable(),
    operator: z.object({ id: z.string(), name: z.string() }).nullable(),
    state: z.enum(["in_progress", "completed", "failed"]),
    quarantine: z
      .string()
      .nullable()
      .describe(
        "Why the call waits for a decision, `unknown_campaign`, `no_campaign`, `campaign_not_allowed` or `moved_back`.",
      ),
    direction: z.enum(["inbound", "outbound", "internal"]).nullable(),
    from: z.string().nullable().describe("The calling party as the platform wrote it."),
    from_e164: z.string().nullable(),
    to: z.string().nullable(),
    to_e164: z.string().nullable(),
    provider_status: z.string().nullable(),
    error: z.string().nullable(),
    started_at: time,
    answered_at: time.nullable(),
    ended_at: time.nullable(),
    duration_seconds: z.number().nullable(),
    talk_seconds: z.number().nullable(),
    tags: z.array(z.string()).describe("What people put on the call, in order. Events from before tags have none."),
    custom: z.record(z.string(), z.unknown()).describe("What the platform sent beside the known fields."),
  })
  .openapi("Call");

export const recordingSnapshot = z
  .object({
    id: z.string(),
    call_id: z.string(),
    external_id: z.string(),
    state: z.enum(["pending", "completed", "failed"]),
    reason: z.string().nullable(),
    message: z
      .string()
      .nullable()
      .optional()
      .describe(
        "Why there is no audio, what is likely behind it and what to do; null where it is not given up. Not in events.",
      ),
    media_type: z.string().nullable().describe("Of what `audio_url` serves: of the muted file where there is one."),
    size_bytes: z.number().int().nullable().describe("Of what `audio_url` serves; null while it is held back."),
    sha256: z.string().nullable().describe("Of what `audio_url` serves, in hex; null while it is held back."),
    completed_at: time.nullable(),
    audio_url: z.string().nullable().optional().describe("Signed link to the audio; made when the answer is made."),
    audio_url_expires_at: time.nullable().optional(),
  })
  .openapi("Recording");

export const taskSnapshot = z
  .object({
    id: z.string(),
    call_id: z.string(),
    recording_id: z.string(),
    campaign_id: z.string().nullable(),
    operator_id: z.string().nullable(),
    state: z
      .enum(["open", "completed", "closed"])
      .describe("`completed`: it was reviewed. `closed`: nobody is to review it; it can be opened again."),
    team_id: z.string().nullable().describe("The team that has it."),
    warning: z
      .enum(["unknown_team", "team_deleted"])
      .nullable()
      .describe("Why no team has it although its campaign names one: there was none of that name, or it was deleted."),
    assignee_id: z
      .string()
      .nullable()
      .describe("Who alone is to review it: the id of a person or a key. Null: whoever takes it from the queue."),
    due_at: time.nullable().describe("Until when it is to be reviewed."),
    wanted: z
      .number()
      .int()
      .optional()
      .describe("Reviews by different people that it needs. Events from before there were several have none."),
    blind: z
      .boolean()
      .optional()
      .describe("Whether its reviewers see what the others found only when they are done themselves."),
    closed: z
      .object({
        reason: z.string().describe("Why nobody is to review it."),
        note: z.string().nullable().describe("What was said of it."),
        at: time,
      })
      .nullable()
      .describe("Where it is `closed`, why and when."),
    created_at: time,
  })
  .openapi("Task");

export const reviewSnapshot = z
  .object({
    id: z.string(),
    task_id: z.string().describe("The task of the call."),
    call_id: z.string(),
    campaign_id: z.string().nullable().describe("The campaign of the call."),
    operator_id: z.string().nullable().describe("The operator of the call."),
    reviewer_id: z.string().describe("Whose review it is: the id of a person or a key."),
    state: z
      .enum([
        "assigned",
        "in_progress",
        "submitted",
        "completed",
        "skipped",
        "lapsed",
        "returned",
        "withdrawn",
        "escalated",
      ])
      .describe(
        "`submitted`: can be taken back for some seconds. `lapsed`: somebody else took the call meanwhile. `returned`: it is done again in another review. `withdrawn`: the call was given to somebody else. `escalated`: it was handed up, for somebody who is chosen.",
      ),
    scorecard: z
      .object({ id: z.string(), version: z.number().int().describe("The version, which never changes.") })
      .nullable()
      .describe("What it is judged by; null until it begins."),
    score: z.number().min(0).max(100).nullable().describe("In percent; null until it is submitted."),
    uncapped_score: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .describe("The score without the criteria that fail a call at once."),
    passed: z.boolean().nullable().describe("Whether the call passed; null until it is submitted."),
    auto_failed: z.array(z.string()).describe("Failed criteria that fail a call at once."),
    critical_failed: z.array(z.string()).describe("Failed criteria with which a call does not pass."),
    reason: z.string().nullable().describe("Why it was skipped, returned or handed up."),
    due_at: time.nullable().describe("Until when it is to be done."),
    assigned_at: time.describe("When its reviewer took it, or was given it."),
    started_at: time.nullable().describe("When its reviewer began."),
    submitted_at: time.nullable().describe("When it was submitted."),
    completed_at: time.nullable().describe("When it could no longer be taken back."),
    withheld: z
      .literal(true)
      .optional()
      .describe("Its score and answers are kept back until all reviewers are done, or somebody decides."),
    overrides,
  })
  .openapi("Review");

export const consensusSnapshot = z
  .object({
    task_id: z.string().describe("The task of the call."),
    call_id: z.string(),
    campaign_id: z.string().nullable().describe("The campaign of the call."),
    operator_id: z.string().nullable().describe("The operator of the call."),
    state: z
      .enum(["open", "reached", "apart", "decided"])
      .describe(
        "`open`: not all reviewers are done. `reached`: they agree. `apart`: they do not, and somebody is to decide. `decided`: somebody has.",
      ),
    wanted: z.number().int().describe("Reviews by different people that have to agree."),
    max_spread: z.number().describe("Points that their scores may differ by."),
    rule: z
      .enum(["mean", "median", "lowest"])
      .describe("Which score is that of the call, of those that they agree on."),
    spread: z.number().nullable().describe("Points between the lowest and the highest score that counts."),
    score: z.number().min(0).max(100).nullable().describe("The score of the call."),
    passed: z.boolean().nullable().describe("Whether the call passed."),
    review_ids: z.array(z.string()).describe("The reviews that it rests on."),
    differing: z.array(z.string()).describe("Criteria that these answered differently."),
    decided_by: z.string().nullable().describe("Who decided, where they were apart."),
    reason: z.string().nullable().describe("Why it was decided so."),
    decided_at: time.nullable().describe("When it was reached or decided."),
  })
  .openapi("Consensus");

export const violationSnapshot = z
  .object({
    policy_id: z.string(),
    policy: z.string().describe("The name of the policy."),
    measure: z
      .enum(["task_reviewed", "review_begun", "review_done", "escalation_answered"])
      .describe(
        "What was not done in time. `task_reviewed`: the review of a task, since it was made. `review_begun`, `review_done`: since the reviewer had it. `escalation_answered`: since it was handed up.",
      ),
    object_id: z.string().describe("The task or review that is late."),
    call_id: z.string(),
    campaign_id: z.string().nullable(),
    operator_id: z.string().nullable(),
    reviewer_id: z.string().nullable().describe("Who had it then; null for the queue."),
    started_at: time.describe("Since when the clock ran."),
    due_at: time.describe("When the time was over, by the policy's business hours."),
    noted_at: time,
  })
  .openapi("SlaViolation");

export const timelineEntry = z.object({
  at: time,
  kind: z.enum(["message", "action_start", "action_end"]),
  speaker: z.enum(["bot", "human"]).nullable().describe("The speaker; null for an action."),
  text: z.string(),
});

export const conversationSnapshot = z
  .object({
    agent_id: z.string().nullable().describe("The platform's id of the machine that spoke."),
    summary: z.string().nullable(),
    transcript: z.string().nullable(),
    timeline: z.array(timelineEntry),
    action_results: z
      .array(z.unknown())
      .describe("What the platform's own actions after the call gave, as it sent them."),
  })
  .openapi("Conversation");

/** What came of one post-call action of a campaign. */
export const actionResult = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["tag", "assign", "webhook", "email", "ask"]),
    state: z
      .enum(["pending", "completed", "failed", "skipped"])
      .describe("`pending`: not over yet. `skipped`: its conditions did not hold."),
    reason: z.string().nullable().describe("Why it is not completed."),
    started_at: time.nullable(),
    ended_at: time.nullable(),
    result: z
      .unknown()
      .describe("What came of it, by its kind: the answer of an engine or a server, tags, who has the task."),
  })
  .openapi("ActionResult");

/** What one engine did in an analysis. */
export const engineState = z
  .object({
    engine: z.string(),
    version: z.string().nullable().describe("Null before that is known."),
    state: z
      .enum(["pending", "late", "completed", "failed"])
      .describe("`late`: still at work although the analysis has ended; what comes of it is `analysis.updated`."),
    reason: z.string().nullable(),
    completed_at: time.nullable(),
  })
  .openapi("EngineState");

export const analysisSnapshot = z
  .object({
    id: z.string(),
    call_id: z.string(),
    recording_id: z
      .string()
      .nullable()
      .describe(
        "Null for what the platform found itself, with the engine `platform`: it may have had another recording.",
      ),
    engine: z.string().describe("The built-in engine, which measures the sound, or `platform`."),
    engine_version: z.string().describe("Of `platform`: the version that it names, else which platform it is."),
    state: z.enum(["pending", "completed", "failed"]),
    reason: z.string().nullable(),
    engines: z.array(engineState).describe("Every engine of this run, the built-in one first."),
    measures: measures.nullable(),
    risk_score: z.number().min(0).max(100).nullable().describe("How likely the call needs a person's eye, 0 to 100."),
    scores: z
      .array(z.record(z.string(), z.number()).nullable())
      .nullable()
      .describe(
        "The scores of all engines by name for each channel, left first; null for a channel without. Of one name from several engines the first of `score_sets` counts, an indicator last.",
      ),
    score_sets: z
      .array(scoreSet)
      .describe("The scores with who gave them, on what scale and why. Events from before scores have none."),
    risk: riskSnapshot.nullable().describe("What `risk_score` rests on. Events from before scores have none."),
    platform_reviews: z
      .array(platformReview)
      .describe("What came of reviews on the platform. Events from before scores have none."),
    completed_at: time.nullable(),
  })
  .openapi("Analysis");

export const endpointReference = z
  .object({ id: z.string(), url: z.string(), description: z.string().nullable() })
  .openapi("EndpointReference");

export type CallSnapshot = z.infer<typeof callSnapshot>;
export type ConversationSnapshot = z.infer<typeof conversationSnapshot>;
export type RecordingSnapshot = z.infer<typeof recordingSnapshot>;
export type ActionResultSnapshot = z.infer<typeof actionResult>;
export type TaskSnapshot = z.infer<typeof taskSnapshot>;
export type ViolationSnapshot = z.infer<typeof violationSnapshot>;
export type ReviewSnapshot = z.infer<typeof reviewSnapshot>;
export type ConsensusSnapshot = z.infer<typeof consensusSnapshot>;
export type AnalysisSnapshot = z.infer<typeof analysisSnapshot>;
