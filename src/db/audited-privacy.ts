import { audited } from "./audited-table";
import * as schema from "./schema";

/** What the audit log has of erasing and keeping: a part of the list in audited-tables.ts. */
export const AUDIT_OF_PRIVACY = {
  // What was erased, and what is held, must not stay in an entry.
  erasures: audited(schema.erasures, "erasure", {
    operations: ["insert"],
    masked: ["subject", "needles"],
    ignored: [
      "since",
      "state",
      "phase",
      "cursor",
      "counts",
      "actor",
      "dueAt",
      "attempts",
      "leaseUntil",
      "claims",
      "nudgeAfter",
      "endedAt",
    ],
    created: "begun",
  }),
  legalHolds: audited(schema.legalHolds, "hold", {
    masked: ["subject", "reason"],
    ignored: ["actor"],
    created: "placed",
    operations: ["insert", "delete"],
  }),
  retentionRules: audited(schema.retentionRules, "retention", {
    id: "iif(ROW.campaign_id = '', ROW.organization_id, ROW.campaign_id)",
    ignored: ["version", "updatedAt"],
  }),
} as const;
