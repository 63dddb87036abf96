/**
 * The trigger that marks a deleted call for search, in the transaction that deletes it: it leaves the index whoever
 * deletes it. Changes of calls are not marked by triggers, which would cost each call two rows
 * (docs/understand/adr/0057-search-in-a-derived-database.md).
 */
export function searchTriggers(): Map<string, string> {
  return new Map([
    [
      "search_calls_delete",
      `CREATE TRIGGER search_calls_delete AFTER DELETE ON calls
BEGIN
  INSERT INTO search_marks (call_id) VALUES (OLD.id) ON CONFLICT DO NOTHING;
END`,
    ],
  ]);
}
