import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { auditLog, tokenIssuerKeys } from "../../src/db/schema";
import { listTokenIssuers } from "../../src/identity";
import { mintCampaign, mintOrganization, NOON, openDatabase } from "../factories";
import { newIssuer } from "./api/issuer";
import { expectHarmless, gzipped, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const HERE = "/dashboard/settings/token-issuers";

async function accepted() {
  const organization = await mintOrganization(db);
  const issuer = await newIssuer();
  const pages = visit(organization, { now: NOON });
  const fields = { name: SCRIPT, issuer: issuer.issuer, jwks_url: issuer.url, algorithm: "RS256" };
  const made = await pages.post(HERE, fields);
  const [found] = await listTokenIssuers(db, { organizationId: organization.id, limit: 10 });
  if (made.status !== 303 || !found) throw new Error(`${made.status}: ${await made.text()}`);
  const one = `${HERE}/${found.issuer.id}`;
  const stored = async () => (await listTokenIssuers(db, { organizationId: organization.id, limit: 10 }))[0]?.issuer;
  return { organization, issuer, pages, fields, one, id: found.issuer.id, stored };
}

const rule = { claim: "roles", value: "reader", rights: "chosen", scope: "calls:read", seen: "1" };

describe("the pages of token issuers", () => {
  it("accept an issuer whose tokens may do nothing, and then what a rule gives them", async () => {
    const { pages, one, stored, organization } = await accepted();
    const { text, trips } = await pages.page(one);
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(text).toContain("may do nothing until you write a rule");
    expectHarmless(text);
    expect(await gzipped(text)).toBeLessThan(60_000);
    const campaign = await mintCampaign(db, organization.id, "Sales");
    const limited = { ...rule, "campaigns-limit": "some", campaigns: campaign.id };
    expect((await pages.post(`${one}/rules`, limited)).headers.get("location")).toContain("done=rule-added");
    expect((await stored())?.rules).toEqual([
      { claim: "roles", value: "reader", scopes: ["calls:read"], role: null, campaigns: [campaign.id] },
    ]);
    expect((await pages.page(one)).text).toContain("Sales");
    const listed = await pages.page(HERE);
    expect(listed.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(listed.text);
  });

  it("refuse a rule that gives nothing in its campaigns, and name what of one does nothing there", async () => {
    const { pages, one, stored, organization } = await accepted();
    const campaign = await mintCampaign(db, organization.id, "Sales");
    const limited = { ...rule, "campaigns-limit": "some", campaigns: campaign.id };
    const refused = await pages.post(`${one}/rules`, { ...limited, scope: "teams:read" });
    const text = await refused.text();
    expect([refused.status, text.includes('id="rights-error"')]).toEqual([422, true]);
    expect(text).toContain("they are for the whole organization");
    expect((await stored())?.rules).toEqual([]);
    const both = [...Object.entries(limited), ["scope", "teams:read"]] as [string, string][];
    expect((await pages.post(`${one}/rules`, both)).status).toBe(303);
    const marked = (await pages.page(one)).text;
    expect(marked).toContain("Does nothing in single campaigns: 1");
    expectHarmless(marked);
  });

  it("try a token with the issuer, and say why it is refused", async () => {
    const { pages, one, id, issuer, stored } = await accepted();
    await pages.post(`${one}/rules`, { ...rule, rights: "viewer" });
    const keys = JSON.stringify({ keys: issuer.jwks() });
    await db.insert(tokenIssuerKeys).values({ issuerId: id, url: issuer.url, askedAt: NOON, keys, fetchedAt: NOON });
    const audience = (await stored())?.audience ?? "";
    const reader = await issuer.sign(audience, { roles: ["reader"] });
    const good = await (await pages.post(`${one}/try`, { token: reader })).text();
    expect(good).toContain("This token is accepted");
    expect(good).toContain(`${id}:alice`);
    const useless = await (await pages.post(`${one}/try`, { token: await issuer.sign(audience) })).text();
    expect(useless).toContain("no rule applies to it");
    const foreign = await (await pages.post(`${one}/try`, { token: await issuer.sign("urn:other") })).text();
    expect(foreign).toContain("does not contain the audience above");
    expect((await pages.post(`${one}/try`, { token: " " })).status).toBe(422);
  });

  it("say what is wrong beside each field, and save nothing then", async () => {
    const { organization, pages, fields, one, stored } = await accepted();
    const before = await stored();
    for (const [wrong, field] of [
      [{ name: " " }, "name"],
      [{ issuer: "" }, "issuer"],
      [{ issuer: "urn:trunkline:mine" }, "issuer"],
      [{ jwks_url: "ftp://acme.example/keys" }, "jwks_url"],
      [{ audience: "urn:trunkline:org_other" }, "audience"],
    ] as const) {
      const refused = await pages.post(one, { ...fields, seen: "1", ...wrong });
      expect([refused.status, (await refused.text()).includes(`id="${field}-error"`)], field).toEqual([422, true]);
    }
    const unsigned = await pages.post(one, { ...fields, seen: "1", algorithm: "none" });
    expect([unsigned.status, await unsigned.text()]).toEqual([422, expect.stringContaining("one way to sign")]);
    const wrongRules: Record<string, string>[] = [
      { claim: "" },
      { value: "" },
      { scope: "everything" },
      { "campaigns-limit": "some" },
      // Ticked beside "all": what would limit nothing is not saved.
      { "campaigns-limit": "none", campaigns: (await mintCampaign(db, organization.id, "Sales")).id },
    ];
    for (const wrong of wrongRules)
      expect((await pages.post(`${one}/rules`, { ...rule, ...wrong })).status, JSON.stringify(wrong)).toBe(422);
    expect(await stored()).toEqual(before);
  });

  it("refuse a change of what somebody else changed meanwhile", async () => {
    const { pages, fields, one, stored } = await accepted();
    await pages.post(`${one}/rules`, rule);
    expect((await pages.post(`${one}/rules`, { ...rule, value: "late" })).status).toBe(409);
    expect((await pages.post(`${one}/rules/remove`, { rule: "0", seen: "1" })).status).toBe(409);
    expect((await pages.post(one, { ...fields, name: "Late", seen: "1" })).status).toBe(409);
    expect(await stored()).toMatchObject({ name: SCRIPT, rules: [{ value: "reader" }] });
    expect((await pages.post(`${one}/rules/remove`, { rule: "0", seen: "2" })).status).toBe(303);
    expect((await stored())?.rules).toEqual([]);
  });

  it("give nobody more than they have, and are for who may", async () => {
    const { pages, one, organization, stored } = await accepted();
    const developer = visit(organization, { role: "developer", userId: "usr_2" });
    for (const rights of ["all", "admin", "supervisor"])
      expect((await developer.post(`${one}/rules`, { ...rule, rights })).status, rights).toBe(422);
    expect((await stored())?.rules).toEqual([]);
    const supervisor = visit(organization, { role: "supervisor" });
    const stranger = visit(await mintOrganization(db));
    for (const path of [HERE, one, `${HERE}/new`, `${one}/remove`])
      expect((await supervisor.page(path)).status, path).toBe(403);
    for (const path of [one, `${one}/remove`]) expect((await stranger.page(path)).status, path).toBe(404);
    for (const path of [`${one}/rules/remove`, `${one}/try`, `${one}/remove`])
      expect((await stranger.post(path, { token: "x", rule: "0" })).status, path).toBe(404);
    expect((await pages.post(`${one}/remove`, { csrf: "x" })).status).toBe(403);
    expect(await stored()).toBeDefined();
  });

  it("ask again who somebody is who changes rights, and have their acts in the audit log", async () => {
    const { pages, one, organization, stored, id } = await accepted();
    const unsure = visit(organization, { confirmed: false });
    for (const [path, fields] of [
      [`${one}/rules`, rule],
      [`${one}/remove`, {}],
    ] as const)
      expect(await (await unsure.post(path, fields)).text(), path).toContain("password");
    expect((await stored())?.rules).toEqual([]);
    expect((await pages.post(`${one}/rules`, rule)).status).toBe(303);
    expect((await pages.page(`${one}/remove`)).text).toContain("refuses all its tokens at once");
    expect((await pages.post(`${one}/remove`)).headers.get("location")).toContain("done=removed");
    expect(await stored()).toBeUndefined();
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, organization.id));
    const theirs = entries.filter(({ resourceId }) => resourceId === id);
    expect(theirs.map(({ action, actor }) => `${action} ${actor}`).toSorted()).toEqual([
      "token_issuer.created usr_1",
      "token_issuer.deleted usr_1",
      "token_issuer.updated usr_1",
    ]);
  });
});
