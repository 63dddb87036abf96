import { eq, inArray } from "drizzle-orm";
import type { Database } from "../db/client";
import { healthAlarms } from "../db/schema";
import { DAY } from "../lib/time";
import { FIGURES, isBeyond, readFigures, type FigureName } from "./figures";

/** A figure beyond its threshold, and since when, in milliseconds. */
export type Alarm = { figure: FigureName; value: number; since: number };

/** Tells the admin; gives whether it was taken. */
export type NotifyAdmin = (alarms: readonly Alarm[]) => Promise<boolean>;

/** A figure that stays beyond its threshold is notified of again after this long. */
const AGAIN_AFTER = DAY;

/**
 * Compares the figures with their thresholds and notifies the admin of those that went beyond, once and then daily. What
 * came back within is forgotten. Each is a line in the log, whether or not there is another way to the admin.
 */
export async function raiseAlarms(db: Database, notify: NotifyAdmin | undefined, now: number): Promise<Alarm[]> {
  const figures = await readFigures(db, now);
  const known = new Map((await db.select().from(healthAlarms)).map((row) => [row.figure, row]));
  const beyond = FIGURES.filter((name) => isBeyond(name, figures[name]));
  const over = FIGURES.filter((name) => known.has(name) && !beyond.includes(name));
  if (over.length > 0) await db.delete(healthAlarms).where(inArray(healthAlarms.figure, over));
  const due: Alarm[] = [];
  for (const figure of beyond) {
    const row = known.get(figure);
    const value = figures[figure];
    if (!row)
      await db.insert(healthAlarms).values({ figure, value, since: now, notifiedAt: null }).onConflictDoNothing();
    const notifiedAt = row?.notifiedAt ?? null;
    if (notifiedAt === null || now - notifiedAt >= AGAIN_AFTER) due.push({ figure, value, since: row?.since ?? now });
  }
  if (due.length === 0) return due;
  for (const alarm of due) console.error(JSON.stringify({ event: "health.beyond_threshold", ...alarm }));
  if (notify && !(await notify(due))) return due;
  for (const { figure, value } of due)
    await db.update(healthAlarms).set({ value, notifiedAt: now }).where(eq(healthAlarms.figure, figure));
  return due;
}
