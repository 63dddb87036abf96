import { auditTriggers } from "./audit-triggers";
import { erasedTrigger } from "./erased-trigger";
import { markTrigger } from "./mark-trigger";
import { searchTriggers } from "./search-triggers";
import { tagTriggers } from "./tag-triggers";
import { usageTriggers } from "./usage-triggers";

/**
 * The SQL of every trigger, by name. A test compares them with the database; `npm run db:triggers` adds to a migration
 * what has changed (docs/extend/add-a-table.md).
 */
export function triggers(): Map<string, string> {
  return new Map([
    ...auditTriggers(),
    ...usageTriggers(),
    ...markTrigger(),
    ...tagTriggers(),
    ...searchTriggers(),
    ...erasedTrigger(),
  ]);
}
