import { eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { users } from "../../db/schema";
import { derivedKey, newestVersion } from "../../lib/derived-key";
import { fromBase64, hmac, toBase64Url, verifyHmac } from "../../lib/hmac";
import type { MasterKeys } from "../../lib/seal";
import { DAY, SECOND } from "../../lib/time";
import type { UserRow } from "./users";

/** How long a browser is remembered after its last sign-in. */
export const REMEMBERED_FOR = 90 * DAY;

const PURPOSE = "remembered browser";
const ID_BYTES = 12;
const COOKIE = /^(usr_\w{1,80})\.(\d{1,12})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{43})$/;

type Account = Pick<UserRow, "id" | "passwordHash">;

/**
 * The value of the cookie by which a browser shows that this person signed in with it before. It opens nothing: tries
 * from it are counted by themselves, so that strangers' tries do not shut its person out. The password's hash is signed
 * with it, so that another password ends it.
 */
export async function rememberBrowser(
  { db, masterKeys }: { db: Database; masterKeys: MasterKeys },
  userId: string,
  now: number,
): Promise<string> {
  const account = await db
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId))
    .get();
  if (!account) throw new Error("a browser of nobody is to be remembered");
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest) throw new Error("MASTER_KEYS is empty");
  const until = String(Math.floor((now + REMEMBERED_FOR) / SECOND));
  const id = toBase64Url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
  const signature = await hmac("SHA-256", await derivedKey(newest, PURPOSE), signedText(account, until, id));
  return `${userId}.${until}.${id}.${toBase64Url(signature)}`;
}

/** The browser's own name, where its cookie is of this account and good; undefined for every other cookie. */
export async function rememberedBrowser(
  masterKeys: MasterKeys,
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
  return verdicts.includes(true) ? id : undefined;
}

// JSON keeps the parts separate whatever they contain.
function signedText({ id: userId, passwordHash }: Account, until: string, id: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([userId, until, id, passwordHash])));
}
