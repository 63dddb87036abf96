import { z } from "@hono/zod-openapi";
import {
  codeOfAttempt,
  FAILURE_CODES,
  maskHeaders,
  profiles,
  type AttemptLogEntry,
  type BlockedLane,
  type DeliveryLogEntry,
  type ProfileName,
} from "../../delivery";
import { TRACE } from "../shapes";
import { toIso } from "../../lib/time";
import { traceIdOf } from "../../lib/trace";

const headers = z.record(z.string(), z.string());

const attempt = z.object({
  number: z.number().int().describe("From 1."),
  due_at: z.iso.datetime(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime(),
  status: z.number().int().nullable().describe("HTTP status; null when no answer came."),
  error: z
    .enum(["dns", "tls", "connect", "timeout", "status", "redirect", "blocked", "body", "edge_52x", "unknown"])
    .nullable()
    .describe("The class of failure; null when the receiver accepted the delivery."),
  code: z
    .enum(FAILURE_CODES)
    .nullable()
    .describe("What most likely is behind the failure; null when the receiver accepted the delivery."),
  detail: z.string().nullable().describe("An explanation of the class."),
});

const exampleAttempt = {
  number: 1,
  due_at: "2026-08-20T14:03:13.000Z",
  started_at: "2026-08-20T14:03:13.100Z",
  ended_at: "2026-08-20T14:03:13.400Z",
  status: 204,
  error: null,
  code: null,
  detail: null,
};

const example = {
  delivery_id: "dlv_01k3a7w8q0m4x2c9v5b6n7p8r1",
  event: {
    id: "evt_01k3a7w8q0m4x2c9v5b6n7p8r1",
    type: "call.completed",
    stream: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
    seq: 1,
  },
  trace_id: "1ecb044c544dc9a3f01e0fcdd1b10b2d",
  replay: 0,
  test: false,
  state: "delivered" as const,
  enqueued_at: "2026-08-20T14:03:13.000Z",
  due_at: null,
  finished_at: "2026-08-20T14:03:13.400Z",
  attempt_count: 1,
  attempts: [exampleAttempt],
};

/** One event on its way to the endpoint, with every attempt. */
export const delivery = z
  .object({
    delivery_id: z.string(),
    event: z.object({
      id: z.string(),
      type: z.string(),
      stream: z.string().describe("The call or endpoint that the event is about."),
      seq: z.number().int(),
    }),
    trace_id: z.string().nullable().describe(TRACE),
    replay: z.number().int().describe("0 for the first delivery; each replay has a number of its own."),
    test: z.boolean().describe("Whether it is a test event."),
    state: z
      .enum(["pending", "delivered", "parked", "held", "skipped"])
      .describe(
        "`parked`: given up. `held`: out of attempts, or held by a person; its call waits for a release or skip.",
      ),
    enqueued_at: z.iso.datetime(),
    due_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    attempt_count: z
      .number()
      .int()
      .describe("The number of all attempts. `attempts` omits some when there are very many."),
    attempts: z.array(attempt),
  })
  .openapi("Delivery", { example });

/** A delivery with the request and answer of each attempt. */
export const deliveryDetail = delivery
  .extend({
    attempts: z.array(
      attempt.extend({
        request: z
          .object({ method: z.string(), url: z.string(), headers, body: z.string() })
          .describe("As it was sent, without the values of your own headers."),
        response: z
          .object({ headers, body: z.string().describe("The first 16 kB.") })
          .nullable()
          .describe("Null when no answer came, or it is no longer stored."),
      }),
    ),
  })
  .openapi("DeliveryDetail", {
    example: {
      ...example,
      attempts: [
        {
          ...exampleAttempt,
          request: { method: "POST", url: "https://crm.example/hooks/calls", headers: {}, body: "{}" },
          response: { headers: {}, body: "" },
        },
      ],
    },
  });

/** A call that waits at an endpoint: the event in front was tried and not taken, or nothing is tried there for now. */
export const blockedCall = z
  .object({
    call_id: z.string().nullable().describe("Null where the event in front is not about a call."),
    since: z.iso.datetime().describe("When the event in front came to the endpoint."),
    next_attempt_at: z.iso
      .datetime()
      .nullable()
      .describe("When it is tried next; null where it is held and waits for a release or skip."),
    reason: z
      .enum(["retry", "held", "inactive", "paused", "circuit_open"])
      .describe(
        "Why it waits: for its next attempt, or for a release or skip (`held`); or the endpoint is switched off or paused, or has failed so often in a row that it is only probed (`circuit_open`). In the last three the event in front may never have been tried.",
      ),
    queued: z.number().int().describe("How many deliveries are queued behind it."),
    delivery: delivery.describe("The delivery in front, with its attempts."),
  })
  .openapi("BlockedCall", {
    example: {
      call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      since: "2026-08-20T14:03:13.000Z",
      next_attempt_at: "2026-08-20T14:08:13.000Z",
      reason: "retry",
      queued: 3,
      delivery: {
        ...example,
        state: "pending",
        due_at: "2026-08-20T14:08:13.000Z",
        finished_at: null,
        attempts: [
          {
            ...exampleAttempt,
            status: 503,
            error: "status",
            code: "receiver_down",
            detail: "The receiver answered 503.",
          },
        ],
      },
    },
  });

export function viewBlocked({ entry, reason, queued }: BlockedLane): z.infer<typeof blockedCall> {
  return {
    call_id: entry.stream.startsWith("call_") ? entry.stream : null,
    since: toIso(entry.enqueuedAt),
    next_attempt_at: toIso(entry.dueAt),
    reason,
    queued,
    delivery: viewDelivery(entry),
  };
}

export function viewDelivery(entry: DeliveryLogEntry): z.infer<typeof delivery> {
  return {
    delivery_id: entry.deliveryId,
    event: { id: entry.eventId, type: entry.type, stream: entry.stream, seq: entry.seq },
    trace_id: traceIdOf(entry.stream),
    replay: entry.replay,
    test: entry.test,
    state: entry.state,
    enqueued_at: toIso(entry.enqueuedAt),
    due_at: toIso(entry.dueAt),
    finished_at: toIso(entry.finishedAt),
    attempt_count: entry.attemptCount,
    attempts: entry.attempts.map(viewAttempt),
  };
}

export function viewDeliveryDetail(
  entry: DeliveryLogEntry,
  endpoint: { profile: ProfileName },
): z.infer<typeof deliveryDetail> {
  // Entries from before the subscriber's own headers were hidden when they were written show them in part.
  const requestOf = ({ request }: AttemptLogEntry) => ({
    ...request,
    headers: maskHeaders(request.headers, profiles[endpoint.profile]),
  });
  const attempts = entry.attempts.map((one) => ({
    ...viewAttempt(one),
    request: requestOf(one),
    response: one.response,
  }));
  return { ...viewDelivery(entry), attempts };
}

function viewAttempt(one: AttemptLogEntry): z.infer<typeof attempt> {
  return {
    number: one.number,
    due_at: toIso(one.dueAt),
    started_at: toIso(one.startedAt),
    ended_at: toIso(one.endedAt),
    status: one.status,
    error: one.error,
    code: codeOfAttempt(one),
    detail: one.detail,
  };
}
