import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { readCampaignActions } from "../../src/actions";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import {
  mintCall,
  mintCallActions,
  mintCampaign,
  mintCampaignActions,
  mintEngine,
  mintOrganization,
  mintTeam,
  TEST_MASTER_KEYS,
} from "../factories";
import { db } from "./api/client";
import { expectHarmless, SCRIPT, visit } from "./visiting";

const ES = { cookie: "language=es", "accept-language": "es" };

async function world() {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const actions = async () => {
    const target = { organizationId: organization.id, reach: FULL_REACH, id: campaign.id };
    const known = await readCampaignActions({ db, masterKeys: TEST_MASTER_KEYS }, target);
    return known.ok ? known.value.actions : [];
  };
  return {
    organization,
    campaign,
    at: `/dashboard/campaigns/${campaign.id}/actions`,
    pages: visit(organization),
    actions,
  };
}

describe("buttons of post-call actions", () => {
  it("are offered to those alone who will not be refused", async () => {
    const { organization, campaign, at } = await world();
    await mintEngine(db, organization.id, { name: "llm", kind: "llm" });
    const call = await mintCall(db, organization.id, { campaignId: campaign.id });
    const { steps } = await mintCallActions(db, call);
    const [post] = steps as { action: object }[];
    const ask = { kind: "ask", id: "pca_2", name: "Cancels?", enabled: true, when: [], engine: "llm", prompt: "?" };
    const both = [post, { ...post, action: { ...ask, schema: null } }];
    await db.update(schema.callActions).set({ steps: both }).where(eq(schema.callActions.callId, call.id));
    const offered = async (scopes: string[]) => {
      const { text } = await visit(organization, { scopes }).page(`/dashboard/calls/${call.id}`);
      const panel = text.slice(text.indexOf('id="actions"'));
      const forms = panel.match(/action="\/dashboard\/calls\/[^"]+\/actions"/g) ?? [];
      return [forms.length, /name="action" value="pca_1"/.test(panel), /name="action" value="pca_2"/.test(panel)];
    };
    const reads = ["calls:read", "campaigns:read"];
    expect(await offered(reads)).toEqual([0, false, false]);
    expect(await offered([...reads, "calls:write"])).toEqual([1, true, false]);
    expect(await offered([...reads, "calls:write", "analyses:*"])).toEqual([3, true, true]);
    const kinds = async (scopes: string[]) =>
      (await visit(organization, { scopes }).page(at)).text.match(/new\?kind=\w+/g)?.map((one) => one.slice(9));
    expect(await kinds([...reads, "campaigns:write"])).toEqual(["tag", "email"]);
    expect(await kinds([...reads, "campaigns:write", "endpoints:write"])).toEqual(["tag", "webhook", "email"]);
    const form = async (...more: string[]) =>
      (await visit(organization, { scopes: [...reads, "campaigns:write", ...more] }).page(`${at}/new?kind=ask`)).text;
    expect(await form("analyses:read")).not.toContain('name="ask"');
    expect(await form("analyses:read")).toContain("does not include having this kind done");
    expect(await form("analyses:read", "analyses:write")).toContain('name="ask"');
  });
});

describe("the pages of post-call actions", () => {
  it("make actions of every kind, each with its conditions, move them, and take one away", async () => {
    const { organization, at, pages, actions } = await world();
    const team = await mintTeam(db, organization.id);
    await mintEngine(db, organization.id, { name: "llm", kind: "llm" });
    expect((await pages.page(at)).text).toContain("Nothing is done after a call");
    for (const kind of ["tag", "assign", "webhook", "email", "ask"]) {
      const { status, text, trips } = await pages.page(`${at}/new?kind=${kind}`, ES);
      expect([status, trips <= 4], `${kind}: ${trips}`).toEqual([200, true]);
      expectHarmless(text);
    }
    const ask = {
      of: "ask",
      name: "Cancels?",
      enabled: "true",
      engine: "llm",
      prompt: "Do they want to cancel?",
      seen: "0",
    };
    const form = '{"type":"object","properties":{"cancels":{"type":"boolean"}}}';
    expect((await pages.post(`${at}/new`, { ...ask, schema: form })).headers.get("location")).toBe(`${at}?done=acting`);
    const tag = { of: "tag", name: "Mark", enabled: "true", add: "cancels\nurgent", seen: "1" };
    const longer = await (await pages.post(`${at}/new`, { ...tag, more: "answer" })).text();
    expect(longer).toContain('name="c0-field"');
    const answer: [string, string][] = [
      ["kind", "answer"],
      ["c0-action", "Cancels?"],
      ["c0-field", "cancels"],
      ["c0-is", "true"],
      ["kind", "phrase"],
      ["c1-phrases", "cancel"],
      ["c1-said", "true"],
      ["c1-speaker", "any"],
    ];
    expect((await pages.post(`${at}/new`, [...Object.entries(tag), ...answer])).status).toBe(303);
    const assign = {
      of: "assign",
      name: "To the team",
      enabled: "true",
      to: `team ${team.id}`,
      due_hours: "8",
      seen: "2",
    };
    expect((await pages.post(`${at}/new`, assign)).status).toBe(303);
    expect(await actions()).toMatchObject([
      { kind: "ask", engine: "llm", schema: { type: "object" } },
      {
        kind: "tag",
        add: ["cancels", "urgent"],
        when: [
          { kind: "answer", action: "Cancels?", field: "cancels", is: ["true"] },
          { kind: "phrase", phrases: ["cancel"] },
        ],
      },
      { kind: "assign", team_id: team.id, due_hours: 8, when: [] },
    ]);
    const [, second, third] = await actions();
    const { status, text } = await pages.page(at, ES);
    expect(status).toBe(200);
    expectHarmless(text);
    await pages.post(`${at}/order`, { action: third!.id, to: "1", seen: "3" });
    expect((await actions()).map(({ kind }) => kind)).toEqual(["ask", "assign", "tag"]);
    // The answer is asked for before it is there.
    const early = await pages.post(`${at}/order`, { action: second!.id, to: "0", seen: "4" });
    expect(early.status).toBeGreaterThanOrEqual(400);
    // Somebody else has changed them since.
    const stale = await pages.post(`${at}/${third!.id}/remove`, { seen: "1" });
    expect([stale.status, (await actions()).length]).toEqual([409, 3]);
    await pages.post(`${at}/${third!.id}/remove`, { seen: "4" });
    expect((await actions()).map(({ kind }) => kind)).toEqual(["ask", "tag"]);
    const row = await db
      .select()
      .from(schema.campaigns)
      .where(eq(schema.campaigns.organizationId, organization.id))
      .get();
    expect(row?.settings.actions).toBe(2);
  });

  it("show the secret of a webhook once, and a new one in its place", async () => {
    const { at, pages, actions } = await world();
    const form = { of: "webhook", name: "CRM", enabled: "true", url: "https://crm.example.com/calls", seen: "0" };
    const made = await (await pages.post(`${at}/new`, form)).text();
    const [first] = /whsec_[\w+/=]+/.exec(made) ?? [];
    expect(first).toBeDefined();
    const [action] = await actions();
    const page = `${at}/${action!.id}`;
    expect((await pages.page(page)).text).not.toContain("whsec_");
    const replaced = await (await pages.post(`${page}/secret`)).text();
    const [second] = /whsec_[\w+/=]+/.exec(replaced) ?? [];
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
    // The same address keeps it, and another has one of its own.
    const seen = async () => /name="seen" value="(\w+)"/.exec((await pages.page(page)).text)?.[1] ?? "";
    expect((await pages.post(page, { ...form, seen: await seen() })).status).toBe(303);
    const moved = await pages.post(page, { ...form, url: "https://other.example.com/", seen: await seen() });
    expect(await moved.text()).toContain("whsec_");
  });

  it("ask before an action is removed, and before its secret is replaced", async () => {
    const { organization, at, pages, actions } = await world();
    await pages.post(`${at}/new`, {
      of: "webhook",
      name: "CRM",
      enabled: "true",
      url: "https://crm.example.com/",
      seen: "0",
    });
    await pages.post(`${at}/new`, { of: "tag", name: "Mark", enabled: "true", add: "done", seen: "1" });
    const [webhook, tag] = await actions();
    const asked = await pages.page(`${at}/${webhook!.id}/remove`);
    expect(asked.text).toContain("Remove “CRM”?");
    expect(asked.text).toMatch(/<input type="hidden" name="seen" value="2"/);
    expect((await pages.page(`${at}/${webhook!.id}/secret`)).text).toContain("A new secret for “CRM”?");
    expect(await actions()).toHaveLength(2);
    // What signs nothing has no secret.
    expect((await pages.page(`${at}/${tag!.id}/secret`)).status).toBe(404);
    const reader = visit(organization, { scopes: ["campaigns:read"] });
    expect((await reader.page(`${at}/${webhook!.id}/remove`)).status).toBe(403);
    const stranger = visit(await mintOrganization(db));
    expect((await stranger.page(`${at}/${webhook!.id}/remove`)).status).toBe(404);
  });

  it("say what is wrong beside each field", async () => {
    const { at, pages, actions } = await world();
    const post = async (fields: Record<string, string>) => {
      const answer = await pages.post(`${at}/new`, { name: "One", enabled: "true", seen: "0", ...fields });
      return [answer.status, await answer.text()] as const;
    };
    for (const [fields, field] of [
      [{ of: "tag" }, "add"],
      [{ of: "webhook", url: "" }, "url"],
      [{ of: "webhook", url: "ftp://crm.example.com" }, "url"],
      [{ of: "ask", engine: "nobody", prompt: "Why?" }, "engine"],
      [{ of: "ask", engine: "llm", prompt: "Why?", schema: "{" }, "schema"],
      [{ of: "ask", engine: "llm", prompt: "Why?", schema: '{"type":"object","$ref":"x"}' }, "schema"],
      [{ of: "assign", to: "team tem_x" }, "to"],
    ] as const) {
      const [status, text] = await post(fields);
      expect([field, status, text.includes(`id="${field}-error"`)]).toEqual([field, 422, true]);
    }
    expect(await actions()).toEqual([]);
  });

  it("try an action on a call of the campaign", async () => {
    const { organization, campaign, at, pages } = await world();
    const call = await mintCall(db, organization.id, { campaignId: campaign.id, tags: ["old"], durationSeconds: 700 });
    const tried = async (fields: [string, string][]) => {
      const form = { of: "tag", name: "Mark", enabled: "true", add: "done", seen: "0", do: "try", call: call.id };
      return (await pages.post(`${at}/new`, [...Object.entries(form), ...fields])).text();
    };
    expect(await tried([])).toContain("done, old");
    const long: [string, string][] = [
      ["kind", "duration"],
      ["c0-at_least", "900"],
    ];
    expect(await tried(long)).toContain("It would not be done");
  });

  it("of a call show what came of each, and have what failed done again", async () => {
    const { organization, pages } = await world();
    const call = await mintCall(db, organization.id);
    await mintCallActions(db, call);
    const { text } = await pages.page(`/dashboard/calls/${call.id}`, ES);
    expect(text).toContain("HTTP 500");
    expectHarmless(text);
    const reviewer = visit(organization, { role: "reviewer" });
    expect((await reviewer.post(`/dashboard/calls/${call.id}/actions`)).status).toBe(403);
    // What was set up by somebody who might is sent again by a supervisor, who may set up no request.
    const again = await visit(organization, { role: "supervisor" }).post(`/dashboard/calls/${call.id}/actions`);
    expect(again.headers.get("location")).toBe(`/dashboard/calls/${call.id}#actions`);
    const row = await db.select().from(schema.callActions).where(eq(schema.callActions.callId, call.id)).get();
    expect(row).toMatchObject({ state: "pending", steps: [{ state: "waiting", tries: 0 }] });
  });

  it("are of no script, and of nobody else", async () => {
    const { organization, campaign, at, pages } = await world();
    await mintCampaignActions(db, campaign);
    const action = {
      kind: "tag",
      id: "pca_2",
      name: SCRIPT,
      enabled: true,
      when: [],
      add: [SCRIPT.slice(0, 20)],
      remove: [],
    };
    await db
      .update(schema.campaignActions)
      .set({ actions: [action] })
      .where(eq(schema.campaignActions.campaignId, campaign.id));
    for (const path of [at, `${at}/pca_2`]) expectHarmless((await pages.page(path)).text);
    const stranger = visit(await mintOrganization(db));
    for (const path of [at, `${at}/pca_2`, `${at}/new?kind=tag`]) expect((await stranger.page(path)).status).toBe(404);
    expect((await stranger.post(`${at}/pca_2/remove`)).status).toBe(404);
    expect(organization.id).toBeDefined();
  });
});
