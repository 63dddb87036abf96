import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createConnector, updateConnector } from "../../src/connectors";
import { openCredentials } from "../../src/connectors/config/connector";
import { connectors, organizations, sources } from "../../src/db/schema";
import { reachOfCampaign, systemAct } from "../../src/identity";
import { mintApiKey, mintCampaign, mintOrganization, NOON, openDatabase, TEST_MASTER_KEYS } from "../factories";
import { apiClient } from "./api/client";
import { newConnector } from "./new-connector";
import { CSRF, MOST_TRIPS, visit } from "./visiting";

const db = openDatabase(env.DB);
const ANY = { allowPrivateAddresses: true, ownHosts: [] };

describe("a storage", () => {
  it("keeps each secret that is left out, and refuses at its field what cannot be kept", async () => {
    const one = await newConnector();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const stored = async () => openCredentials(TEST_MASTER_KEYS, await one.row());
    const change = (credentials: object, settings?: Record<string, unknown>) =>
      updateConnector(deps, one.target, { credentials, ...(settings && { settings }) }, systemAct(NOON));
    const wrong = async (credentials: object, settings?: Record<string, unknown>) => {
      const refused = await change(credentials, settings);
      return !refused.ok && refused.error.kind === "invalid" ? refused.error.fields.map(({ field }) => field) : [];
    };
    expect((await change({ secret_key: "new" })).ok).toBe(true);
    expect(await stored()).toEqual({ access_key: "AK", secret_key: "new" });
    expect(await wrong({ access_key: "OTHER" })).toEqual(["credentials.secret_key"]);
    expect(await wrong({ secret_key: "x" }, { bucket: "others" })).toEqual(["credentials.access_key"]);
    expect(await stored()).toEqual({ access_key: "AK", secret_key: "new" });
    expect((await change({ access_key: "OTHER", secret_key: "other" }, { bucket: "others" })).ok).toBe(true);
  });

  it("of Neotel keeps the API's user beside a new password of FTP, and the other way round", async () => {
    const one = await newConnector();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const settings = { base_url: "https://neotel.example.com/api", id_task: 1, host: "ftp.example.com", username: "c" };
    const input = { ...one.within, kind: "neotel" as const, name: "Neotel", campaignId: one.campaign.id, settings };
    const credentials = { password: "f1", api_user: "u1", api_password: "p1" };
    const alone = await createConnector(
      deps,
      { ...input, credentials: { password: "f1", api_password: "p1" } },
      systemAct(NOON),
    );
    expect(alone).toMatchObject({ error: { fields: [{ field: "credentials.api_user" }] } });
    const made = await createConnector(deps, { ...input, credentials }, systemAct(NOON));
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const target = { ...one.within, id: made.value.id };
    const stored = async () => {
      const row = await db.select().from(connectors).where(eq(connectors.id, target.id)).get();
      return openCredentials(TEST_MASTER_KEYS, row!);
    };
    const change = (given: object, moved?: Record<string, unknown>) =>
      updateConnector(deps, target, { credentials: given, ...(moved && { settings: moved }) }, systemAct(NOON));
    await change({ password: "f2" });
    expect(await stored()).toEqual({ password: "f2", api_user: "u1", api_password: "p1" });
    await change({ api_user: "u1", api_password: "p2" });
    await change({ api_password: "p3" });
    expect(await stored()).toEqual({ password: "f2", api_user: "u1", api_password: "p3" });
    expect(await change({ api_user: "u2" })).toMatchObject({
      error: { fields: [{ field: "credentials.api_password" }] },
    });
    expect(await change({ password: "f3" }, { host: "other.example.com" })).toMatchObject({
      error: { fields: [{ field: "credentials.api_user" }, { field: "credentials.api_password" }] },
    });
    await change({ api_user: "" });
    expect(await stored()).toEqual({ password: "f2", api_user: "" });
  });

  it("has all that is wrong with a new one said at once, each at its field", async () => {
    const organization = await mintOrganization(db);
    const text = await (await visit(organization).post("/dashboard/connectors", { kind: "s3", once: "one" })).text();
    for (const field of ["name", "campaign", "endpoint", "bucket", "accessKey", "secretKey"])
      expect(text, field).toContain(`id="${field}-error"`);
  });

  it("says at a key that another bucket needs it again", async () => {
    const one = await newConnector();
    const pages = visit(
      (await db.select().from(organizations).where(eq(organizations.id, one.within.organizationId)).get())!,
    );
    const at = `/dashboard/connectors/${one.id}/settings`;
    const shown = (await pages.page(at)).text;
    const fields = Object.fromEntries(
      [...shown.matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
        name,
        value,
      ]),
    );
    const kept = { ...fields, csrf: CSRF, sidecarFields: "", campaigns: "", bucket: "others" };
    const refused = await (await pages.post(at, kept)).text();
    expect([refused.includes('id="accessKey-error"'), refused.includes('id="name-error"')]).toEqual([true, false]);
  });

  it("has a source that is worked on as the storage alone", async () => {
    const one = await newConnector();
    const { sourceId } = await one.row();
    const organization = await db
      .select()
      .from(organizations)
      .where(eq(organizations.id, one.within.organizationId))
      .get();
    const { ask, page, post } = visit(organization!);
    const storage = `/dashboard/connectors/${one.id}`;
    for (const path of [
      `sources/${sourceId}`,
      `sources/${sourceId}/settings`,
      `campaigns/${one.campaign.id}/sources?source=${sourceId}`,
    ])
      expect((await ask(`/dashboard/${path}`)).headers.get("location"), path).toBe(storage);
    for (const path of ["sources", `campaigns/${one.campaign.id}/sources`]) {
      const { text, trips } = await page(`/dashboard/${path}`);
      expect([text.includes(`href="${storage}"`), text.includes(sourceId), trips <= MOST_TRIPS], path).toEqual([
        true,
        false,
        true,
      ]);
    }
    for (const act of ["pause", "delete"]) {
      const refused = await post(`/dashboard/sources/${sourceId}/${act}`);
      expect([refused.status, (await refused.text()).includes("Exchange")], act).toEqual([409, true]);
    }
    expect(await db.select().from(sources).where(eq(sources.id, sourceId)).get()).toMatchObject({
      state: "active",
      deletedAt: null,
    });
    expect((await post(`${storage}/delete`)).status).toBe(303);
  });

  it("leads from its processing to itself, however many sources there are, and where its source is gone", async () => {
    const one = await newConnector();
    const { organizationId } = one.within;
    const { sourceId } = await one.row();
    // More than a list of sources has, all of them newer.
    const others = Array.from({ length: 210 }, (_, at) => ({ ...LISTED, id: `src_9${at}_${one.id}`, organizationId }));
    for (let from = 0; from < others.length; from += 9) await db.insert(sources).values(others.slice(from, from + 9));
    const pages = visit(await organizationOf(one));
    const path = `/dashboard/campaigns/${one.campaign.id}/processing?source=${sourceId}`;
    await db.update(connectors).set({ name: "Renamed" }).where(eq(connectors.id, one.id));
    const { status, text, trips } = await pages.page(path);
    expect([status, trips <= MOST_TRIPS]).toEqual([200, true]);
    expect(text).toContain(`href="/dashboard/connectors/${one.id}"`);
    expect(text).toContain("Calls of Renamed");
    const seen = /name="seen" value="([^"]*)"/.exec(text)?.[1] ?? "";
    const saved = await pages.post(`/dashboard/campaigns/${one.campaign.id}/processing`, {
      seen,
      source: sourceId,
      autoAnalyze: "no",
    });
    expect(saved.status).toBe(303);
    const listed = (await pages.page(`/dashboard/campaigns/${one.campaign.id}/processing`)).text;
    expect(listed).toContain(`data-href="${path}"`);
    await db.update(sources).set({ deletedAt: NOON }).where(eq(sources.id, sourceId));
    expect((await pages.ask(path)).headers.get("location")).toBe(`/dashboard/connectors/${one.id}`);
    const elsewhere = await mintCampaign(db, organizationId);
    const kept = visit(await organizationOf(one), { reach: reachOfCampaign(elsewhere.id) });
    const beyond = `/dashboard/campaigns/${elsewhere.id}/processing?source=${sourceId}`;
    expect((await kept.ask(beyond)).status).toBe(404);
  });

  it("that looks where another does is made once its person said that it is meant so", async () => {
    const one = await newConnector();
    const organization = await organizationOf(one);
    const pages = visit(organization);
    const form = {
      ...FORM,
      campaign: one.campaign.id,
      importPath: "/incoming/mexico/",
      processedPath: "",
      once: "two",
    };
    const asked = await pages.post("/dashboard/connectors", form);
    const text = await asked.text();
    expect([asked.status, text.includes("Is this folder looked into twice?")]).toEqual([409, true]);
    expect(text).toContain(`href="/dashboard/connectors/${one.id}"`);
    for (const kept of ["Second", "/incoming/mexico/", "AK2"]) expect(text).toContain(`value="${kept}"`);
    // Said of another storage, it is not said of this one.
    expect((await pages.post("/dashboard/connectors", { ...form, same_place: "con_other" })).status).toBe(409);
    const made = await pages.post("/dashboard/connectors", { ...form, same_place: one.id });
    expect(made.status).toBe(303);
    const second = made.headers.get("location")?.split("/").at(-1)?.split("?")[0] ?? "";
    // Saved as it is, nobody is asked again; moved to where another one looks, they are.
    const at = `/dashboard/connectors/${second}/settings`;
    const shown = (await pages.page(at)).text;
    const fields = { ...filledOn(shown), sidecarFields: "", campaigns: "", name: "Renamed" };
    expect((await pages.post(at, fields)).status).toBe(303);
    const third = { ...form, bucket: "others", once: "three" };
    const free = (await pages.post("/dashboard/connectors", third)).headers.get("location")?.split("?")[0] ?? "";
    const freeFields = { ...filledOn((await pages.page(`${free}/settings`)).text), sidecarFields: "", campaigns: "" };
    const moved = { ...freeFields, bucket: "calls", accessKey: "AK3", secretKey: "hush" };
    const again = await pages.post(`${free}/settings`, moved);
    expect([again.status, (await again.text()).includes(`href="/dashboard/connectors/${second}"`)]).toEqual([
      409,
      true,
    ]);
    const ids = [one.id, second].toSorted().join(",");
    expect((await pages.post(`${free}/settings`, { ...moved, same_place: ids })).status).toBe(303);
  });

  it("names no storage of another organization, nor one beyond a member's limit", async () => {
    const one = await newConnector();
    const mine = await mintCampaign(db, one.within.organizationId);
    const limited = visit(await organizationOf(one), { reach: reachOfCampaign(mine.id) });
    expect((await limited.post("/dashboard/connectors", { ...FORM, campaign: mine.id, once: "a" })).status).toBe(303);
    const other = await mintOrganization(db);
    const theirs = await mintCampaign(db, other.id);
    const posted = await visit(other).post("/dashboard/connectors", { ...FORM, campaign: theirs.id, once: "b" });
    expect(posted.status).toBe(303);
  });

  it("that looks where another does is made by the API with a warning", async () => {
    const one = await newConnector();
    const { key } = await mintApiKey(db, { organizationId: one.within.organizationId });
    const api = apiClient();
    const body = {
      name: "Second",
      campaign_id: one.campaign.id,
      connection: { endpoint: "https://s3.example.com", bucket: "calls", accessKey: "AK", secretKey: "hush" },
      autoImport: { importPath: "/" },
    };
    const made = await api.post("/v1/connectors", { key, body });
    const same = [{ id: one.id, name: "Exchange" }];
    expect(made).toMatchObject({ status: 201, body: { same_place: same, warnings: ["same_place"], left_files: null } });
    const at = `/v1/connectors/${(made.body as { id: string }).id}`;
    const moved = await api.patch(at, { key, body: { autoImport: { importPath: "/elsewhere/" } } });
    expect(moved).toMatchObject({ status: 200, body: { same_place: [] } });
  });

  it("says which files it left without refusing them, and what to do, in both languages", async () => {
    const one = await newConnector({ processed_path: "processed" });
    const pages = visit(await organizationOf(one));
    const path = `/dashboard/connectors/${one.id}`;
    expect((await pages.page(path)).text).not.toContain("Files that no look takes in");
    const names = Array.from({ length: 10 }, (_, at) => `incoming/${at}.wav`);
    const left = { empty: { count: 1_200, names }, taken: { count: 1, names: ["incoming/<b>again.wav"] } };
    await db.update(connectors).set({ leftFiles: left }).where(eq(connectors.id, one.id));
    const { text } = await pages.page(path);
    for (const said of [
      "1,200 files are empty (0 bytes)",
      "The names of 10 of them",
      "1 file was taken in before",
      "incoming/&lt;b&gt;again.wav",
      "incoming/9.wav",
    ])
      expect(text).toContain(said);
    const spanish = (await pages.page(path, { cookie: "trunkline_language=es" })).text;
    for (const said of ["archivos están vacíos (0 bytes)", "1 archivo ya se importó"]) expect(spanish).toContain(said);
  });

  it("of another kind keeps what was filled in, also what that kind has no field for", async () => {
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    const pages = visit(organization);
    const choose = async (fields: Record<string, string>, kind: string) => {
      const answer = await pages.post("/dashboard/connectors", { ...fields, do: "", choose: kind });
      expect(answer.status).toBe(200);
      return filledOn(await answer.text());
    };
    const begun = filledOn((await pages.page("/dashboard/connectors/new?kind=s3")).text);
    const typed = { ...begun, campaign: campaign.id, name: "Exchange", bucket: "calls", secretKey: "hush", poll: "90" };
    const server = await choose({ ...typed, sidecarFields: "operator = agent" }, "sftp");
    expect(server).toMatchObject({ kind: "sftp", name: "Exchange", poll: "90", importPath: "/incoming/" });
    expect(server).toMatchObject({ once: begun["once"], kept_bucket: "calls", kept_secretKey: "hush" });
    const rows = await choose({ ...server, host: "files.example.com" }, "neotel");
    expect(rows).toMatchObject({ patterns: "*", host: "files.example.com", kept_bucket: "calls", poll: "90" });
    const back = await choose(rows, "s3");
    expect(back).toMatchObject({
      bucket: "calls",
      secretKey: "hush",
      region: "us-east-1",
      patterns: "*.mp3 *.wav *.m4a",
    });
    expect(back).toMatchObject({ kept_host: "files.example.com", importPath: "/incoming/", name: "Exchange" });
    const printed = '{"bucket": "printed", "autoAnalyze": true}';
    const filled = filledOn(await (await pages.post("/dashboard/connectors/fill", { ...back, printed })).text());
    expect(filled).toMatchObject({ bucket: "printed", name: "Exchange", secretKey: "hush", once: begun["once"] });
    const wrong = await pages.post("/dashboard/connectors/fill", { ...back, printed: "no JSON at all" });
    const said = await wrong.text();
    expect([wrong.status, said.includes("no JSON at all"), said.includes('value="Exchange"')]).toEqual([
      422,
      true,
      true,
    ]);
  });
});

const FORM = {
  kind: "s3",
  do: "save",
  name: "Second",
  endpoint: "https://s3.example.com",
  bucket: "calls",
  accessKey: "AK2",
  secretKey: "hush",
  importPath: "/incoming/",
  processedPath: "/processed/",
  patterns: "*.wav",
  poll: "300",
};

const LISTED = {
  kind: "hmac",
  name: "PBX",
  campaignId: null,
  settings: {},
  secrets: null,
  credentials: null,
  state: "active" as const,
  createdAt: NOON,
  deletedAt: null,
};

async function organizationOf(one: Awaited<ReturnType<typeof newConnector>>) {
  return (await db.select().from(organizations).where(eq(organizations.id, one.within.organizationId)).get())!;
}

/** The inputs of a page, by name. */
function filledOn(text: string): Record<string, string> {
  const inputs = [...text.matchAll(/<input[^>]*>/g)].flatMap(([input]) => {
    const [name, value] = [/ name="([^"]*)"/.exec(input)?.[1], / value="([^"]*)"/.exec(input)?.[1] ?? ""];
    return name === undefined || / type="checkbox"/.test(input) ? [] : [[name, value] as const];
  });
  return Object.fromEntries(inputs);
}
