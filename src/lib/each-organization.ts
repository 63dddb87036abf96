/**
 * Does something for each organization that has rows. What fails in one stops none of the others; it is thrown once all
 * have had their turn.
 */
export async function eachOrganization<T extends { organizationId: string }>(
  rows: readonly T[],
  run: (organizationId: string, ofIt: T[]) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const [organizationId, ofIt] of Map.groupBy(rows, (one) => one.organizationId)) {
    try {
      await run(organizationId, ofIt);
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join("; "));
}
