import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createConnector, updateConnector } from "../../src/connectors";
import { openCredentials } from "../../src/connectors/config/connector";
import { connectors, organizations, sources } from "../../src/db/schema";
import { systemAct } from "../../src/identity";
import { mintOrganization, NOON, openDatabase, TEST_MASTER_KEYS } from "../factories";
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
});
