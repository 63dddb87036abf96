import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createCampaign, updateCampaign } from "../../src/campaigns";
import { triggers } from "../../src/db/triggers";
import { auditedBinding, isWrite } from "../../src/db/audited";
import { openDatabase, runBatch } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { mintCall, mintCampaign, mintEndpoint, mintOperator, mintOrganization, mintSource, NOON } from "../factories";

const db = openDatabase(env.DB);

function asActor(actor: string) {
  return openDatabase(auditedBinding(env.DB, { actor, address: null, requestId: null, at: NOON }));
}

async function entriesOf(organizationId: string) {
  return db.select().from(schema.auditLog).where(eq(schema.auditLog.organizationId, organizationId));
}

/** The entries of what a campaign went through, without those of making the organization. */
async function ofCampaigns(organizationId: string) {
  return (await entriesOf(organizationId)).filter(({ resourceType }) => resourceType === "campaign");
}

const act = { actor: { kind: "system" as const }, now: NOON };

describe("the triggers of the audit log", () => {
  // Where this fails, `npm run db:triggers` makes what a migration has to add.
  it("are those that the code asks for, like all triggers", async () => {
    const { results } = await env.DB.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all<{
      name: string;
      sql: string;
    }>();
    expect(new Map(results.map(({ name, sql: text }) => [name, text]))).toEqual(triggers());
  });

  it("record a change where no act is set as done by the system, as an older Worker makes it", async () => {
    const { id } = await mintOrganization(db);
    await mintCampaign(db, id);
    await env.DB.prepare("UPDATE campaigns SET name = 'New' WHERE organization_id = ?").bind(id).run();
    const entries = await ofCampaigns(id);
    expect(entries).toHaveLength(2);
    expect(entries.find(({ action }) => action === "campaign.updated")).toMatchObject({
      actor: "system",
      before: JSON.stringify({ name: "Renewals" }),
      after: JSON.stringify({ name: "New" }),
      requestId: null,
    });
  });

  it("write JSON as JSON and yes and no as such, and only what changed", async () => {
    const { id } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    await asActor("key_1")
      .update(schema.endpoints)
      .set({ paused: true, events: ["call.completed"], version: 2, updatedAt: NOON + 1 })
      .where(eq(schema.endpoints.id, endpoint.id));
    const [entry] = (await entriesOf(id)).filter(({ action }) => action === "endpoint.updated");
    expect(JSON.parse(entry!.before!)).toEqual({ events: ["*"], paused: false });
    expect(JSON.parse(entry!.after!)).toEqual({ events: ["call.completed"], paused: true });
  });

  it("let a change through whose column holds no JSON", async () => {
    const { id } = await mintOrganization(db);
    await mintCampaign(db, id);
    await env.DB.prepare("UPDATE campaigns SET settings = 'broken' WHERE organization_id = ?").bind(id).run();
    const [entry] = (await ofCampaigns(id)).filter(({ action }) => action === "campaign.updated");
    expect(JSON.parse(entry!.after!)).toEqual({ settings: "broken" });
  });

  it("write nothing where nothing changes, and nothing for technical columns", async () => {
    const { id } = await mintOrganization(db);
    const [campaign, endpoint] = [await mintCampaign(db, id), await mintEndpoint(db, id)];
    const before = (await entriesOf(id)).length;
    const mine = asActor("key_1");
    await updateCampaign(
      { db: mine },
      { organizationId: id, reach: FULL_REACH, id: campaign.id },
      { name: campaign.name },
      act,
    );
    await mine
      .update(schema.endpoints)
      .set({ version: 7, updatedAt: NOON + 5 })
      .where(eq(schema.endpoints.id, endpoint.id));
    expect(await entriesOf(id)).toHaveLength(before);
  });

  it("show no secret, only that it changed", async () => {
    const { id } = await mintOrganization(db);
    const source = await mintSource(db, id, { secrets: "sealed-one", credentials: null });
    const endpoint = await mintEndpoint(db, id, { secrets: "sealed-two", headers: { authorization: "hush" } });
    const mine = asActor("key_1");
    await mine.update(schema.sources).set({ credentials: "sealed-three" }).where(eq(schema.sources.id, source.id));
    await mine.delete(schema.endpoints).where(eq(schema.endpoints.id, endpoint.id));
    const entries = await entriesOf(id);
    const [changed] = entries.filter(({ action }) => action === "source.updated");
    expect([changed?.before, changed?.after]).toEqual(['{"credentials":null}', '{"credentials":"masked"}']);
    expect(JSON.stringify(entries)).not.toMatch(/sealed-|hush|hash":"[0-9a-f]/);
  });

  it("leave calls, and operators that calls make, without entries and without rows written", async () => {
    const { id } = await mintOrganization(db);
    const before = (await entriesOf(id)).length;
    const call = await mintCall(db, id);
    await db.update(schema.calls).set({ campaignId: "cmp_1" }).where(eq(schema.calls.id, call.id));
    await mintOperator(db, id);
    const { meta } = await env.DB.prepare(
      "INSERT INTO operator_references (organization_id, reference, operator_id, created_at) VALUES (?, 'r', 'o', 1)",
    )
      .bind(id)
      .run();
    expect(meta.rows_written).toBe(1);
    expect(await entriesOf(id)).toHaveLength(before);
  });
});

describe("an entry", () => {
  it("is never changed, deleted or replaced", async () => {
    const { id } = await mintOrganization(db);
    const before = await entriesOf(id);
    await expect(env.DB.prepare("UPDATE audit_log SET actor = 'nobody'").run()).rejects.toThrow(/only grows/);
    await expect(env.DB.prepare("DELETE FROM audit_log").run()).rejects.toThrow(/only grows/);
    await env.DB.prepare(
      `INSERT OR REPLACE INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id)
        VALUES (?, ?, 1, 'nobody', 'x.y', 'x', 'y')`,
    )
      .bind(id, before[0]!.id)
      .run();
    expect(await entriesOf(id)).toEqual(before);
  });
});

describe("the database of a request", () => {
  it("leaves neither change nor entry nor act where its batch fails", async () => {
    const { id } = await mintOrganization(db);
    const before = await entriesOf(id);
    const mine = asActor("key_1");
    const campaign = { organizationId: id, number: 1, name: "One", settings: { autoAnalyze: true }, createdAt: NOON };
    const failing = runBatch(mine, [
      mine.insert(schema.campaigns).values({ ...campaign, id: `cmp_${id}` }),
      mine.run(sql`INSERT INTO campaigns (id) VALUES (NULL)`),
    ]);
    await expect(failing).rejects.toThrow(/NOT NULL/);
    expect(await entriesOf(id)).toEqual(before);
    expect(await db.select().from(schema.campaigns).where(eq(schema.campaigns.organizationId, id))).toEqual([]);
    expect(await db.select().from(schema.auditAct)).toEqual([]);
  });

  it("never takes the actor of another that writes at the same time", async () => {
    const { id } = await mintOrganization(db);
    const names = Array.from({ length: 40 }, (_, index) => `key_${index}`);
    await Promise.all(
      names.map((name) =>
        createCampaign({ db: name === "key_0" ? db : asActor(name) }, { organizationId: id, name }, act),
      ),
    );
    const entries = await ofCampaigns(id);
    expect(entries).toHaveLength(names.length);
    for (const { actor, after } of entries) {
      const { name } = JSON.parse(after!) as { name: string };
      expect(actor).toBe(name === "key_0" ? "system" : name);
    }
  });

  it("gives the results of the statements alone, in every way they are asked for", async () => {
    const { id } = await mintOrganization(db);
    const binding = auditedBinding(env.DB, { actor: "key_1", address: null, requestId: null, at: NOON });
    const insert = (number: number) =>
      binding
        .prepare(
          `INSERT INTO campaigns (id, organization_id, number, name, settings, created_at)
            VALUES (?, ?, ?, 'n', '{}', 1) RETURNING number, name`,
        )
        .bind(`cmp_${id}_${number}`, id, number);
    expect((await insert(1).all()).results).toEqual([{ number: 1, name: "n" }]);
    expect((await insert(2).run()).results).toEqual([{ number: 2, name: "n" }]);
    expect(await insert(3).raw()).toEqual([[3, "n"]]);
    expect(await insert(4).first()).toEqual({ number: 4, name: "n" });
    expect(await insert(5).first("number")).toBe(5);
    const read = binding.prepare("SELECT count(*) AS n FROM campaigns WHERE organization_id = ?").bind(id);
    const results = await binding.batch([insert(6), read]);
    expect(results.map((one) => one.results)).toEqual([[{ number: 6, name: "n" }], [{ n: 6 }]]);
    expect(await read.first("n")).toBe(6);
    expect((await ofCampaigns(id)).map(({ actor }) => actor)).toEqual(Array(6).fill("key_1"));
    expect(() => binding.exec("DELETE FROM campaigns")).toThrow(/by prepare and batch only/);
  });

  it("knows what writes", () => {
    const reads = ["select 1", " (SELECT 1)", "WITH a AS (SELECT 1) SELECT * FROM a", "PRAGMA table_info(calls)"];
    const writes = [
      "insert into a values (1)",
      "UPDATE a SET b = 1",
      "WITH a AS (SELECT 1) DELETE FROM b",
      "replace into a",
    ];
    expect(reads.filter(isWrite)).toEqual([]);
    expect(writes.filter((one) => !isWrite(one))).toEqual([]);
    expect(isWrite("INSERT OR IGNORE INTO audit_log SELECT 1")).toBe(false);
  });
});
