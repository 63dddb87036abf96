import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../../db/client";
import { connectors } from "../../db/schema";
import { sameText } from "../../lib/constant-time";
import type { MasterKeys } from "../../lib/seal";
import { SECOND } from "../../lib/time";
import { keepCredentials, openCredentials } from "../config/connector";

/** What Graph sends where something changed, or where the subscription itself needs something. */
const notices = z.object({
  value: z
    .array(
      z.object({
        subscriptionId: z.string().optional(),
        clientState: z.string().max(200).optional(),
        lifecycleEvent: z.string().max(100).optional(),
      }),
    )
    .min(1)
    .max(1_000),
});

/** A look that was made due so lately has listed nothing yet: it will see what the notice is of. */
const JUST_NOW = SECOND;

/**
 * Takes notices of changes in a storage: the next look is due now, unless the last one failed, whose wait counts. False
 * where they are not of whom the storage's changes were asked from. They say nothing but "look".
 */
export async function noticeOfChange(
  deps: { db: Database; masterKeys: MasterKeys; now(): number },
  id: string,
  body: unknown,
): Promise<boolean> {
  const given = notices.safeParse(body).data?.value;
  if (!given) return false;
  const { db, masterKeys, now } = deps;
  const row = await db
    .select()
    .from(connectors)
    .where(and(eq(connectors.id, id), isNull(connectors.deletedAt)))
    .get();
  if (!row || row.kind !== "onedrive") return false;
  const credentials = await openCredentials(masterKeys, row);
  const { watch_state: state } = credentials;
  if (state === undefined) return false;
  const proven = await Promise.all(given.map(async ({ clientState = "" }) => sameText(clientState, state)));
  const real = given.filter((_, at) => proven[at]);
  if (real.length === 0) return false;
  // It ends, or has ended: the next look asks for another.
  if (real.some(({ lifecycleEvent }) => lifecycleEvent !== undefined && lifecycleEvent !== "missed")) {
    const { watch_id: _, watch_until: __, ...kept } = credentials;
    await keepCredentials(deps, row, kept);
  }
  const at = now();
  const due = and(
    eq(connectors.id, id),
    eq(connectors.state, "active"),
    isNull(connectors.trouble),
    // Also where it is due already: a look that is under way then knows of it. Graph tells many at once, and one row does.
    sql`${connectors.dueAt} NOT BETWEEN ${at - JUST_NOW} AND ${at}`,
  );
  await db.update(connectors).set({ dueAt: at }).where(due);
  return true;
}
