import type { EndpointDeps, EndpointRow } from "./endpoint";

/**
 * Pushes a write whose answer must not be lost, since it shows a secret. A failure is only logged: the objects learn of
 * the write with the next event, which carries the configuration along.
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
