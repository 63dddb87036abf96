import { and, eq, gt, ne, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { invitations, memberships, users } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { invalid, notFound, type DomainError } from "../../errors";
import { sha256Hex, toBase64Url } from "../../lib/hmac";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { DAY } from "../../lib/time";
import { actorText, type Act } from "../actor";
import type { Rights } from "../rights";
import { hasTeams } from "../teams";
import { giverOf, refuseEmpty, refuseGrant, type Grant } from "./member-rights";
import { hasCampaigns } from "./members";

const LIFETIME = 7 * DAY;
const TOKEN_BYTES = 32;

export type InvitationRow = typeof invitations.$inferSelect;

/** An invitation with the token of its link, which is stored nowhere. */
export type FreshInvitation = InvitationRow & { token: string };

/** What became of one address. */
export type Invited = { email: string } &
  /** `again`: the same form made it before, so its letter was sent then. */
  ({ result: "invited"; invitation: FreshInvitation; again: boolean } | { result: "member_already" });

/** The token of an address's link, where a form chose it: sent twice, it makes one invitation (form-key.ts). */
export type TokenOf = (email: string) => Promise<string | undefined>;

/**
 * Invites addresses with one role and one set of limits, at most what the giver has. Whoever is invited already gets
 * this invitation instead of the former, whose link works no more; of the same token the former is left as it is.
 */
export async function invite(
  { db }: { db: Database },
  { organizationId, emails, ...grant }: { organizationId: string; emails: readonly string[] } & Grant,
  giver: Rights,
  act: Act,
  tokenOf?: TokenOf,
): Promise<Result<Invited[], DomainError>> {
  const refused = refuseGrant(grant, await giverOf(db, organizationId, giver, act)) ?? refuseEmpty(grant);
  if (refused) return err(refused);
  if (grant.campaigns && !(await hasCampaigns(db, organizationId, grant.campaigns)))
    return err(invalid("campaigns", "names a campaign that this organization does not have"));
  if (grant.teams && !(await hasTeams(db, organizationId, grant.teams)))
    return err(invalid("teams", "names a team that this organization does not have"));
  const fresh = await Promise.all(
    [...new Set(emails)].map(async (email) =>
      mint({ organizationId, email, ...grant }, (await tokenOf?.(email)) ?? newToken(), act),
    ),
  );
  const rows = fresh.map(({ hash, id, email }) => ({ hash, id, email }));
  const beyond = sql`EXISTS (SELECT 1 FROM ${memberships} JOIN ${users} ON users.id = memberships.user_id
    WHERE memberships.organization_id = ${organizationId} AND users.email = value ->> 'email')`;
  const made = await db.all<{ email: string; id: string }>(sql`INSERT INTO ${invitations}
      (hash, id, organization_id, email, role, campaigns, teams, created_at, created_by, expires_at)
    SELECT value ->> 'hash', value ->> 'id', ${organizationId}, value ->> 'email', ${grant.role},
      ${jsonOf(grant.campaigns)}, ${jsonOf(grant.teams)}, ${act.now}, ${actorText(act.actor)}, ${act.now + LIFETIME}
    FROM json_each(${JSON.stringify(rows)}) WHERE NOT ${beyond}
    ON CONFLICT (organization_id, email) DO UPDATE SET hash = excluded.hash, role = excluded.role,
      campaigns = excluded.campaigns, teams = excluded.teams, created_at = excluded.created_at,
      created_by = excluded.created_by, expires_at = excluded.expires_at, mailed_at = NULL
      WHERE hash <> excluded.hash
    RETURNING email, id`);
  const ids = new Map(made.map(({ email, id }) => [email, id]));
  const before = await madeBefore(db, organizationId, tokenOf ? rows.filter(({ email }) => !ids.has(email)) : []);
  return ok(
    fresh.map(({ token, ...row }): Invited => {
      const { email } = row;
      const [id, known] = [ids.get(email), before.get(email)];
      if (id !== undefined) return { email, result: "invited", invitation: { ...row, id, token }, again: false };
      if (known) return { email, result: "invited", invitation: { ...known, token }, again: true };
      return { email, result: "member_already" };
    }),
  );
}

/** The invitations of these hashes that are there already, by address. */
async function madeBefore(
  db: Database,
  organizationId: string,
  wanted: readonly { hash: string }[],
): Promise<Map<string, InvitationRow>> {
  if (wanted.length === 0) return new Map();
  const hashes = valueList(wanted.map(({ hash }) => hash));
  const known = await db
    .select()
    .from(invitations)
    .where(and(eq(invitations.organizationId, organizationId), sql`${invitations.hash} IN ${hashes}`));
  return new Map(known.map((row) => [row.email, row]));
}

/**
 * Gives an invitation a new link and another week; the former link works no more. `again`: the form that chose this token gave it
 * already, and nothing was changed.
 */
export async function renewInvitation(
  { db }: { db: Database },
  target: { organizationId: string; id: string },
  giver: Rights,
  act: Act,
  chosen?: string,
): Promise<Result<FreshInvitation & { again: boolean }, DomainError>> {
  const row = await db.select().from(invitations).where(mine(target)).get();
  if (!row) return err(notFound("invitation"));
  // Whoever has the link becomes what it says.
  const refused = refuseGrant(row, await giverOf(db, target.organizationId, giver, act));
  if (refused) return err(refused);
  const token = chosen ?? newToken();
  const hash = await sha256Hex(token);
  const [renewed] = await db
    .update(invitations)
    .set({ hash, expiresAt: act.now + LIFETIME, mailedAt: null })
    .where(and(mine(target), eq(invitations.role, row.role), ne(invitations.hash, hash)))
    .returning();
  if (renewed) return ok({ ...renewed, token, again: false });
  const same = await db
    .select()
    .from(invitations)
    .where(and(mine(target), eq(invitations.hash, hash)))
    .get();
  return same ? ok({ ...same, token, again: true }) : err(notFound("invitation"));
}

export async function withdrawInvitation(
  { db }: { db: Database },
  target: { organizationId: string; id: string },
  _act: Act,
): Promise<Result<void, DomainError>> {
  const gone = await db.delete(invitations).where(mine(target)).returning({ id: invitations.id });
  return gone.length > 0 ? ok(undefined) : err(notFound("invitation"));
}

/** The invitations of an organization that nobody has accepted, the newest first, those that are over included. */
export async function listInvitations(
  db: Database,
  query: { organizationId: string; limit: number; after?: { id: string }; order?: Order },
): Promise<InvitationRow[]> {
  const { organizationId, limit, after, order = "descending" } = query;
  return db
    .select()
    .from(invitations)
    .where(and(eq(invitations.organizationId, organizationId), isAfter(invitations.id, order, after?.id)))
    .orderBy(inOrder(invitations.id, order))
    .limit(limit);
}

/** Notes that mail with the links of these was handed over. */
export async function noteMailed(db: Database, hashes: readonly string[], now: number): Promise<void> {
  if (hashes.length === 0) return;
  await db
    .update(invitations)
    .set({ mailedAt: now })
    .where(sql`${invitations.hash} IN (SELECT value FROM json_each(${JSON.stringify(hashes)}))`);
}

/** A condition: the invitation of this token, while it works. */
export async function openInvitation(token: string, now: number) {
  return and(eq(invitations.hash, await sha256Hex(token)), gt(invitations.expiresAt, now));
}

async function mint(
  { organizationId, email, role, campaigns, teams }: { organizationId: string; email: string } & Grant,
  token: string,
  act: Act,
): Promise<FreshInvitation> {
  return {
    hash: await sha256Hex(token),
    id: newId("inv", act.now),
    organizationId,
    email,
    role,
    campaigns: campaigns && [...campaigns],
    teams: teams && [...teams],
    createdAt: act.now,
    createdBy: actorText(act.actor),
    expiresAt: act.now + LIFETIME,
    mailedAt: null,
    token,
  };
}

function mine({ organizationId, id }: { organizationId: string; id: string }) {
  return and(eq(invitations.organizationId, organizationId), eq(invitations.id, id));
}

function newToken(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

function jsonOf(ids: readonly string[] | null): string | null {
  return ids && JSON.stringify(ids);
}
