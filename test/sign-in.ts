import { eq } from "drizzle-orm";
import type { Database } from "../src/db/client";
import { memberships, sessions, userTotp } from "../src/db/schema";
import { contextOf } from "../src/db/sealed-places";
import {
  addMember,
  csrfTokenOf,
  invite,
  openSession,
  totpCode,
  totpStepAt,
  type RoleName,
  type Strength,
} from "../src/identity";
import { fromHex, sha256Hex } from "../src/lib/hmac";
import { newId } from "../src/lib/id";
import { SESSION_COOKIE } from "../src/lib/http/session-cookie";
import { unseal } from "../src/lib/seal";
import { ACT_AT_NOON, TEST_MASTER_KEYS } from "./factories";

type Wanted = { organizationId: string; role?: RoleName; strength?: Strength; password?: string; now: number };

/** A member of an organization with a session, and the headers that their browser sends. */
export async function mintSession(db: Database, wanted: Wanted) {
  const { organizationId, role = "owner", strength = "password", password, now } = wanted;
  const email = `${newId("ana", now)}@acme.example`;
  const added = await addMember({ db }, { organizationId, email, name: "Ana", role, password }, ACT_AT_NOON);
  if (!added.ok) throw new Error("the member was not added");
  const { id: userId } = added.value;
  const opened = await openSession({ db }, { userId, strength, address: null, userAgent: "a browser" }, now);
  if (!opened.ok) throw new Error("the session was not opened");
  return { email, userId, organizationId, ...(await browserOf(opened.value)) };
}

/** What a browser with this session sends: its cookie, and what our pages add where they write. */
export async function browserOf(token: string) {
  const hash = await sha256Hex(token);
  const cookie = `${SESSION_COOKIE}=${token}`;
  const headers = { cookie, "sec-fetch-site": "same-origin", "x-csrf-token": await csrfTokenOf(hash) };
  return { token, hash, headers };
}

/** Sets when the person of a session last proved who they are. */
export async function confirmAt(db: Database, hash: string, confirmedAt: number): Promise<void> {
  await db.update(sessions).set({ confirmedAt }).where(eq(sessions.hash, hash));
}

/** Gives a member another role. */
export async function giveRole(db: Database, userId: string, role: string): Promise<void> {
  await db.update(memberships).set({ role }).where(eq(memberships.userId, userId));
}

/** An invitation of an organization, by its id. */
export async function mintInvitation(db: Database, organizationId: string): Promise<string> {
  const wanted = { organizationId, emails: ["invited@acme.example"], role: "viewer", campaigns: null, teams: null };
  const full = { scopes: null, campaignId: null, sourceId: null, expiresAt: null };
  const made = await invite({ db }, wanted, full, ACT_AT_NOON);
  const [one] = made.ok ? made.value : [];
  if (one?.result !== "invited") throw new Error("nobody was invited");
  return one.invitation.id;
}

/** The code that a person's authenticator app shows at a moment. */
export async function appCodeOf(db: Database, userId: string, at: number): Promise<string> {
  const row = await db.select().from(userTotp).where(eq(userTotp.userId, userId)).get();
  const secret = fromHex(await unseal(TEST_MASTER_KEYS, contextOf("user_totp.secret", userId), row?.secret ?? ""));
  return totpCode(secret ?? new Uint8Array(), totpStepAt(at));
}
