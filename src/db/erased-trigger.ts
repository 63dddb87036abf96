/**
 * The trigger that keeps erased calls away: no writer, however late, inserts one again. It skips the row alone, and what
 * hangs on the call is then not written either, because each dependent write asks for the call.
 */
export function erasedTrigger(): Map<string, string> {
  return new Map([
    [
      "erased_calls_stay",
      `CREATE TRIGGER erased_calls_stay BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM erased_calls WHERE call_id = NEW.id)
BEGIN
  SELECT RAISE(IGNORE);
END`,
    ],
  ]);
}
