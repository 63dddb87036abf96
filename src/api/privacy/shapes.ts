import { z } from "@hono/zod-openapi";
import { actorText, type Actor } from "../../identity";
import { toIso } from "../../lib/time";
import { COUNTED, type Counts, type ErasureRow, type HoldRow } from "../../privacy";

const EXAMPLE_CALL = "call_3v5g8k2m9q4t7w0y1z6x3c8b5n";

const erased = z
  .object(
    Object.fromEntries(COUNTED.map((name) => [name, z.number().int()])) as Record<
      (typeof COUNTED)[number],
      z.ZodNumber
    >,
  )
  .partial()
  .describe(
    "How many of each: `files` are objects in storage, `requests` those of the inbound log, `answers` stored answers of idempotent requests, `held` calls that stay because of a legal hold.",
  );

const exampleErased = { calls: 1, recordings: 1, analyses: 1, events: 6, files: 4, deliveries: 12, requests: 3 };

export const erasure = z
  .object({
    id: z.string(),
    kind: z.enum(["call", "calls", "caller"]).describe("One call, calls chosen together, or all calls of a number."),
    state: z.enum(["open", "completed"]),
    phase: z
      .enum(["find", "calls", "requests", "calls_again", "requests_again", "done"])
      .describe(
        "What is being done: the caller's calls are found, calls are erased, the inbound log is searched; and both again twenty minutes later, for what was under way when it began.",
      ),
    call_id: z.string().nullable().describe("Of one call, its id."),
    erased,
    created_by: z.string().describe("Who began it: the id of a person or a key."),
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .openapi("Erasure", {
    example: {
      id: "ers_01k3a7w8q0m4x2c9v5b6n7p8r1",
      kind: "call",
      state: "open",
      phase: "calls_again",
      call_id: EXAMPLE_CALL,
      erased: exampleErased,
      created_by: "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
      created_at: "2026-08-20T14:03:12.000Z",
      ended_at: null,
    },
  });

export function viewErasure(row: ErasureRow): z.infer<typeof erasure> {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    phase: row.phase as z.infer<typeof erasure>["phase"],
    call_id: row.kind === "call" ? row.subject : null,
    erased: row.counts as Counts,
    created_by: actorText(row.actor as Actor),
    created_at: toIso(row.createdAt),
    ended_at: toIso(row.endedAt),
  };
}

export const erasureCount = z
  .object({
    would_erase: erased,
    more: z.boolean().describe("Whether not all calls were looked at."),
  })
  .openapi("ErasureCount", { example: { would_erase: exampleErased, more: false } });

export const hold = z
  .object({
    id: z.string(),
    kind: z.enum(["call", "caller", "campaign"]),
    subject: z.string().describe("The id of the call or the campaign, or the number."),
    reason: z.string(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
  })
  .openapi("LegalHold", {
    example: {
      id: "hold_01k3a7w8q0m4x2c9v5b6n7p8r1",
      kind: "call",
      subject: EXAMPLE_CALL,
      reason: "Case 2026/114",
      created_by: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
      created_at: "2026-08-20T14:03:12.000Z",
    },
  });

export function viewHold({ id, kind, subject, reason, actor, createdAt }: HoldRow): z.infer<typeof hold> {
  return { id, kind, subject, reason, created_by: actor, created_at: toIso(createdAt) };
}
