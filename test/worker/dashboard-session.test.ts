import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { addTeamMember, endSessions } from "../../src/identity";
import { runBatch } from "../../src/db/client";
import { memberships, sessions } from "../../src/db/schema";
import { HOUR } from "../../src/lib/time";
import {
  ACT_AT_NOON,
  mintCall,
  mintMember,
  mintOperator,
  mintOrganization,
  mintTeam,
  openDatabase,
} from "../factories";
import { mintSession } from "../sign-in";

const db = openDatabase(env.DB);
const MOST_TRIPS = 4;

const ask = (path: string, init: RequestInit = {}) =>
  exports.default.fetch(new Request(`https://trunkline.test${path}`, { redirect: "manual", ...init }));

describe("pages of a signed-in person", () => {
  it("are of their organization, for their role, in at most four round trips, the session included", async () => {
    const [own, other] = [await mintOrganization(db, { name: "Own" }), await mintOrganization(db)];
    const [call, foreign] = [await mintCall(db, own.id), await mintCall(db, other.id)];
    const { headers } = await mintSession(db, { organizationId: own.id, role: "viewer", now: Date.now() });
    for (const path of ["/dashboard", "/dashboard/calls", `/dashboard/calls/${call.id}`]) {
      const answer = await ask(path, { headers });
      expect(answer.status, path).toBe(200);
      expect(Number(answer.headers.get("x-d1-round-trips")), path).toBeLessThanOrEqual(MOST_TRIPS);
      const text = await answer.text();
      expect(text).toContain("Own");
      expect(text).not.toContain(foreign.id);
    }
    expect((await ask(`/dashboard/calls/${foreign.id}`, { headers })).status).toBe(404);
    const replay = await ask(`/dashboard/calls/${call.id}/replay`, { method: "POST", headers });
    expect(replay.status).toBe(403);
  });

  it("keep a form of the organization that was open before, until that is open again, and send it there", async () => {
    const [first, second] = [
      await mintOrganization(db, { name: "First" }),
      await mintOrganization(db, { name: "Second" }),
    ];
    const { headers, userId } = await mintSession(db, { organizationId: first.id, now: Date.now() });
    await db.insert(memberships).values({ userId, role: "owner", createdAt: Date.now(), organizationId: second.id });
    const page = await (await ask("/dashboard/settings/usage", { headers })).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const seen = /name="seen" value="(\w+)"/.exec(page)?.[1] ?? "";
    const send = (path: string, fields: Record<string, string>) =>
      ask(path, {
        method: "POST",
        headers: { ...headers, "sec-fetch-site": "same-origin" },
        body: new URLSearchParams(fields),
      });
    const open = (organizationId: string) =>
      db.update(sessions).set({ organizationId }).where(eq(sessions.userId, userId));
    await open(second.id);
    const kept = await send("/dashboard/settings/usage/alert", { csrf, seen, amount: "77" });
    const text = await kept.text();
    expect(kept.status).toBe(403);
    expect(text).toContain("This form is of First, and Second is open now");
    expect(text).toContain('value="77"');
    expect(text).not.toContain('action="/dashboard/language"');
    await open(first.id);
    const again = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? "";
    expect((await send("/dashboard/settings/usage/alert", { csrf: again, seen, amount: "77" })).status).toBe(303);
  });

  it("of who is limited to teams cost no more", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { id: operatorId } = await mintOperator(db, organizationId);
    const team = await mintTeam(db, organizationId);
    const { userId: agent } = await mintMember(db, organizationId, { role: "operator", operatorId });
    expect((await addTeamMember({ db }, team, agent, ACT_AT_NOON)).ok).toBe(true);
    const theirs = await mintCall(db, organizationId, { operatorId });
    const foreign = await mintCall(db, organizationId);
    const who = { organizationId, role: "supervisor", now: Date.now() } as const;
    const { headers, userId } = await mintSession(db, who);
    await db
      .update(memberships)
      .set({ teams: [team.id] })
      .where(eq(memberships.userId, userId));
    for (const path of ["/dashboard", "/dashboard/calls", `/dashboard/calls/${theirs.id}`]) {
      const answer = await ask(path, { headers });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(Number(answer.headers.get("x-d1-round-trips")), path).toBeLessThanOrEqual(MOST_TRIPS);
    }
    expect((await ask(`/dashboard/calls/${foreign.id}`, { headers })).status).toBe(404);
  });

  it("lead to the other organizations of the person, and to no one else's", async () => {
    const [first, second, foreign] = [
      await mintOrganization(db, { name: "First" }),
      await mintOrganization(db, { name: "Second" }),
      await mintOrganization(db, { name: "Foreign" }),
    ];
    const { headers, userId } = await mintSession(db, { organizationId: first.id, now: Date.now() });
    expect(await (await ask("/dashboard", { headers })).text()).not.toContain("Second");
    const joined = { userId, role: "viewer", createdAt: Date.now() };
    await db.insert(memberships).values({ ...joined, organizationId: second.id });
    await db.insert(memberships).values({ ...joined, organizationId: foreign.id, disabledAt: Date.now() });
    const text = await (await ask("/dashboard", { headers })).text();
    expect(text).toContain(second.id);
    expect(text).not.toContain(foreign.id);
  });

  it("without a session, or after it ended, lead to sign-in; a form of another site does nothing", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    expect((await ask("/dashboard")).status).toBe(303);
    const { headers, userId } = await mintSession(db, { organizationId: organization.id, now: Date.now() });
    const crossSite = { ...headers, "sec-fetch-site": "cross-site" };
    const forged = await ask(`/dashboard/calls/${call.id}/replay`, { method: "POST", headers: crossSite });
    expect(forged.status).toBe(401);
    await runBatch(db, [endSessions(db, userId)]);
    const over = await ask("/dashboard/calls", { headers });
    expect(over.status).toBe(303);
    expect(over.headers.get("location")).toBe("/sign-in?to=%2Fdashboard%2Fcalls");
  });

  it("has a page that asks for a part of itself after that load itself anew", async () => {
    for (const path of ["/dashboard/first-steps", "/dashboard/sources/src_1/arrivals"]) {
      const over = await ask(path, { headers: { "hx-request": "true" } });
      expect([over.status, over.headers.get("hx-refresh"), over.headers.get("location")]).toEqual([401, "true", null]);
      expect(await over.text()).toBe("");
    }
  });

  it("are over by themselves where nobody but an open page asks", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const now = Date.now();
    const { headers, hash } = await mintSession(db, { organizationId, now });
    const used = now - 11 * HOUR;
    await db.update(sessions).set({ lastUsedAt: used }).where(eq(sessions.hash, hash));
    const lastUsedAt = async () => (await db.select().from(sessions).where(eq(sessions.hash, hash)).get())?.lastUsedAt;
    expect((await ask("/dashboard/live", { headers: { ...headers, "hx-request": "true" } })).status).toBe(200);
    expect(await lastUsedAt()).toBe(used);
    expect((await ask("/dashboard", { headers })).status).toBe(200);
    expect(await lastUsedAt()).toBeGreaterThanOrEqual(now);
  });

  it("lets a file be asked for as a page is: who has to confirm or to sign in is asked", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { headers } = await mintSession(db, { organizationId, now: Date.now() });
    for (const [path, file] of [
      ["/dashboard/calls", "/dashboard/calls.csv"],
      ["/dashboard/reports", "/dashboard/reports.csv"],
      ["/dashboard/alerts", "/dashboard/alerts.csv"],
    ]) {
      const text = await (await ask(path ?? "", { headers })).text();
      expect(text).toContain(`href="${file}`);
      expect(text).not.toMatch(/<a[^>]*\sdownload[\s=>]/);
    }
  });
});
