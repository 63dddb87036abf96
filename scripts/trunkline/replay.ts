import { clientOf, dataOf, type Connection } from "./connection.ts";
import { onlyWebhook } from "./trigger.ts";

export type Replaying = {
  call: string | undefined;
  webhook: string | undefined;
  state: "pending" | "delivered" | "parked" | "held" | "skipped" | undefined;
  from: string | undefined;
  to: string | undefined;
  dryRun: boolean;
};

/** Sends again: the events of a call, or what a webhook was sent before. */
export async function replay(
  connection: Connection,
  { call, webhook, state, from, to, dryRun }: Replaying,
  print: (line: string) => void,
): Promise<void> {
  const client = clientOf(connection);
  if (call !== undefined) {
    const answer = await client.POST("/v1/calls/{id}/replay", {
      params: { path: { id: call } },
      body: { dry_run: dryRun, ...(webhook !== undefined && { endpoint_id: webhook }) },
    });
    const { matched, enqueued, unable } = dataOf(answer, `replaying ${call}`);
    print(`${matched} deliveries of ${call}, ${enqueued} sent again`);
    for (const id of unable) print(`  ${id} could not take them now`);
    return;
  }
  const id = webhook ?? (await onlyWebhook(connection));
  const filter = { ...(state && { state }), ...(from && { from }), ...(to && { to }) };
  const answer = await client.POST("/v1/endpoints/{id}/replay", {
    params: { path: { id } },
    body: { ...filter, dry_run: dryRun },
  });
  const { matched, more, enqueued } = dataOf(answer, `replaying ${id}`);
  print(`${matched}${more ? " or more" : ""} deliveries of ${id}, ${enqueued} sent again`);
}
