import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { apiKeys, sources } from "../../src/db/schema";
import { invite, listInvitations, readMember } from "../../src/identity";
import { DAY, MINUTE } from "../../src/lib/time";
import {
  ACT_AT_NOON,
  mintApiKey,
  mintCampaign,
  mintMember,
  mintOperator,
  mintOrganization,
  mintSource,
  mintTeam,
  NOON,
  openDatabase,
} from "../factories";
import { apiClient } from "./api/client";
import { CSRF, pagesFor, visit } from "./visiting";

const db = openDatabase(env.DB);
const SCRIPT = `<script>alert(1)</script>`;
const PEOPLE = "/dashboard/settings/people";
const KEYS = "/dashboard/settings/api-keys";

/** An organization with an owner who looks, another owner, and a reviewer. */
async function newPeople() {
  const organization = await mintOrganization(db);
  const { userId: owner } = await mintMember(db, organization.id, { role: "owner" });
  await mintMember(db, organization.id, { role: "owner" });
  const { userId } = await mintMember(db, organization.id);
  const target = { organizationId: organization.id, userId };
  const member = async () => {
    const found = await readMember(db, target);
    return found.ok ? found.value : undefined;
  };
  return { organization, userId, member, pages: visit(organization, { userId: owner }) };
}

/** The pages as somebody sees them who has not proved lately who they are. */
function unconfirmed(organization: { id: string; name: string }, userId: string) {
  const caller = {
    organizationId: organization.id,
    actor: { kind: "user" as const, id: userId },
    scopes: null,
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    reach: { campaigns: null, operators: null },
    unnoted: [],
  };
  const session = { id: "ses_1", hash: "none", userId, isWeak: false };
  const person = { name: "Ana", email: "ana@acme.example" };
  const visitor = { caller, person, organization, others: [], session, confirmed: false, csrf: CSRF };
  return pagesFor(visitor, NOON);
}

describe("the pages of people", () => {
  it("change a role, limits and the operator, and show what was refused", async () => {
    const { organization, userId, member, pages } = await newPeople();
    const campaign = await mintCampaign(db, organization.id, SCRIPT);
    const team = await mintTeam(db, organization.id, SCRIPT);
    const operator = await mintOperator(db, organization.id);
    const { text, trips } = await pages.page(`${PEOPLE}/${userId}`);
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).not.toContain("<script>alert");
    const fields: [string, string][] = [
      ["role", "supervisor"],
      ["campaigns-limit", "some"],
      ["campaigns", campaign.id],
      ["teams-limit", "some"],
      ["teams", team.id],
      ["operator", operator.id],
    ];
    const seen = async () =>
      /name="seen" value="(\w+)"/.exec((await pages.page(`${PEOPLE}/${userId}`)).text)?.[1] ?? "";
    const post = async (form: [string, string][]) =>
      pages.post(`${PEOPLE}/${userId}`, [["seen", await seen()], ...form]);
    const saved = await post(fields);
    expect(saved.headers.get("location")).toBe(`${PEOPLE}/${userId}?done=saved`);
    const changed = { role: "supervisor", campaigns: [campaign.id], teams: [team.id], operatorId: operator.id };
    expect(await member()).toMatchObject(changed);
    const refused = await post([...fields, ["campaigns", "cmp_none"]]);
    expect([refused.status, (await refused.text()).includes("campaigns-limit-error")]).toEqual([422, true]);
    expect(await member()).toMatchObject(changed);
    await post([
      ["role", "viewer"],
      ["campaigns-limit", "none"],
    ]);
    expect(await member()).toMatchObject({ role: "viewer", campaigns: null, teams: null, operatorId: null });
  });

  it("refuse what is ticked beside “all”, which would limit nothing, and keep both as they were entered", async () => {
    const { organization, userId, member, pages } = await newPeople();
    const campaign = await mintCampaign(db, organization.id, "Renewals");
    const team = await mintTeam(db, organization.id, "Night shift");
    const before = await member();
    for (const [name, id] of [
      ["campaigns", campaign.id],
      ["teams", team.id],
    ] as const)
      for (const [path, fields] of [
        [`${PEOPLE}/invite`, { addresses: "eva@acme.example", role: "viewer" }],
        [`${PEOPLE}/${userId}`, { role: "viewer", seen: "anything" }],
      ] as const) {
        const refused = await pages.post(path, { ...fields, [`${name}-limit`]: "none", [name]: id });
        const text = await refused.text();
        expect([path, refused.status, text.includes(`id="${name}-limit-error"`)]).toEqual([path, 422, true]);
        expect(text).toMatch(/<option value="none" selected/);
        expect(text).toMatch(new RegExp(`<details open[^>]*>(?:(?!</details>).)*value="${id}"[^>]* checked`));
        if ("addresses" in fields) expect(text).toContain("eva@acme.example</textarea>");
      }
    expect(await member()).toEqual(before);
    expect(await listInvitations(db, { organizationId: organization.id, limit: 10 })).toEqual([]);
  });

  it("refuse limits to nothing, on an invitation and on a member", async () => {
    const { organization, userId, member, pages } = await newPeople();
    await mintTeam(db, organization.id, "Night shift");
    const before = await member();
    const seen = /name="seen" value="(\w+)"/.exec((await pages.page(`${PEOPLE}/${userId}`)).text)?.[1] ?? "";
    for (const name of ["campaigns", "teams"])
      for (const [path, fields] of [
        [`${PEOPLE}/invite`, { addresses: "eva@acme.example", role: "viewer" }],
        [`${PEOPLE}/${userId}`, { role: "viewer", seen }],
      ] as const) {
        const refused = await pages.post(path, { ...fields, [`${name}-limit`]: "some" });
        const text = await refused.text();
        expect([path, refused.status, text.includes(`id="${name}-limit-error"`)]).toEqual([path, 422, true]);
        expect(text).toContain("choose at least one");
      }
    expect(await member()).toEqual(before);
    expect(await listInvitations(db, { organizationId: organization.id, limit: 10 })).toEqual([]);
  });

  it("name the cells that are no addresses, beside those that were invited", async () => {
    const { pages } = await newPeople();
    const invited = await pages.post(`${PEOPLE}/invite`, {
      addresses: "Eva, eva@acme.example\nbo-acme.example",
      role: "viewer",
    });
    const text = await invited.text();
    expect(text).toContain("Left out");
    expect(text).toContain("Eva, bo-acme.example");
  });

  it("invite once by a form that is sent twice, and renew once", async () => {
    const { organization, pages } = await newPeople();
    const linkIn = async (answer: Response) => /\/invitations\/([\w-]{43})/.exec(await answer.text())?.[1];
    const onceIn = (text: string) => /name="once" value="([\w-]+)"/.exec(text)?.[1] ?? "";
    const form = {
      addresses: "eva@acme.example",
      role: "viewer",
      once: onceIn((await pages.page(`${PEOPLE}/invite`)).text),
    };
    const first = await linkIn(await pages.post(`${PEOPLE}/invite`, form));
    expect(first).toBeDefined();
    const [row] = await listInvitations(db, { organizationId: organization.id, limit: 10 });
    expect(await linkIn(await pages.post(`${PEOPLE}/invite`, form))).toBe(first);
    expect(await listInvitations(db, { organizationId: organization.id, limit: 10 })).toEqual([row]);
    const changed = await linkIn(await pages.post(`${PEOPLE}/invite`, { ...form, role: "reviewer" }));
    expect(changed).not.toBe(first);
    const again = { once: onceIn((await pages.page(PEOPLE)).text) };
    const resend = async () => linkIn(await pages.post(`${PEOPLE}/invitations/${row?.id}/resend`, again));
    const renewed = await resend();
    expect([renewed !== changed, await resend()]).toEqual([true, renewed]);
  });

  it("offer nobody what they may not give, and say what is refused of who has more", async () => {
    const { organization, userId } = await newPeople();
    const { userId: owner } = await mintMember(db, organization.id, { role: "owner" });
    const { userId: admin } = await mintMember(db, organization.id, { role: "admin" });
    const pages = visit(organization, { userId: admin, role: "admin" });
    for (const path of [`${PEOPLE}/invite`, `${PEOPLE}/${userId}`]) {
      const { text } = await pages.page(path);
      expect(text).toContain('<option value="admin"');
      expect(text).not.toContain('<option value="owner"');
    }
    const { text } = await pages.page(`${PEOPLE}/${owner}`);
    expect(text).toContain("Owner goes beyond what you have.");
    expect(text).not.toContain(`action="${PEOPLE}/${owner}`);
    for (const path of ["shut-out", "sessions", "remove"]) {
      const refused = await pages.post(`${PEOPLE}/${owner}/${path}`, {});
      expect([path, (await refused.text()).includes("This member has more than you have (role)")]).toEqual([
        path,
        true,
      ]);
    }
    const developer = visit(organization, { role: "developer", userId });
    const { text: keys } = await developer.page(`${KEYS}/new`);
    expect(keys).toContain('<option value="developer"');
    expect(keys).not.toContain('<option value="admin"');
    expect(keys).not.toContain('<option value="reviewer"');
  });

  it("shut nobody out who does it: there would be no way back", async () => {
    const { organization } = await newPeople();
    const { userId } = await mintMember(db, organization.id, { role: "admin" });
    const pages = visit(organization, { userId, role: "admin" });
    const { text } = await pages.page(`${PEOPLE}/${userId}`);
    expect(text).not.toContain("/shut-out");
    expect(text).toContain("This is you.");
    const refused = await pages.post(`${PEOPLE}/${userId}/shut-out`, {});
    expect([refused.status, (await refused.text()).includes("Nobody shuts themselves out")]).toEqual([409, true]);
    expect(await readMember(db, { organizationId: organization.id, userId })).toMatchObject({
      value: { disabledAt: null },
    });
  });

  it("show both sides of a member that somebody changed meanwhile, and overwrite nothing", async () => {
    const { organization, userId, member, pages } = await newPeople();
    const campaign = await mintCampaign(db, organization.id, "Renewals");
    const path = `${PEOPLE}/${userId}`;
    const seen = (text: string) => /name="seen" value="(\w+)"/.exec(text)?.[1] ?? "";
    const first = seen((await pages.page(path)).text);
    const limited = { role: "reviewer", "campaigns-limit": "some", campaigns: campaign.id };
    expect((await pages.post(path, { ...limited, seen: first })).status).toBe(303);
    const stale = await pages.post(path, { role: "supervisor", seen: first });
    const text = await stale.text();
    expect(stale.status).toBe(409);
    expect(await member()).toMatchObject({ role: "reviewer", campaigns: [campaign.id] });
    // What is stored, what was entered, and the form with what was entered, which the next save takes.
    expect(text).toMatch(/Reviewer<\/td><td[^>]*>Supervisor/);
    expect(text).toMatch(/Renewals<\/td><td[^>]*>All campaigns/);
    expect(text).toMatch(/<option value="supervisor" selected/);
    expect((await pages.post(path, { role: "supervisor", seen: seen(text) })).status).toBe(303);
    expect(await member()).toMatchObject({ role: "supervisor", campaigns: null });
  });

  it("shut somebody out, let them in, and remove them after asking", async () => {
    const { organization, userId, member, pages } = await newPeople();
    await pages.post(`${PEOPLE}/${userId}/shut-out`, {});
    expect((await member())?.disabledAt).not.toBeNull();
    expect((await pages.page(PEOPLE)).text).toContain("Shut out");
    await pages.post(`${PEOPLE}/${userId}/let-in`, {});
    expect((await member())?.disabledAt).toBeNull();
    expect((await pages.page(`${PEOPLE}/${userId}/remove`)).text).toContain("Remove Ana Ruiz?");
    expect((await pages.post(`${PEOPLE}/${userId}/remove`, {})).headers.get("location")).toBe(`${PEOPLE}?done=removed`);
    expect(await member()).toBeUndefined();
    expect((await pages.page(`${PEOPLE}/${userId}`)).status).toBe(404);
    const { userId: last } = await mintMember(db, (await mintOrganization(db)).id, { role: "owner" });
    expect((await pages.post(`${PEOPLE}/${last}/remove`, {})).status).toBe(404);
    expect(organization.id).toMatch(/^org_/);
  });

  it("invite many at once, show the links once, make new ones and withdraw them", async () => {
    const { organization, pages } = await newPeople();
    const addresses = "one@people.example\ntwo@people.example";
    const invited = await pages.post(`${PEOPLE}/invite`, { addresses, role: "reviewer", "campaigns-limit": "none" });
    const text = await invited.text();
    expect(text.match(/\/invitations\/[\w-]{43}/g)?.length).toBeGreaterThanOrEqual(2);
    expect(invited.headers.get("cache-control")).toBe("no-store");
    const open = () => listInvitations(db, { organizationId: organization.id, limit: 10 });
    expect((await open()).map(({ email }) => email).toSorted()).toEqual(["one@people.example", "two@people.example"]);
    expect((await pages.page(PEOPLE)).text).not.toMatch(/\/invitations\/[\w-]{43}/);
    const [first] = await open();
    const listed = (await pages.page(PEOPLE)).text;
    expect(listed).toContain(`aria-label="Send the invitation to ${first?.email}"`);
    expect(listed).not.toContain("Resend");
    const again = await pages.post(`${PEOPLE}/invitations/${first?.id}/resend`, {});
    expect(await again.text()).toMatch(/\/invitations\/[\w-]{43}/);
    await pages.post(`${PEOPLE}/invitations/${first?.id}/withdraw`, {});
    expect(await open()).toHaveLength(1);
    const wrong = await pages.post(`${PEOPLE}/invite`, { addresses: "one@, two", role: "reviewer" });
    expect([wrong.status, (await wrong.text()).includes("addresses-error")]).toEqual([422, true]);
  });

  it("are for who may, and ask again who somebody is before they change others", async () => {
    const { organization, userId, member } = await newPeople();
    const supervisor = visit(organization, { role: "supervisor" });
    expect((await supervisor.page(PEOPLE)).status).toBe(200);
    for (const path of [`${PEOPLE}/${userId}`, `${PEOPLE}/invite`, `${PEOPLE}/${userId}/remove`])
      expect([path, (await supervisor.page(path)).status]).toEqual([path, 403]);
    for (const path of ["", "/shut-out", "/remove", "/sessions"])
      expect((await supervisor.post(`${PEOPLE}/${userId}${path}`, { role: "owner" })).status).toBe(403);
    expect((await visit(organization, { role: "viewer" }).page(PEOPLE)).status).toBe(403);
    const late = unconfirmed(organization, userId);
    for (const path of ["", "/shut-out", "/remove"])
      expect((await late.post(`${PEOPLE}/${userId}${path}`, { role: "viewer" })).status).toBe(403);
    expect(await member()).toMatchObject({ role: "reviewer", disabledAt: null });
  });
});

describe("the pages of API keys", () => {
  const keysOf = (organizationId: string) =>
    db.select().from(apiKeys).where(eq(apiKeys.organizationId, organizationId));

  it("make a key with scopes, a campaign and an end, and show it once", async () => {
    const { organization, pages } = await newPeople();
    const campaign = await mintCampaign(db, organization.id, SCRIPT);
    const form = await pages.page(`${KEYS}/new`);
    expect(form.trips).toBeLessThanOrEqual(3);
    expect(form.text).not.toContain("<script>alert");
    const day = new Date(NOON + 5 * DAY).toISOString().slice(0, 10);
    const made = await pages.post(KEYS, [
      ["name", "Sender"],
      ["rights", "chosen"],
      ["scope", "notices:write"],
      ["scope", "uploads:write"],
      ["campaign", campaign.id],
      ["end", day],
      ["origins", "https://app.example.com, http://localhost:5173 https://app.example.com"],
    ]);
    const text = await made.text();
    expect(text).toMatch(/tk_[0-9a-z]{40}/);
    const row = (await keysOf(organization.id)).find(({ name }) => name === "Sender");
    expect(row).toMatchObject({ scopes: ["uploads:write", "notices:write"], campaignId: campaign.id });
    expect(row?.expiresAt).toBe(Date.parse(`${day}T00:00:00Z`) + DAY);
    expect(row?.allowedOrigins).toEqual(["https://app.example.com", "http://localhost:5173"]);
    expect((await pages.page(KEYS)).text).not.toMatch(/tk_[0-9a-z]{40}/);
    const wrong: Record<string, string>[] = [
      { name: "", rights: "all" },
      { name: "x", rights: "chosen" },
      { name: "x", rights: "all", end: "2020-01-01" },
      { name: "x", rights: "all", origins: "https://app.example.com/path" },
      { name: "x", rights: "all", origins: "*" },
    ];
    for (const fields of wrong) expect((await pages.post(KEYS, fields)).status).toBe(422);
    expect(await keysOf(organization.id)).toHaveLength(2);
  });

  it("say of each key what becomes of it, as requests are told and programs read it", async () => {
    const { organization, pages } = await newPeople();
    const { id: organizationId } = organization;
    const source = await mintSource(db, organizationId);
    const mint = async (name: string, rights: object) =>
      (await mintApiKey(db, { organizationId, name, ...rights })).row;
    const states = {
      works: await mint("works", { scopes: ["keys:read"] }),
      allows_nothing: await mint("idle", { scopes: ["calls:read"], campaignId: "cmp_1" }),
      source_deleted: await mint("gone", { scopes: ["notices:write"], sourceId: source.id }),
      ended: await mint("ended", { scopes: null, expiresAt: NOON - 1 }),
      revoked: await mint("revoked", {}),
    };
    await db.update(sources).set({ deletedAt: NOON }).where(eq(sources.id, source.id));
    await db.update(apiKeys).set({ revokedAt: NOON }).where(eq(apiKeys.id, states.revoked.id));
    const { text } = await pages.page(KEYS);
    for (const word of ["Works", "Allows nothing", "Its source is deleted", "Ended", "Revoked"])
      expect(text, word).toContain(`${word}</span>`);
    const client = apiClient();
    const listed = await client.get("/v1/api-keys", { key: organization.key });
    const stateOf = new Map(listed.body.data.map(({ id, state }: { id: string; state: string }) => [id, state]));
    for (const [state, { id }] of Object.entries(states)) expect(stateOf.get(id), state).toBe(state);
  });

  it("rotate with an overlap and revoke after asking", async () => {
    const { organization, pages } = await newPeople();
    const { row } = await mintApiKey(db, { organizationId: organization.id, name: SCRIPT });
    expect((await pages.page(KEYS)).text).not.toContain("<script>alert");
    const rotated = await pages.post(`${KEYS}/${row.id}/rotate`, { overlap: "1" });
    expect(await rotated.text()).toMatch(/tk_[0-9a-z]{40}/);
    const keys = await keysOf(organization.id);
    const former = keys.find(({ id }) => id === row.id);
    expect(former?.rotatedTo).not.toBeNull();
    expect((await pages.post(`${KEYS}/${row.id}/rotate`, { overlap: "1" })).status).toBe(409);
    expect((await pages.page(`${KEYS}/${former?.rotatedTo}/revoke`)).text).toContain("It was never used.");
    await pages.post(`${KEYS}/${former?.rotatedTo}/revoke`, {});
    const revoked = (await keysOf(organization.id)).find(({ id }) => id === former?.rotatedTo);
    expect(revoked?.revokedAt).not.toBeNull();
  });

  it("are made once by a form that is sent twice, which shows the key both times; a changed form is another one", async () => {
    const { organization, pages } = await newPeople();
    const form = { once: "one", name: "Reporting", rights: "all" };
    const keyIn = async (answer: Response | Promise<Response>) =>
      /tk_[0-9a-z]{40}/.exec(await (await answer).text())?.[0];
    const twice = await Promise.all([keyIn(pages.post(KEYS, form)), keyIn(pages.post(KEYS, form))]);
    expect(twice[0]).toMatch(/^tk_/);
    expect(twice[1]).toBe(twice[0]);
    expect(await keyIn(pages.post(KEYS, { ...form, name: "Another" }))).not.toBe(twice[0]);
    expect(await keysOf(organization.id)).toHaveLength(3);
    expect((await visit(organization, { now: NOON + 71 * MINUTE }).post(KEYS, form)).status).toBe(422);
    const made = (await keysOf(organization.id)).find(({ name }) => name === "Reporting");
    const rotate = () => keyIn(pages.post(`${KEYS}/${made?.id}/rotate`, { once: "two", overlap: "1" }));
    const rotated = await Promise.all([rotate(), rotate()]);
    expect(rotated[0]).toMatch(/^tk_/);
    expect([rotated[1], rotated[0] === twice[0]]).toEqual([rotated[0], false]);
    expect(await keysOf(organization.id)).toHaveLength(4);
    const other = visit(organization, { userId: "usr_2" });
    expect(await keyIn(other.post(KEYS, { ...form, once: "three" }))).not.toBe(twice[0]);
  });

  it("are of one organization, for who may, and ask again who somebody is", async () => {
    const { organization, pages, userId } = await newPeople();
    const other = await mintOrganization(db);
    for (const path of ["rotate", "revoke"]) {
      expect((await pages.page(`${KEYS}/${other.apiKeyId}/${path}`)).status).toBe(404);
      expect((await pages.post(`${KEYS}/${other.apiKeyId}/${path}`, {})).status).toBe(404);
    }
    expect((await visit(organization, { role: "supervisor" }).page(KEYS)).status).toBe(403);
    const developer = visit(organization, { role: "developer", userId });
    expect((await developer.post(KEYS, { name: "x", rights: "all" })).status).toBe(422);
    const late = unconfirmed(organization, userId);
    expect((await late.post(KEYS, { name: "x", rights: "all" })).status).toBe(403);
    expect(await keysOf(organization.id)).toHaveLength(1);
  });
});

describe("the lists of Settings", () => {
  const nextIn = (text: string, path: string) =>
    new RegExp(`href="(${path}\\?[^"]*)"`).exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";

  it("have pages of fifty, which lead through all of them and back", async () => {
    const organization = await mintOrganization(db);
    const of = { organizationId: organization.id };
    const names = Array.from({ length: 60 }, (_, at) => `Number-${String(at).padStart(3, "0")}-`);
    for (const name of names) {
      await mintApiKey(db, { ...of, name });
      await mintTeam(db, organization.id, name);
    }
    for (const path of [KEYS, "/dashboard/settings/teams"]) {
      const pages = visit(organization);
      const first = await pages.page(path);
      expect(first.trips).toBeLessThanOrEqual(3);
      const next = nextIn(first.text, path);
      expect(next, path).toContain("after=");
      const second = await pages.page(next);
      const seen = [first.text, second.text].map((text) => names.filter((name) => text.includes(name)));
      // The organization's own first key is among them.
      expect(Math.max(...seen.map(({ length }) => length)), path).toBeLessThanOrEqual(50);
      expect([seen.flat().length, new Set(seen.flat()).size], path).toEqual([60, 60]);
      expect(second.text).toContain(`href="${path}"`);
      expect(nextIn(second.text, path), path).toBe("");
    }
  });

  it("count all members, and page members and invitations each by themselves", async () => {
    const organization = await mintOrganization(db);
    for (let at = 0; at < 55; at += 1) await mintMember(db, organization.id);
    const emails = Array.from({ length: 55 }, (_, at) => `person-${at}@acme.example`);
    const wanted = { organizationId: organization.id, emails, role: "viewer", campaigns: null, teams: null };
    await invite({ db }, wanted, { scopes: null, campaignId: null, sourceId: null, expiresAt: null }, ACT_AT_NOON);
    const pages = visit(organization);
    const { text, trips } = await pages.page(PEOPLE);
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).toContain("55");
    const links = [...text.matchAll(/href="([^"]*\?(?:after|invited)=[^"]*)"/g)].map(([, href = ""]) => href);
    expect(links.map((href) => /\?(\w+)=/.exec(href)?.[1])).toEqual(["after", "invited"]);
    const [members = "", invitations = ""] = await Promise.all(
      links.map(async (href) => (await pages.page(href.replaceAll("&amp;", "&"))).text),
    );
    const rows = (page: string) => page.match(/<tr data-href="[^"]*\/people\/usr_/g)?.length ?? 0;
    expect([rows(text), rows(members), rows(invitations)]).toEqual([50, 5, 50]);
  });
});
