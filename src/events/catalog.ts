import { z } from "@hono/zod-openapi";
import {
  actionResult,
  analysisSnapshot,
  callSnapshot,
  consensusSnapshot,
  conversationSnapshot,
  endpointReference,
  recordingSnapshot,
  reviewSnapshot,
  taskSnapshot,
  violationSnapshot,
} from "./snapshots";
import { reportSnapshot } from "./report-snapshot";
import { riskSnapshot } from "./scores";

const call = callSnapshot;
const endpoint = endpointReference.describe("The endpoint it is about. The event is delivered to the other endpoints.");
const time = z.iso.datetime();

/** Every event type, with the shape of its `data`. Subscribers may rely on each key. */
export const catalog = {
  "call.completed": z.object({ call }).describe("The call ended after it was answered. Once per call."),
  "call.failed": z
    .object({ call })
    .describe("The call ended without a conversation. Once per call, instead of call.completed."),
  "call.updated": z
    .object({
      call,
      changed: z
        .array(z.string())
        .describe("The keys of `call` whose values are new; `actions`: what came of actions after `call.processed`."),
      actions: z.array(actionResult).optional().describe("All results of actions, where they are what is new."),
    })
    .describe("New facts after the event about the call's end."),
  "call.processed": z
    .object({
      call,
      recordings: z.array(recordingSnapshot),
      analyses: z.array(analysisSnapshot),
      conversation: conversationSnapshot.nullable().describe("The conversation, where the platform sends one."),
      actions: z
        .array(actionResult)
        .describe(
          "What came of the campaign's post-call actions, in their order. Events from before actions have none.",
        ),
    })
    .describe(
      "Recordings, analyses and post-call actions have ended, or the call ended so long ago that nobody waits longer (15 minutes, or what its campaign sets). What is missing says so in its state and comes with events of its own. Once per call.",
    ),
  "recording.completed": z
    .object({ recording: recordingSnapshot, call })
    .describe("The audio is kept and can be played."),
  "recording.failed": z
    .object({ recording: recordingSnapshot, call })
    .describe("The audio could not be had; `reason` says why."),
  "task.created": z
    .object({ task: taskSnapshot, call })
    .describe("The call's work is ready for a reviewer. At most once per call."),
  "task.closed": z
    .object({ task: taskSnapshot, call })
    .describe("Somebody decided that nobody is to review the call; `task.closed` says why."),
  "task.reopened": z
    .object({ task: taskSnapshot, call })
    .describe("A closed task, or a completed one of which more opinions are wanted, waits for a reviewer again."),
  "review.assigned": z
    .object({ review: reviewSnapshot, task: taskSnapshot, call })
    .describe("Somebody has the call to review: they took it from the queue, or it was given to them."),
  "review.completed": z
    .object({ review: reviewSnapshot, task: taskSnapshot, call })
    .describe("A review is finished and can no longer be taken back. Of several reviews each has its own."),
  "review.escalated": z
    .object({
      review: reviewSnapshot,
      task: taskSnapshot,
      call,
      consensus: consensusSnapshot
        .optional()
        .describe("Where several reviewers do not agree: then `review` is the last of theirs."),
    })
    .describe(
      "A reviewer handed a call up, or several do not agree on it. Nobody is given it from the queue; somebody is to choose a reviewer, or to decide.",
    ),
  "review.consensus_reached": z
    .object({
      consensus: consensusSnapshot,
      reviews: z.array(reviewSnapshot).describe("All completed reviews of the call, also those it does not rest on."),
      task: taskSnapshot,
      call,
    })
    .describe(
      "Several reviewers of a call agree, within the spread that is allowed; or one review is enough after all: then `wanted` is 1.",
    ),
  "review.decided": z
    .object({ consensus: consensusSnapshot, reviews: z.array(reviewSnapshot), task: taskSnapshot, call })
    .describe("Several reviewers of a call did not agree, and somebody decided."),
  "quality.threshold_breach": z
    .object({
      review: reviewSnapshot,
      task: taskSnapshot,
      call,
      threshold: z.number().describe("The pass mark of the scorecard, in percent."),
      consensus: consensusSnapshot
        .optional()
        .describe("Where several reviewed the call: then `review` is the one of theirs with the lowest score."),
    })
    .describe(
      "A call does not pass. Right after the `review.completed` that found so or, of several, what they came to.",
    ),
  "sla.violation": z
    .object({ violation: violationSnapshot, call })
    .describe("Something was not done in the time that a policy gives. Once for each policy and task or review."),
  "analysis.created": z.object({ analysis: analysisSnapshot, call }).describe("An analysis of a recording has begun."),
  "analysis.completed": z.object({ analysis: analysisSnapshot, call }).describe("The analysis found what it could."),
  "analysis.failed": z
    .object({ analysis: analysisSnapshot, call })
    .describe("The analysis gave up; `reason` says why."),
  "analysis.updated": z
    .object({
      analysis: analysisSnapshot,
      call,
      changes: z
        .record(z.string(), z.object({ from: z.unknown(), to: z.unknown() }))
        .describe("The keys of `analysis` whose values are new."),
    })
    .describe("An engine ended after its analysis: it was late, was asked again, or a platform said more."),
  "fraud.high_risk": z
    .object({ risk: riskSnapshot, analysis: analysisSnapshot, call })
    .describe(
      "The risk of the call is high: its platform warned, or rules came to 70 points. With evidence, once per call.",
    ),
  "fraud.critical": z
    .object({ risk: riskSnapshot, analysis: analysisSnapshot, call })
    .describe("The same at its highest level, rules from 90 points, after `fraud.high_risk`. Once per call."),
  "report.ready": z
    .object({ report: reportSnapshot })
    .describe(
      "A report that is sent by itself is there. Its deliveries carry a link to it as CSV. Once for each period of a schedule, and for each time that somebody has it sent.",
    ),
  "endpoint.disabled": z
    .object({
      endpoint,
      reason: z
        .enum(["gone", "failing"])
        .describe("`gone`: it answered 410. `failing`: no delivery succeeded for too long."),
      disabled_at: time,
    })
    .describe("Trunkline turned an endpoint off. What it misses can be replayed, call by call, once it is on again."),
  "endpoint.recovered": z
    .object({ endpoint, failing_since: time, recovered_at: time })
    .describe("An endpoint that had stopped answering takes deliveries again."),
  "endpoint.backlog_high": z
    .object({
      endpoint,
      backlog: z.number().int(),
      limit: z.number().int().describe("From here on events wait in the database."),
    })
    .describe("Deliveries pile up before an endpoint. At most once an hour."),
  "delivery.parked": z
    .object({
      endpoint,
      delivery: z.object({
        id: z.string(),
        event_id: z.string(),
        event_type: z.string(),
        stream: z.string().describe("What the event was about: the id of a call, as a rule."),
        seq: z.number().int(),
      }),
      parked_at: time,
    })
    .describe("A delivery spent all its attempts and was given up; the later ones of its call go on."),
} as const;

export type EventType = keyof typeof catalog;
export type EventData<T extends EventType> = z.infer<(typeof catalog)[T]>;

/** An event to record: its type and its immutable snapshot. */
export type NewEvent = { [T in EventType]: { type: T; data: EventData<T> } }[EventType];

/** Whether events of this type are about an endpoint and not about a call. */
export function isAboutEndpoint(type: string): boolean {
  return type.startsWith("endpoint.") || type.startsWith("delivery.");
}

export const EVENT_TYPES = Object.keys(catalog) as EventType[];

/** Whether `pattern` names at least one event: an exact type, `prefix.*`, or `*`. */
export function isSubscription(pattern: string): boolean {
  return EVENT_TYPES.some((type) => matchesSubscription(pattern, type));
}

/** Whether a subscription to `pattern` includes events of `type`. */
export function matchesSubscription(pattern: string, type: string): boolean {
  if (pattern === "*" || pattern === type) return true;
  return pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1));
}
