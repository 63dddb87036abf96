import type { EndpointDeps, EndpointRow } from "./endpoint";

/**
 * Pushes a write whose answer must not be lost because it shows a secret. A failure is only logged: the objects get the
 * configuration with the next event.
 */
export async function pushQuietly(
  { endpointObjects }: Pick<EndpointDeps, "endpointObjects">,
  row: EndpointRow,
): Promise<void> {
  try {
    await endpointObjects.configure(row);
  } catch (cause) {
    console.error(JSON.stringify({ event: "endpoint.push_failed", endpoint: row.id, error: String(cause) }));
  }
}
