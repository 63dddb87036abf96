import { z } from "@hono/zod-openapi";
import type { AuditEntry, AuditFilter, AuditPage } from "../../identity";
import { toIso } from "../../lib/time";
import { encodeCursor } from "../cursor";
import { listOf, moment } from "../shapes";

const values = z.record(z.string(), z.unknown()).nullable();

export const auditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime().describe("Of `recording.link_issued` and `recording.played`: the hour in which it was."),
    actor: z
      .string()
      .describe(
        "The id of a key or user; `admin`, the owner of the deployment; `unknown`, who failed to sign in; or `system`.",
      ),
    action: z.string().describe("What was acted on and what was done: `campaign.updated`."),
    resource_type: z.string(),
    resource_id: z.string(),
    before: values.describe("What was changed, or the whole of what was deleted. Secrets are `masked`."),
    after: values.describe("What it was changed to, or the whole of what was made. Secrets are `masked`."),
    address: z.string().nullable().describe("Where the request came from."),
    request_id: z.string().nullable().describe("The `X-Request-Id` of the answer."),
  })
  .openapi("AuditEntry");

export const exampleEntry: z.infer<typeof auditEntry> = {
  id: "aud_0198c7b1e1002f6c0a9d3b5e7f41",
  at: "2026-08-20T14:00:00.000Z",
  actor: "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
  action: "campaign.updated",
  resource_type: "campaign",
  resource_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  before: { name: "Renewals" },
  after: { name: "Renewals 2027" },
  address: "203.0.113.7",
  request_id: "req_4f1c0a7be2d95f0386d1c7a94be05f12",
};

/** A page, which may end before it is full. */
export const auditPage = listOf(auditEntry).extend({
  scanned_until: z.iso
    .datetime()
    .nullable()
    .describe(
      "When the last entry scanned was written, if the search stopped before the page was full: `next_cursor` continues from there.",
    ),
});

const text = z.string().min(1).max(300).optional();

export const auditFilter = {
  actor: text,
  action: text,
  resource_type: text,
  resource_id: text,
  from: moment.optional().openapi({ description: "At this moment or after." }),
  to: moment.optional().openapi({ description: "Before this moment." }),
};

export function toFilter(given: z.infer<z.ZodObject<typeof auditFilter>>): AuditFilter {
  const { resource_type: resourceType, resource_id: resourceId, to: until, ...rest } = given;
  return { ...rest, resourceType, resourceId, until };
}

export function viewPage({ rows, next, scannedUntil }: AuditPage): z.infer<typeof auditPage> {
  return {
    data: rows.map(viewEntry),
    next_cursor: next === null ? null : encodeCursor({ id: next }),
    scanned_until: toIso(scannedUntil),
  };
}

export function viewEntry(row: AuditEntry): z.infer<typeof auditEntry> {
  return {
    id: row.id,
    at: toIso(row.at),
    actor: row.actor,
    action: row.action,
    resource_type: row.resourceType,
    resource_id: row.resourceId,
    before: parsed(row.before),
    after: parsed(row.after),
    address: row.address,
    request_id: row.requestId,
  };
}

function parsed(json: string | null): Record<string, unknown> | null {
  return json === null ? null : (JSON.parse(json) as Record<string, unknown>);
}
