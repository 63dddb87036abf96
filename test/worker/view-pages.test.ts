import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { auditLog, savedViews } from "../../src/db/schema";
import { MAX_VIEWS, saveView } from "../../src/identity";
import { ACT_AT_NOON, mintCall, mintMember, mintOrganization, openDatabase } from "../factories";
import { expectHarmless, MOST_TRIPS, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const VIEWS = "/dashboard/calls/views";

async function place() {
  const organization = await mintOrganization(db);
  const { userId } = await mintMember(db, organization.id);
  return { organization, userId, ...visit(organization, { userId }) };
}

function stored(organizationId: string) {
  return db.select().from(savedViews).where(eq(savedViews.organizationId, organizationId));
}

/** What the list's form to save a view holds. */
function formOn(text: string): { form: string; query: string } {
  const [, form = ""] = /name="form" value="(view_\w{26})"/.exec(text) ?? [];
  const [, query = ""] = /name="query" value="([^"]*)"/.exec(text) ?? [];
  return { form, query: query.replaceAll("&amp;", "&") };
}

describe("views of Calls", () => {
  it("are saved once however often the form is sent, open first, and keep to their organization", async () => {
    const { organization, page, post } = await place();
    await mintCall(db, organization.id, { tags: ["vip"] });
    expect((await page("/dashboard/calls")).text).not.toContain("Save view");
    const list = await page("/dashboard/calls?tag=VIP&when=week&after=1.call_1&junk=1");
    expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
    const fields = formOn(list.text);
    expect(fields.query).toBe("when=week&tag=vip");
    for (const _ of [1, 2]) {
      const saved = await post(VIEWS, { ...fields, name: ` ${SCRIPT} `, first: "true" });
      expect(saved.headers.get("location")).toBe("/dashboard/calls?when=week&tag=vip");
    }
    expect(await stored(organization.id)).toMatchObject([{ name: SCRIPT, query: "when=week&tag=vip", shared: false }]);
    const entries = await db.select().from(auditLog).where(eq(auditLog.resourceId, fields.form));
    expect(entries.map(({ action }) => action)).toEqual(["view.created"]);
    expect(JSON.stringify(entries)).not.toContain("tag=vip");

    const shown = await page("/dashboard/calls?tag=vip&when=week");
    expectHarmless(shown.text);
    expect(shown.text).toContain('aria-current="page"');
    expect(shown.text).not.toContain(`action="${VIEWS}"`);
    const { ask } = visit(organization, { userId: (await stored(organization.id))[0]?.userId ?? "" });
    expect((await ask("/dashboard/calls")).headers.get("location")).toBe("/dashboard/calls?when=week&tag=vip");
    expect((await ask("/dashboard/calls?view=all")).status).toBe(200);
    const other = visit(await mintOrganization(db));
    expect((await other.page(VIEWS)).text).toContain("No view yet");
  });

  it("are seen by others once they are shared, and changed by those who may", async () => {
    const { organization, page, post } = await place();
    const { form } = formOn((await page("/dashboard/calls?direction=inbound")).text);
    await post(VIEWS, { form, query: "direction=inbound", name: RIGHT_TO_LEFT, shared: "true" });
    const reviewer = visit(organization, { role: "reviewer", userId: "usr_other" });
    expect((await reviewer.page(VIEWS)).text).toContain(RIGHT_TO_LEFT);
    expect((await reviewer.page(`${VIEWS}/${form}`)).status).toBe(404);
    expect((await reviewer.post(`${VIEWS}/${form}`, { name: "mine", seen: "1" })).status).toBe(404);
    expect((await reviewer.post(`${VIEWS}/${form}/remove`)).status).toBe(404);
    expect((await reviewer.post(`${VIEWS}/${form}/first`, { first: "yes" })).status).toBe(303);
    expect((await reviewer.ask("/dashboard/calls")).headers.get("location")).toBe("/dashboard/calls?direction=inbound");
    const limited = visit(organization, { userId: "usr_third", reach: { campaigns: ["cmp_1"], operators: null } });
    expect((await limited.page(VIEWS)).text).not.toContain(RIGHT_TO_LEFT);
    expect((await limited.post(`${VIEWS}/${form}/first`, { first: "yes" })).status).toBe(404);
    const theirs = { ...formOn((await limited.page("/dashboard/calls?direction=inbound")).text), name: "x" };
    expect((await limited.post(VIEWS, { ...theirs, shared: "true" })).status).toBe(409);
    const another = visit(organization, { userId: "usr_owner" });
    expect((await another.post(`${VIEWS}/${form}`, { name: "Renamed", seen: "1", shared: "true" })).status).toBe(303);
    expect(await stored(organization.id)).toMatchObject([{ name: "Renamed", version: 2, shared: true }]);
  });

  it("show both when someone changed them meanwhile, and come back by Undo", async () => {
    const { organization, page, post } = await place();
    const { form } = formOn((await page("/dashboard/calls?state=failed")).text);
    await post(VIEWS, { form, query: "state=failed", name: "Failed", first: "true" });
    expect((await post(`${VIEWS}/${form}`, { name: "First", seen: "1" })).status).toBe(303);
    const late = await post(`${VIEWS}/${form}`, { name: "Second", seen: "1" });
    expect(late.status).toBe(409);
    const both = await late.text();
    expect(both).toContain("First");
    expect(both).toContain('value="Second"');
    expect((await post(`${VIEWS}/${form}`, { name: " ", seen: "2" })).status).toBe(422);
    expect((await post(VIEWS, { as: `${form}.1`, query: "state=completed" })).status).toBe(409);
    expect((await post(VIEWS, { as: `${form}.2`, query: "state=completed" })).status).toBe(303);
    expect(await stored(organization.id)).toMatchObject([{ name: "First", query: "state=completed" }]);
    const removed = await (await post(`${VIEWS}/${form}/remove`)).text();
    expect(await stored(organization.id)).toEqual([]);
    expect((await post(`${VIEWS}/${form}/remove`)).status).toBe(303);
    const back = { ...formOn(removed), name: "First", first: "true" };
    expect(back).toMatchObject({ form, query: "state=completed" });
    await post(VIEWS, back);
    expect((await page(VIEWS)).text).toContain("Opens first");
  });

  it("are fifty of a person at most, and none of nothing", async () => {
    const { organization, userId, page, post } = await place();
    expect((await post(VIEWS, { query: "junk=1", name: "Nothing" })).status).toBe(409);
    expect((await post(VIEWS, { query: "state=failed", name: "x".repeat(81) })).status).toBe(409);
    const caller = { organizationId: organization.id, actor: { kind: "user", id: userId }, scopes: null } as const;
    const rights = { campaignId: null, sourceId: null, expiresAt: null, unnoted: [] };
    const of = {
      caller: { ...caller, ...rights, reach: { campaigns: null, operators: null } },
      userId,
      list: "calls",
    } as const;
    const content = { name: "n", query: "state=failed", shared: false };
    for (let at = 0; at < MAX_VIEWS; at += 1) await saveView({ db }, of, { id: `view_${at}`, ...content }, ACT_AT_NOON);
    expect((await saveView({ db }, of, { id: "view_more", ...content }, ACT_AT_NOON)).ok).toBe(false);
    expect((await page(VIEWS)).trips).toBeLessThanOrEqual(MOST_TRIPS);
  });
});
