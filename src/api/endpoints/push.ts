import type { EndpointRow } from "../../delivery";
import type { ApiDeps } from "../router";

/**
 * Tells an endpoint's objects of a write whose answer must not be lost (it shows a secret). A failure is only logged: the
 * objects learn of it with the next event, which carries the configuration along.
 */
export async function pushQuietly(
  { endpointObjects }: Pick<ApiDeps, "endpointObjects">,
  row: EndpointRow,
): Promise<void> {
  try {
    await endpointObjects.configure(row);
  } catch (cause) {
    console.error(JSON.stringify({ event: "endpoint.push_failed", endpoint: row.id, error: String(cause) }));
  }
}
