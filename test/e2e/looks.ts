import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, request, valueAt } from "../../scripts/api-client.ts";
import type { Connection } from "../../scripts/demo/connect.ts";

/** Between two questions: an organization has 1,000 requests an hour, which the waits of minutes must not use up. */
const PAUSE = 1_000;

/**
 * Waits until a storage's row satisfies, and asks for the next look as soon as one has ended, as "Sync now" on its page
 * does: the rest of a minute between two looks is not waited out. `patience` in milliseconds.
 */
export async function lookUntil(
  { url, apiKey: token }: Connection,
  connectorId: string,
  satisfies: (connector: unknown) => boolean,
  patience: number,
): Promise<void> {
  const way = `/v1/connectors/${connectorId}`;
  const deadline = Date.now() + patience;
  for (let asked: unknown = null; ;) {
    const { body } = await request(url, way, { method: "GET", token });
    if (satisfies(body)) return;
    if (Date.now() > deadline)
      throw new Error(`a look: not within ${patience / 1_000} s; last: ${JSON.stringify(body)}`);
    const ended = valueAt(body, ["last_sync_at"]);
    if (ended !== null && ended !== asked) {
      asked = ended;
      const answer = await request(url, `${way}/sync`, { method: "POST", token });
      // A look that ended just now may have stopped it.
      if (answer.status !== 409) expectSuccess(answer, "asking for a look");
    }
    await sleep(PAUSE);
  }
}

/** Asks for the second look as soon as the first has ended: it takes in what lies there as the first found it. */
export async function askForSecondLook(connection: Connection, connectorId: string, patience: number): Promise<void> {
  const { url, apiKey: token } = connection;
  const hasEnded = (connector: unknown) => valueAt(connector, ["last_sync_at"]) !== null;
  await lookUntil(connection, connectorId, hasEnded, patience);
  const way = `/v1/connectors/${connectorId}/sync`;
  expectSuccess(await request(url, way, { method: "POST", token }), "asking for a look");
}
