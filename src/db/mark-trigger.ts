/**
 * The trigger that marks the stream of a new event as undrained, in the statement that records it: a statement fewer in
 * every batch about calls (docs/understand/adr/0047-fewer-statements-a-call.md). The time is D1's, as that of the event.
 * The lowest number counts, in whatever order one statement inserts several.
 */
export function markTrigger(): Map<string, string> {
  return new Map([
    [
      "events_mark_stream",
      `CREATE TRIGGER events_mark_stream AFTER INSERT ON events
BEGIN
  INSERT INTO pending_streams (stream, organization_id, from_seq, since)
  VALUES (NEW.stream, NEW.organization_id, NEW.seq, CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ON CONFLICT (stream) DO UPDATE SET from_seq = excluded.from_seq WHERE excluded.from_seq < from_seq;
END`,
    ],
  ]);
}
