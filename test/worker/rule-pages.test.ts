import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { condition, listRules } from "../../src/analysis";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { mintAlert, mintCall, mintMember, mintOrganization, mintRule } from "../factories";
import { db } from "./api/client";
import { expectHarmless, SCRIPT, visit } from "./visiting";

const RULES = "/dashboard/settings/rules";
const PHRASE = { kind: "phrase", "c0-phrases": "the code\nthe password", "c0-said": "true", "c0-speaker": "operator" };
const FORM = { name: "Code", weight: "60", enabled: "true", ...PHRASE };
const ES = { cookie: "language=es", "accept-language": "es" };

const rulesOf = (organizationId: string) => listRules(db, { organizationId, reach: FULL_REACH, limit: 10 });

describe("the pages of rules", () => {
  it("make a rule, add a condition, try it, save it, and delete it", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    expect((await pages.page(RULES)).text).toContain("No rule looks at calls yet");
    expect((await pages.page(`${RULES}/new`)).status).toBe(200);
    const longer = await (await pages.post(RULES, { ...FORM, add: "repeat" })).text();
    expect(longer).toContain('name="c1-within_minutes"');
    expect(longer).toContain("the code\nthe password");
    const shorter = await (
      await pages.post(RULES, [...Object.entries(FORM), ["kind", "repeat"], ["remove", "0"]])
    ).text();
    expect([shorter.includes("c0-within_minutes"), shorter.includes("c0-phrases")]).toEqual([true, false]);
    const tried = await pages.post(RULES, { ...FORM, do: "try" });
    expect([tried.status, (await tried.text()).includes("no analysed calls")]).toEqual([200, true]);
    expect(await rulesOf(organization.id)).toEqual([]);
    const repeat: [string, string][] = [
      ["kind", "repeat"],
      ["c1-party", "caller"],
      ["c1-calls", "3"],
      ["c1-within_minutes", "60"],
    ];
    const once: [string, string] = ["once", "7f5c0d9e-1f43-4c53-8f7a-0c1d2e3f4a5b"];
    for (const send of [1, 2]) {
      const made = await pages.post(RULES, [...Object.entries(FORM), ...repeat, once]);
      expect(made.status, `sent ${send} times`).toBe(303);
    }
    expect(await rulesOf(organization.id)).toHaveLength(1);
    const [row] = await rulesOf(organization.id);
    expect(row).toMatchObject({
      name: "Code",
      weight: 60,
      campaignId: null,
      conditions: [
        { kind: "phrase", phrases: ["the code", "the password"], speaker: "operator", unless_negated: false },
        { kind: "repeat", calls: 3, within_minutes: 60 },
      ],
    });
    const at = `${RULES}/${row!.id}`;
    for (const path of [RULES, at, `${at}/delete`]) {
      const { text, status, trips } = await pages.page(path, ES);
      expect([status, trips <= 3], path).toEqual([200, true]);
      expectHarmless(text);
    }
    await pages.post(at, { ...FORM, seen: "1", weight: "0", script: "Opening", enabled: "" });
    expect((await rulesOf(organization.id))[0]).toMatchObject({
      weight: 0,
      script: "Opening",
      enabled: false,
      version: 2,
    });
    // Somebody else still has the form as it was before: both are shown, and nothing is lost or replaced.
    const stale = await pages.post(at, { ...FORM, seen: "1", weight: "75" });
    const both = await stale.text();
    expect([stale.status, both.includes("Someone else changed this"), both.includes('value="75"')]).toEqual([
      409,
      true,
      true,
    ]);
    expect(both).toContain('name="seen" value="2"');
    expect((await rulesOf(organization.id))[0]).toMatchObject({ weight: 0, version: 2 });
    expect((await pages.post(at, { ...FORM, seen: "2", weight: "75" })).status).toBe(303);
    expect((await pages.post(`${at}/delete`)).headers.get("location")).toBe(`${RULES}?done=deleted`);
    expect(await rulesOf(organization.id)).toEqual([]);
    expect((await pages.page(at)).status).toBe(404);
  });

  it("say what is wrong beside each field, and leave others' rules alone", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    for (const [fields, wrong] of [
      [{ name: "" }, "name"],
      [{ name: SCRIPT, weight: "101" }, "weight"],
      [{ "c0-phrases": "***" }, "c0-phrases"],
      [{ "c0-first_seconds": "soon" }, "c0-first_seconds"],
    ] as const) {
      const refused = await pages.post(RULES, { ...FORM, ...fields });
      const text = await refused.text();
      expect([refused.status, text.includes(`id="${wrong}-error"`)], wrong).toEqual([422, true]);
      expectHarmless(text);
    }
    const other = await mintRule(db, (await mintOrganization(db)).id);
    expect((await pages.page(`${RULES}/${other.id}`)).status).toBe(404);
    expect((await pages.post(`${RULES}/${other.id}`, FORM)).status).toBe(404);
    const reviewer = visit(organization, { role: "reviewer" });
    expect((await reviewer.page(RULES)).status).toBe(403);
    expect((await reviewer.post(RULES, FORM)).status).toBe(403);
  });

  it("show every kind of condition as it was saved", async () => {
    const organization = await mintOrganization(db);
    const conditions = [
      { kind: "number", numbers: ["+5411*"], party: "called" },
      { kind: "measure", name: "hold_seconds", at_least: 30 },
      { kind: "score", name: SCRIPT, speaker: "customer", at_most: 2 },
      { kind: "repeat", calls: 3, within_minutes: 60 },
    ].map((one) => condition.parse(one));
    const { id } = await mintRule(db, organization.id, { conditions, name: SCRIPT });
    const { text } = await visit(organization).page(`${RULES}/${id}`);
    expectHarmless(text);
    for (const part of ["+5411*", 'value="hold_seconds" selected', 'value="30"', 'value="60"'])
      expect(text, part).toContain(part);
  });
});

describe("the pages of alerts", () => {
  const ALERTS = "/dashboard/alerts";
  const rowOf = async (id: string) => (await db.select().from(schema.alerts).where(eq(schema.alerts.id, id)))[0]!;

  it("keep in the form what was written of an alert that somebody takes or gives back", async () => {
    const organization = await mintOrganization(db);
    const { userId } = await mintMember(db, organization.id, { role: "owner" });
    const pages = visit(organization, { userId });
    const { id } = await mintAlert(db, await mintCall(db, organization.id));
    const at = `${ALERTS}/${id}`;
    const seenIn = (text: string) => /name="seen" value="([^"]+)"/.exec(text)?.[1] ?? "";
    const first = seenIn((await pages.page(at)).text);
    const taken = await pages.post(at, { do: "take", reason: "misheard", note: "half a", seen: first });
    const text = await taken.text();
    expect([taken.status, (await rowOf(id)).ownerId, (await rowOf(id)).note]).toEqual([200, userId, null]);
    expect(text).toContain("half a</textarea>");
    expect(text).toMatch(/<option value="misheard" selected/);
    // What is written is decided with the form that is shown now.
    const done = await pages.post(at, { do: "confirmed", note: "half a note", seen: seenIn(text) });
    expect([done.status, (await rowOf(id)).note]).toEqual([303, "half a note"]);
    const list = await pages.page(`${ALERTS}?show=all`);
    expect(list.text).toMatch(/class="cell-number mono narrow-below"/);
  });

  it("list them, and let them be taken, decided with a reason, and opened again", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    expect((await pages.page(ALERTS)).text).toContain("No alerts");
    const call = await mintCall(db, organization.id, { fromRaw: "+541147781234" });
    const { id } = await mintAlert(db, call, { note: SCRIPT });
    for (const path of [ALERTS, `${ALERTS}?show=all`, `${ALERTS}/${id}`]) {
      const { text, status, trips } = await pages.page(path, ES);
      expect([status, trips <= 3, text.includes("+541147781234")], path).toEqual([200, true, true]);
      expectHarmless(text);
    }
    const at = `${ALERTS}/${id}`;
    expect((await pages.page(at)).text).toContain("read me the code");

    const refused = await pages.post(at, { do: "false_alarm", note: "x" });
    expect([refused.status, (await refused.text()).includes('id="reason-error"')]).toEqual([422, true]);
    const decide = async (fields: Record<string, string>) => {
      const [, seen = ""] = /name="seen" value="(\w+)"/.exec((await pages.page(at)).text) ?? [];
      return pages.post(at, { ...fields, seen });
    };
    await decide({ do: "false_alarm", reason: "misheard", note: "x" });
    expect(await rowOf(id)).toMatchObject({ state: "false_alarm", reason: "misheard", note: "x", decidedBy: "usr_1" });
    expect((await pages.page(ALERTS)).text).toContain("No alerts");
    await decide({ do: "open" });
    expect(await rowOf(id)).toMatchObject({ state: "open", reason: null, decidedBy: null });
    await decide({ do: "confirmed" });
    expect(await rowOf(id)).toMatchObject({ state: "confirmed" });
  });

  it("are of those who reach the call and may see to alerts", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintAlert(db, await mintCall(db, organization.id));
    const at = `${ALERTS}/${id}`;
    const beyond = visit(organization, { role: "supervisor", reach: { campaigns: ["cmp_x"], operators: null } });
    expect((await beyond.page(at)).status).toBe(404);
    expect((await beyond.page(ALERTS)).text).toContain("No alerts");
    expect((await visit(organization, { role: "viewer" }).post(at, { do: "confirmed" })).status).toBe(403);
    expect((await visit(await mintOrganization(db)).page(at)).status).toBe(404);
    expect(await rowOf(id)).toMatchObject({ state: "open" });
  });
});
