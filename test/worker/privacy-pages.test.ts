import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { erasedCalls, erasures, jobs, legalHolds } from "../../src/db/schema";
import { mintCall, mintHold, mintMember, mintOrganization, mintRecording, openDatabase } from "../factories";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const PRIVACY = "/dashboard/settings/privacy";

describe("the pages of privacy", () => {
  it("ask before a call is erased, say what it has, and lead to the report", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id, { operatorName: SCRIPT });
    await mintRecording(db, call);
    const pages = visit(organization);
    const at = `/dashboard/calls/${call.id}`;
    expect((await pages.page(at)).text).toContain(`${at}/erase`);
    const asked = await pages.page(`${at}/erase`);
    expect([asked.status, asked.trips <= MOST_TRIPS]).toEqual([200, true]);
    expect(asked.text).toContain("Erase for good");
    expect(asked.text).toContain("Recordings");
    const erased = await pages.post(`${at}/erase`);
    const report = erased.headers.get("location") ?? "";
    expect([erased.status, report.startsWith(`${PRIVACY}/erasures/ers_`)]).toEqual([303, true]);
    const page = await pages.page(report);
    expect([page.status, page.trips <= MOST_TRIPS]).toEqual([200, true]);
    expect(page.text).toContain("It is being erased");
    expect((await pages.page(report, { "accept-language": "es" })).text).toContain("Se está borrando");
    const list = await pages.page(PRIVACY);
    expect([list.status, list.trips <= MOST_TRIPS]).toEqual([200, true]);
    expect(list.text).toContain(report);
    expectHarmless(list.text);
    expect(await db.select().from(erasedCalls).where(eq(erasedCalls.callId, call.id))).toHaveLength(1);
  });

  it("offer no erasing of what is held, nor to whoever may not", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    await mintHold(db, organization.id, { subject: call.id });
    const at = `/dashboard/calls/${call.id}`;
    const held = await visit(organization).page(`${at}/erase`);
    expect(held.text).toContain("under a legal hold");
    expect(held.text).not.toContain("Erase for good");
    expect((await visit(organization).post(`${at}/erase`)).status).toBe(409);
    const reviewer = visit(organization, { role: "reviewer" });
    expect((await reviewer.page(at)).text).not.toContain("/erase");
    expect((await reviewer.page(`${at}/erase`)).status).toBe(403);
    expect((await reviewer.post(`${at}/erase`)).status).toBe(403);
    expect((await reviewer.page(PRIVACY)).status).toBe(403);
    const unsure = visit(organization, { confirmed: false });
    expect((await unsure.post(`${at}/erase`)).status).not.toBe(303);
    expect(await db.select().from(erasures).where(eq(erasures.organizationId, organization.id))).toEqual([]);
  });

  it("place and lift holds, and say beside the field what is wrong", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    const call = await mintCall(db, organization.id);
    for (const wrong of [
      { kind: "call", subject: "call_unknown", reason: "Case 1" },
      { kind: "call", subject: call.id, reason: "" },
      { kind: "caller", subject: SCRIPT, reason: "Case 1" },
    ]) {
      const refused = await pages.post(`${PRIVACY}/holds`, wrong);
      expect(refused.status).toBe(422);
      expectHarmless(await refused.text());
    }
    const placed = await pages.post(`${PRIVACY}/holds`, { kind: "call", subject: call.id, reason: SCRIPT });
    expect(placed.headers.get("location")).toBe(`${PRIVACY}?done=placed`);
    const page = await pages.page(`${PRIVACY}?done=placed`);
    expectHarmless(page.text);
    expect(page.text).toContain(call.id);
    const [hold] = await db.select().from(legalHolds).where(eq(legalHolds.organizationId, organization.id));
    const lifted = await pages.post(`${PRIVACY}/holds/${hold?.id}/lift`);
    expect(lifted.headers.get("location")).toBe(`${PRIVACY}?done=lifted`);
    expect(await db.select().from(legalHolds).where(eq(legalHolds.organizationId, organization.id))).toEqual([]);
  });

  it("count a caller's calls before they are erased", async () => {
    const organization = await mintOrganization(db);
    const number = "+5491155512345";
    for (let at = 0; at < 3; at += 1) await mintCall(db, organization.id, { fromE164: number });
    const pages = visit(organization);
    const counted = await pages.post(`${PRIVACY}/callers/count`, { number });
    const text = await counted.text();
    expect([counted.status, text.includes("3 calls would be erased"), text.includes("Erase 3 calls for good")]).toEqual(
      [200, true, true],
    );
    expect((await pages.post(`${PRIVACY}/callers/count`, { number: "Ana" })).status).toBe(422);
    const begun = await pages.post(`${PRIVACY}/callers`, { number });
    expect(begun.status).toBe(303);
    const page = await pages.page(begun.headers.get("location") ?? "");
    expect(page.text).toContain("A caller");
    expect(page.text).not.toContain(number);
  });

  it("erase many from the list of calls", async () => {
    const organization = await mintOrganization(db);
    const one = await mintCall(db, organization.id);
    const { userId } = await mintMember(db, organization.id, { role: "owner" });
    const pages = visit(organization, { userId });
    const asked = await pages.page(`/dashboard/calls/bulk?call=${one.id}`);
    expect(asked.text).toContain("Erase 1 call for good");
    const form = { action: "erase", calls: one.id, until: String(Date.now()), back: "/dashboard/calls", form: "x" };
    const unsure = visit(organization, { confirmed: false });
    await unsure.post("/dashboard/calls/bulk", form);
    expect(await db.select().from(jobs).where(eq(jobs.organizationId, organization.id))).toEqual([]);
    const done = await pages.post("/dashboard/calls/bulk", form);
    expect(done.status).toBe(303);
    const job = await pages.page(done.headers.get("location") ?? "");
    expect(job.text).toContain("Erase for good");
    expect(await db.select().from(erasedCalls).where(eq(erasedCalls.callId, one.id))).toHaveLength(1);
  });
});
