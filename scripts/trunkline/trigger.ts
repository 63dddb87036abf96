import { Trouble } from "../trouble.ts";
import { clientOf, dataOf, type Connection } from "./connection.ts";

/** Sends an example of an event to one webhook, at once, and prints what it answered. Whether it was taken. */
export async function trigger(
  connection: Connection,
  { event, webhook }: { event: string; webhook: string | undefined },
  print: (line: string) => void,
): Promise<boolean> {
  const id = webhook ?? (await onlyWebhook(connection));
  const answer = await clientOf(connection).POST("/v1/endpoints/{id}/test", {
    params: { path: { id } },
    body: { event },
  });
  const { state, attempts } = dataOf(answer, `sending ${event} to ${id}`);
  const [attempt] = attempts;
  const said = attempt?.status ?? attempt?.error ?? "nothing";
  print(`${event} to ${id}: ${state}, answered ${said}`);
  return state === "delivered";
}

/** The one webhook there is. */
export async function onlyWebhook(connection: Connection): Promise<string> {
  const answer = await clientOf(connection).GET("/v1/endpoints", { params: { query: { limit: 200 } } });
  const found = dataOf(answer, "GET /v1/endpoints").data;
  const [first] = found;
  if (!first) throw new Trouble("there is no webhook: make one first (docs/use/receive-webhooks.md)");
  if (found.length === 1) return first.id;
  const names = found.map(({ id, url }) => `  ${id}  ${url}`);
  throw new Trouble(`there are several webhooks, name one with --webhook:\n${names.join("\n")}`);
}
