import { and, desc, eq, gt, lte, sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../../db/client";
import { rememberedBrowsers, users } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { derivedKey, newestVersion } from "../../lib/derived-key";
import { fromBase64, hmac, toBase64Url, verifyHmac } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { DAY, SECOND } from "../../lib/time";
import type { UserRow } from "./users";

/** How long a browser is remembered after its last sign-in. */
export const REMEMBERED_FOR = 90 * DAY;

const PURPOSE = "remembered browser";
const ID_BYTES = 12;
const COOKIE = /^(usr_\w{1,80})\.(\d{1,12})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{43})$/;

/** Remembered of one person at the same time. */
const MOST_BROWSERS = 50;

export type RememberedBrowserRow = typeof rememberedBrowsers.$inferSelect;

type Deps = { db: Database; masterKeys: MasterKeys };
type Account = Pick<UserRow, "id" | "passwordHash">;
type Place = { address: string | null; userAgent: string | null };
type Noted = Place & { id: string; userId: string };

/**
 * The value of the cookie by which a browser shows that this person signed in with it before; `browser` is the cookie that
 * it has, and then it keeps its name. It opens nothing: tries from it are counted by themselves, so that strangers' tries
 * do not shut its person out. The password's hash is signed with it, so that another password ends it.
 */
export async function rememberBrowser(
  deps: Deps,
  { userId, place, browser }: { userId: string; place: Place; browser?: string | undefined },
  now: number,
): Promise<string> {
  const { db, masterKeys } = deps;
  const account = await db
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId))
    .get();
  if (!account) throw new Error("a browser of nobody is to be remembered");
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest) throw new Error("MASTER_KEYS is empty");
  const until = String(Math.floor((now + REMEMBERED_FOR) / SECOND));
  const known = await rememberedBrowser(deps, browser ?? "", account, now);
  const id = known ?? toBase64Url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
  await noteBrowser(db, { id, userId, ...place }, now);
  const signature = await hmac("SHA-256", await derivedKey(newest, PURPOSE), signedText(account, until, id));
  return `${userId}.${until}.${id}.${toBase64Url(signature)}`;
}

/** The browser's own name, where its cookie is of this account and good; undefined for every other cookie. */
export async function rememberedBrowser(
  { db, masterKeys }: Deps,
  cookie: string,
  account: Account,
  now: number,
): Promise<string | undefined> {
  const [, userId, until = "", id = "", text = ""] = COOKIE.exec(cookie) ?? [];
  const signature = fromBase64(text);
  if (userId !== account.id || !signature || Number(until) * SECOND <= now) return undefined;
  const keys = await Promise.all([...masterKeys.values()].map((masterKey) => derivedKey(masterKey, PURPOSE)));
  const signed = signedText(account, until, id);
  const verdicts = await Promise.all(keys.map((key) => verifyHmac("SHA-256", key, signed, signature)));
  if (!verdicts.includes(true)) return undefined;
  // Its person may have had it forgotten.
  const row = await db
    .select({ id: rememberedBrowsers.id })
    .from(rememberedBrowsers)
    .where(named(account.id, id))
    .get();
  return row?.id;
}

/** The name in a browser's cookie, to show a person which one they sit at. It is not checked. */
export function browserNamed(cookie: string | undefined): string | undefined {
  return COOKIE.exec(cookie ?? "")?.[3];
}

/** The browsers that are remembered for a person, the one used last first. */
export async function listBrowsers(db: Database, userId: string, now: number): Promise<RememberedBrowserRow[]> {
  const { expiresAt, lastUsedAt } = rememberedBrowsers;
  return db
    .select()
    .from(rememberedBrowsers)
    .where(and(eq(rememberedBrowsers.userId, userId), gt(expiresAt, now)))
    .orderBy(desc(lastUsedAt));
}

/** Forgets one browser of a person: its next sign-in counts as a stranger's until it succeeds. */
export async function forgetBrowser(
  { db }: { db: Database },
  { userId, id }: { userId: string; id: string },
): Promise<Result<void, DomainError>> {
  const gone = await db.delete(rememberedBrowsers).where(named(userId, id)).returning({ id: rememberedBrowsers.id });
  return gone.length > 0 ? ok(undefined) : err(notFound("browser"));
}

/** The statement that forgets all browsers of a person. */
export function forgetBrowsers(db: Database, userId: string): Statement {
  return db.delete(rememberedBrowsers).where(eq(rememberedBrowsers.userId, userId));
}

/** Notes a sign-in of a browser. Those that are over go, and of too many the one that was used longest ago. */
async function noteBrowser(db: Database, { id, userId, address, userAgent }: Noted, now: number): Promise<void> {
  const seen = {
    lastUsedAt: now,
    expiresAt: now + REMEMBERED_FOR,
    address,
    userAgent: userAgent?.slice(0, 300) ?? null,
  };
  const kept = sql`(SELECT id FROM ${rememberedBrowsers} WHERE user_id = ${userId}
    ORDER BY last_used_at DESC LIMIT ${MOST_BROWSERS})`;
  await runBatch(db, [
    db.delete(rememberedBrowsers).where(lte(rememberedBrowsers.expiresAt, now)),
    db
      .insert(rememberedBrowsers)
      .values({ id, userId, createdAt: now, ...seen })
      .onConflictDoUpdate({ target: rememberedBrowsers.id, set: seen }),
    db.delete(rememberedBrowsers).where(and(eq(rememberedBrowsers.userId, userId), sql`id NOT IN ${kept}`)),
  ]);
}

function named(userId: string, id: string) {
  return and(eq(rememberedBrowsers.userId, userId), eq(rememberedBrowsers.id, id));
}

// JSON keeps the parts separate whatever they contain.
function signedText({ id: userId, passwordHash }: Account, until: string, id: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([userId, until, id, passwordHash])));
}
