import { eq } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { passkeys, recoveryCodes, secondSteps, userTotp } from "../../db/schema";
import { endSessions } from "./sessions";
import { findUser } from "./users";

/** Removes all second factors of an account and ends its sessions; false when there is no such account. */
export async function removeEveryFactor({ db }: { db: Database }, email: string): Promise<boolean> {
  const user = await findUser(db, email);
  if (!user) return false;
  await runBatch(db, [
    db.delete(userTotp).where(eq(userTotp.userId, user.id)),
    db.delete(passkeys).where(eq(passkeys.userId, user.id)),
    db.delete(recoveryCodes).where(eq(recoveryCodes.userId, user.id)),
    db.delete(secondSteps).where(eq(secondSteps.userId, user.id)),
    endSessions(db, user.id),
  ]);
  return true;
}
