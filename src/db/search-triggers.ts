// A change of what a call is found by marks it to be indexed anew, in the transaction of the change. The index is in
// another database, so it cannot be in the same batch (docs/understand/adr/0057-search-in-a-derived-database.md).

/** What calls are found by. */
const COLUMNS = [
  "campaign_id",
  "operator_id",
  "operator_name",
  "operator_reference",
  "state",
  "direction",
  "from_raw",
  "from_e164",
  "to_raw",
  "to_e164",
  "started_at",
  "tags",
  "conversation",
];

const CHANGED = COLUMNS.map((column) => `OLD.${column} IS NOT NEW.${column}`).join(" OR ");

/** The SQL of the triggers that mark calls for search, by name. */
export function searchTriggers(): Map<string, string> {
  return new Map([
    trigger("search_calls_insert", "INSERT ON calls", "TRUE", "NEW.id"),
    trigger("search_calls_update", `UPDATE OF ${COLUMNS.join(", ")} ON calls`, CHANGED, "NEW.id"),
    trigger("search_calls_delete", "DELETE ON calls", "TRUE", "OLD.id"),
    trigger("search_analyses_update", "UPDATE OF state ON analyses", "NEW.state = 'completed'", "NEW.call_id"),
  ]);
}

function trigger(name: string, on: string, when: string, callId: string): [string, string] {
  const mark = `INSERT INTO search_marks (call_id, changes) VALUES (${callId}, 1)
  ON CONFLICT (call_id) DO UPDATE SET changes = changes + 1;`;
  return [name, `CREATE TRIGGER ${name} AFTER ${on}\nWHEN ${when}\nBEGIN\n  ${mark}\nEND`];
}
