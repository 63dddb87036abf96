import { eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { users } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { Act } from "../actor";
import type { UserRow } from "./users";

/** What a person may change of their account without proving anything again. */
export type OwnChange = Partial<Pick<UserRow, "name" | "locale">>;

/** Changes a person's name or the language of their pages and mail; what is left out stays. */
export async function updateOwnAccount(
  { db }: { db: Database },
  { userId, ...change }: { userId: string } & OwnChange,
  _act: Act,
): Promise<Result<UserRow, DomainError>> {
  if (Object.values(change).every((value) => value === undefined)) return readOwnAccount(db, userId);
  const [changed] = await db.update(users).set(change).where(eq(users.id, userId)).returning();
  return changed ? ok(changed) : err(notFound("user"));
}

/** The account of a person. */
export async function readOwnAccount(db: Database, userId: string): Promise<Result<UserRow, DomainError>> {
  const row = await db.select().from(users).where(eq(users.id, userId)).get();
  return row ? ok(row) : err(notFound("user"));
}
