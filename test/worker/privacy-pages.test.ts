import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { erasedCalls, erasures, jobs, legalHolds } from "../../src/db/schema";
import { seenOf } from "../../src/dashboard/forms";
import { readRetention } from "../../src/privacy";
import {
  mintCall,
  mintCampaign,
  mintHold,
  mintMember,
  mintOrganization,
  mintRecording,
  openDatabase,
} from "../factories";
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
    const { userId } = await mintMember(db, organization.id, { role: "owner" });
    const pages = visit(organization, { userId });
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
    expect(page.text).toContain(`href="/dashboard/calls/${call.id}"`);
    expect(page.trips).toBeLessThanOrEqual(MOST_TRIPS);
    const [hold] = await db.select().from(legalHolds).where(eq(legalHolds.organizationId, organization.id));
    // Who placed it is named, and nothing is lifted by one click.
    expect(page.text).toContain("Ana Ruiz");
    expect(page.text).not.toContain(`action="${PRIVACY}/holds/${hold?.id}/lift"`);
    const asked = await pages.page(`${PRIVACY}/holds/${hold?.id}/lift`);
    expect([asked.status, asked.trips <= MOST_TRIPS]).toEqual([200, true]);
    expect(asked.text).toContain("Lift this legal hold?");
    expectHarmless(asked.text);
    const campaign = await mintCampaign(db, organization.id, "Renewals");
    await pages.post(`${PRIVACY}/holds`, { kind: "campaign", subject: campaign.id, reason: "Case 2" });
    expect((await pages.page(PRIVACY)).text).toMatch(
      new RegExp(`href="/dashboard/campaigns/${campaign.id}"[^>]*>Renewals<`),
    );
    await db.delete(legalHolds).where(eq(legalHolds.subject, campaign.id));
    const stranger = visit(await mintOrganization(db));
    expect((await stranger.page(`${PRIVACY}/holds/${hold?.id}/lift`)).status).toBe(404);
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

  it("say for how long calls are kept, count what goes before that is changed, and change it once confirmed", async () => {
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id, SCRIPT);
    const call = await mintCall(db, organization.id, { campaignId: campaign.id, startedAt: 0, createdAt: 0 });
    await mintRecording(db, call, { key: `recordings/${organization.id}/rec_1/att_1` });
    const pages = visit(organization);
    const whole = `${PRIVACY}/retention`;
    const own = `/dashboard/campaigns/${campaign.id}/retention`;
    const seenAt = async (at: string) => /name="seen" value="(\w+)"/.exec((await pages.page(at)).text)?.[1] ?? "";
    const rules = () => readRetention(db, organization.id);

    const first = await pages.page(PRIVACY);
    expect(first.text).toContain("Recordings stay until somebody erases them.");
    expect(first.text).toContain(whole);
    const wrong = await pages.post(whole, { seen: await seenAt(whole), "audio.mode": "after", "audio.days": "0" });
    expect([wrong.status, (await wrong.text()).includes("Whole days, from 1 to 36,500.")]).toEqual([422, true]);
    const idle = await pages.post(whole, { seen: await seenAt(whole), "events.mode": "never", "events.days": "9" });
    expect(idle.status).toBe(422);

    const form = { seen: await seenAt(whole), "audio.mode": "after", "audio.days": "90" };
    const asked = await pages.post(whole, form);
    const question = await asked.text();
    expect([asked.status, question.includes("the recordings of 1 call"), question.includes("90 days")]).toEqual([
      200,
      true,
      true,
    ]);
    expect((await rules()).organization).toEqual({});
    const saved = await pages.post(whole, { ...form, confirmed: "yes" });
    expect(saved.headers.get("location")).toBe(`${whole}?done=retention`);
    expect((await rules()).organization).toEqual({ audio: 90 });
    // Whoever filled in the form before that is shown both sides, and sets nothing.
    const late = await pages.post(whole, { ...form, "audio.days": "7", confirmed: "yes" });
    expect([late.status, (await late.text()).includes("Recordings go 7 days after the call.")]).toEqual([409, true]);
    expect((await rules()).organization).toEqual({ audio: 90 });

    const page = await pages.page(own);
    expect([page.status, page.trips <= MOST_TRIPS]).toEqual([200, true]);
    expectHarmless(page.text);
    expect(page.text).toContain("as in the whole organization");
    const ofCampaign = {
      seen: await seenAt(own),
      "audio.mode": "never",
      "metadata.mode": "after",
      "metadata.days": "1",
    };
    const askedHere = await (await pages.post(own, ofCampaign)).text();
    expectHarmless(askedHere);
    expect(askedHere).toContain("1 call with all that is left of it");
    expect(askedHere).not.toContain("the recordings of 1 call");
    await pages.post(own, { ...ofCampaign, confirmed: "yes" });
    expect((await rules()).campaigns.get(campaign.id)).toEqual({ audio: null, metadata: 1 });
    expect((await pages.page(`${own}?done=retention`, { "accept-language": "es" })).text).toContain("de esta campaña");
  });

  it("show no clocks to whoever may not read them, and let nobody change them whose reach is limited", async () => {
    const organization = await mintOrganization(db);
    const [campaign, other] = [await mintCampaign(db, organization.id), await mintCampaign(db, organization.id)];
    const stranger = await mintOrganization(db);
    const at = `/dashboard/campaigns/${campaign.id}/retention`;
    expect((await visit(organization, { role: "reviewer" }).page(at)).status).toBe(403);
    expect((await visit(stranger).page(at)).status).toBe(404);
    expect((await visit(stranger).post(at, { seen: "" })).status).toBe(404);
    const limited = visit(organization, { reach: { campaigns: [campaign.id], operators: null } });
    const page = await limited.page(at);
    expect([page.status, page.text.includes('name="audio.days"')]).toEqual([200, false]);
    expect((await limited.page(`/dashboard/campaigns/${other.id}/retention`)).status).toBe(404);
    const seen = await seenOf({});
    const form = { seen, "audio.mode": "after", "audio.days": "1" };
    for (const confirmed of ["", "yes"])
      for (const path of [at, `${PRIVACY}/retention`])
        expect((await limited.post(path, { ...form, confirmed })).status).toBe(403);
    const clerk = visit(organization, { role: "viewer" });
    expect((await clerk.post(at, form)).status).toBe(403);
    expect((await readRetention(db, organization.id)).campaigns.size).toBe(0);
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
