import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { inbox } from "../../src/db/schema";
import { MINUTE } from "../../src/lib/time";
import { resendInbox, tableInbox } from "../../src/queues/table-inbox";
import { ingestMessage } from "./ingest-message";

const db = openDatabase(env.DB);
const NOW = Date.UTC(2026, 10, 30, 12);

beforeEach(() => db.delete(inbox));
afterEach(async () => {
  vi.restoreAllMocks();
  await db.delete(inbox);
});

/** A queue that keeps the ids of what it is sent; it refuses those of `away`. */
function queueOf(away: readonly string[] = []) {
  const ids: string[] = [];
  const send = async ({ id }: { id: string }) => {
    if (away.includes(id)) throw new Error("the queue is away");
    ids.push(id);
  };
  return { ids, queue: { send } as unknown as Queue };
}

it("sends every message that was lost again, also where one before it cannot be read or sent", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const first = queueOf();
  const body = new Uint8Array([1, 2, 3]);
  const messages = ["inb_2", "inb_3", "inb_5"].map((id) => ({
    ...ingestMessage({ organizationId: "org_1", sourceId: "src_1", sourceKind: "audian", body }),
    id,
  }));
  for (const [index, message] of messages.entries())
    await tableInbox(db, first.queue, () => NOW - MINUTE + index).put(message);
  const form = { ...messages[0], id: "inb_1", form: "of a later release", body: "AQID" };
  await db.insert(inbox).values([
    { id: "inb_1", message: JSON.stringify(form), sentAt: NOW - 2 * MINUTE },
    { id: "inb_4", message: "{", sentAt: NOW - 2 * MINUTE },
  ]);
  const { ids, queue } = queueOf(["inb_3"]);
  await resendInbox(db, queue, NOW);
  expect(ids).toEqual(["inb_2", "inb_5"]);
  const logged = said.mock.calls.map(([line]) => JSON.parse(String(line)) as { event: string; id: string });
  expect(logged.map(({ event, id }) => `${event} ${id}`).toSorted()).toEqual(
    ["inb_1", "inb_3", "inb_4"].map((id) => `inbox.not_sent_again ${id}`),
  );
  // They stay, and wait their turn like the others.
  const rows = await db.select().from(inbox);
  expect(rows.map(({ sentAt }) => sentAt)).toEqual(rows.map(() => NOW));
  expect(rows).toHaveLength(5);
  await resendInbox(db, queue, NOW + MINUTE);
  expect(ids).toEqual(["inb_2", "inb_5", "inb_2", "inb_5"]);
});
