import { PLATFORMS, platformOf } from "../../../src/platforms";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../../src/db/client";
import { writeRow } from "../../../src/db/rows";
import { campaigns } from "../../../src/db/schema";
import {
  defaultSourceOf,
  createSource,
  deleteSource,
  ensureDefaultSource,
  listSources,
  loadAccess,
  loadSource,
  readSource,
  retirePreviousSecret,
  rotateSecret,
  updateSource,
  webhookPathOf,
} from "../../../src/sources";
import { ACT_AT_NOON } from "../../factories";
import { FULL_REACH, systemAct } from "../../../src/identity";

const { DB } = env as typeof env & { DB: D1Database };
const db = openDatabase(DB);
const KEYS = new Map([[1, new Uint8Array(32)]]);
const NOW = Date.parse("2026-02-10T13:00:00Z");

async function makeAudian(changes: object = {}) {
  const made = await createSource(
    { db, masterKeys: KEYS },
    PLATFORMS.audian,
    { reach: FULL_REACH, organizationId: "org_1", name: "Audian", ...changes },
    systemAct(NOW),
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return { ...made.value, target: { organizationId: "org_1", id: made.value.source.id } };
}

describe("a signed source", () => {
  it("is made with a secret that is shown once and stored sealed", async () => {
    const { source, secret, target } = await makeAudian();
    expect(secret).toMatch(/^whsec_[0-9a-f]{64}$/);
    expect(await readSource(db, { ...target, reach: FULL_REACH })).toEqual({ ok: true, value: source });
    expect(JSON.stringify(source)).not.toContain(secret);
    const stored = await DB.prepare("SELECT secrets FROM sources WHERE id = ?")
      .bind(source.id)
      .first<{ secrets: string }>();
    expect(stored?.secrets).toMatch(/^v1\./);
    expect(await loadSource(db, KEYS, source.id)).toMatchObject({
      kind: "audian",
      organizationId: "org_1",
      secrets: [secret],
      state: "active",
    });
  });

  it("takes the secret its platform made, if it is one", async () => {
    expect(await makeAudian({ secret: "whsec_abcdef1234567890" })).toMatchObject({ secret: "whsec_abcdef1234567890" });
    for (const secret of ["short", "has a space in the middle", "x".repeat(513), "ñandú-ñandú-ñandú"]) {
      const made = await createSource(
        { db, masterKeys: KEYS },
        PLATFORMS.audian,
        { reach: FULL_REACH, organizationId: "org_1", name: "Audian", secret },
        systemAct(NOW),
      );
      expect(made).toMatchObject({ ok: false, error: { kind: "invalid", fields: [{ field: "secret" }] } });
    }
  });

  it("has two secrets while it is rotated, and one afterwards", async () => {
    const { secret: first, source, target } = await makeAudian();
    const second = await rotateSecret(
      { db, masterKeys: KEYS },
      platformOf,
      { ...target, reach: FULL_REACH },
      { keepPrevious: true },
      ACT_AT_NOON,
    );
    if (!second.ok) throw new Error("not rotated");
    expect((await loadSource(db, KEYS, source.id))?.secrets).toEqual([second.value.secret, first]);
    const third = await rotateSecret(
      { db, masterKeys: KEYS },
      platformOf,
      { ...target, reach: FULL_REACH },
      {
        keepPrevious: true,
        secret: "whsec_abcdef1234567890",
      },
      ACT_AT_NOON,
    );
    expect(third).toMatchObject({ ok: true, value: { secret: "whsec_abcdef1234567890" } });
    expect((await loadSource(db, KEYS, source.id))?.secrets).toEqual(["whsec_abcdef1234567890", second.value.secret]);
    expect(
      await retirePreviousSecret({ db, masterKeys: KEYS }, { ...target, reach: FULL_REACH }, ACT_AT_NOON),
    ).toMatchObject({ ok: true });
    expect((await loadSource(db, KEYS, source.id))?.secrets).toEqual(["whsec_abcdef1234567890"]);
    await rotateSecret(
      { db, masterKeys: KEYS },
      platformOf,
      { ...target, reach: FULL_REACH },
      { keepPrevious: false },
      ACT_AT_NOON,
    );
    expect((await loadSource(db, KEYS, source.id))?.secrets).toHaveLength(1);
  });

  it("is closed to other organizations", async () => {
    const { target } = await makeAudian();
    const foreign = { ...target, organizationId: "org_2" };
    const missing = { ok: false, error: { kind: "not_found" } };
    expect(await readSource(db, { ...foreign, reach: FULL_REACH })).toMatchObject(missing);
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...foreign, reach: FULL_REACH },
        { name: "mine" },
        ACT_AT_NOON,
      ),
    ).toMatchObject(missing);
    expect(
      await rotateSecret(
        { db, masterKeys: KEYS },
        platformOf,
        { ...foreign, reach: FULL_REACH },
        { keepPrevious: false },
        ACT_AT_NOON,
      ),
    ).toMatchObject(missing);
    expect(await deleteSource({ db }, { ...foreign, reach: FULL_REACH }, systemAct(NOW))).toMatchObject(missing);
    expect(await readSource(db, { ...target, reach: FULL_REACH })).toMatchObject({
      ok: true,
      value: { name: "Audian" },
    });
  });

  it("is gone when deleted, secrets included", async () => {
    const { source, target } = await makeAudian();
    expect(await deleteSource({ db }, { ...target, reach: FULL_REACH }, systemAct(NOW))).toEqual({
      ok: true,
      value: undefined,
    });
    expect(await loadSource(db, KEYS, source.id)).toBeUndefined();
    expect(await readSource(db, { ...target, reach: FULL_REACH })).toMatchObject({ ok: false });
    expect(
      (await listSources(db, { reach: FULL_REACH, organizationId: "org_1", limit: 100 })).map((row) => row.id),
    ).not.toContain(source.id);
    const stored = await DB.prepare("SELECT secrets FROM sources WHERE id = ?").bind(source.id).first();
    expect(stored).toEqual({ secrets: null });
  });

  it("changes what is given and keeps the rest", async () => {
    const { target } = await makeAudian({ settings: { time_zone: "UTC" } });
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...target, reach: FULL_REACH },
        { state: "paused" },
        ACT_AT_NOON,
      ),
    ).toMatchObject({
      ok: true,
      value: { state: "paused", settings: { time_zone: "UTC" } },
    });
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...target, reach: FULL_REACH },
        { settings: { time_zone: "Europe/Berlin" }, name: " New " },
        ACT_AT_NOON,
      ),
    ).toMatchObject({
      ok: true,
      value: { state: "paused", name: "New", settings: { time_zone: "Europe/Berlin" } },
    });
    expect(
      await updateSource({ db, masterKeys: KEYS }, platformOf, { ...target, reach: FULL_REACH }, {}, ACT_AT_NOON),
    ).toMatchObject({
      ok: true,
      value: { name: "New" },
    });
  });

  it("refuses a zone, a name and a campaign that are none", async () => {
    await db.insert(campaigns).values({
      id: "cmp_1",
      organizationId: "org_2",
      number: 1,
      name: "C",
      settings: { autoAnalyze: true },
      createdAt: NOW,
    });
    for (const [field, changes] of [
      ["settings.time_zone", { settings: { time_zone: "Mars/Base" } }],
      ["name", { name: "  " }],
      ["campaign_id", { campaignId: "cmp_1" }],
    ] as const) {
      const made = await createSource(
        { db, masterKeys: KEYS },
        PLATFORMS.audian,
        { reach: FULL_REACH, organizationId: "org_1", name: "Audian", ...changes },
        systemAct(NOW),
      );
      expect(made).toMatchObject({ ok: false, error: { kind: "invalid", fields: [{ field }] } });
    }
    expect(
      await createSource(
        { db, masterKeys: KEYS },
        PLATFORMS.audian,
        { reach: FULL_REACH, organizationId: "org_2", name: "Audian", campaignId: "cmp_1" },
        systemAct(NOW),
      ),
    ).toMatchObject({ ok: true });
  });

  it("is listed by page", async () => {
    for (let index = 0; index < 3; index += 1) {
      await createSource(
        { db, masterKeys: KEYS },
        PLATFORMS.audian,
        { reach: FULL_REACH, organizationId: "org_list", name: `A${index}` },
        systemAct(NOW + index),
      );
    }
    const first = await listSources(db, { reach: FULL_REACH, organizationId: "org_list", limit: 2 });
    const rest = await listSources(db, {
      reach: FULL_REACH,
      organizationId: "org_list",
      limit: 2,
      after: { id: first[1]?.id ?? "" },
    });
    expect([...first, ...rest].map((row) => row.name)).toEqual(["A2", "A1", "A0"]);
  });
});

describe("Anura's source", () => {
  it("has the shared path, whoever makes it first; those after it have their own", async () => {
    const id = await defaultSourceOf("anura", "org_a");
    expect(id).toMatch(/^src_[0-9a-z]{26}$/);
    expect(id).toBe(await defaultSourceOf("anura", "org_a"));
    expect(id).not.toBe(await defaultSourceOf("anura", "org_b"));
    const ensure = () => writeRow(db, ensureDefaultSource(PLATFORMS.anura, "org_a", id, NOW));
    await runBatch(db, [ensure(), ensure()]);
    const second = await createSource(
      { db, masterKeys: KEYS },
      PLATFORMS.anura,
      { reach: FULL_REACH, organizationId: "org_a", name: "Anura 2" },
      systemAct(NOW),
    );
    if (!second.ok) throw new Error("not made");
    expect(second.value.source.id).not.toBe(id);
    expect(await webhookPathOf(second.value.source)).toBe(`/webhook/anura/${second.value.source.id}`);
    expect(await webhookPathOf({ kind: "anura", id, organizationId: "org_a" })).toBe(`/webhook/anura/${id}`);
    expect(
      await createSource(
        { db, masterKeys: KEYS },
        PLATFORMS.anura,
        { reach: FULL_REACH, organizationId: "org_b", name: "PBX", settings: { time_zone: "UTC" } },
        systemAct(NOW),
      ),
    ).toMatchObject({
      ok: true,
      value: { secret: null, source: { id: await defaultSourceOf("anura", "org_b") } },
    });
    await runBatch(db, [
      writeRow(db, ensureDefaultSource(PLATFORMS.anura, "org_b", await defaultSourceOf("anura", "org_b"), NOW)),
    ]);
    expect(await loadSource(db, KEYS, await defaultSourceOf("anura", "org_b"))).toMatchObject({
      settings: { time_zone: "UTC" },
      secrets: [],
    });
  });

  it("has no secret, no campaign and no end", async () => {
    const target = { organizationId: "org_a", id: await defaultSourceOf("anura", "org_a") };
    expect(
      await rotateSecret(
        { db, masterKeys: KEYS },
        platformOf,
        { ...target, reach: FULL_REACH },
        { keepPrevious: false },
        ACT_AT_NOON,
      ),
    ).toMatchObject({
      ok: false,
      error: { kind: "conflict" },
    });
    expect(await deleteSource({ db }, { ...target, reach: FULL_REACH }, systemAct(NOW))).toMatchObject({
      ok: false,
      error: { kind: "conflict" },
    });
    const made = await createSource(
      { db, masterKeys: KEYS },
      PLATFORMS.anura,
      { reach: FULL_REACH, organizationId: "org_c", name: "Anura", secret: "x".repeat(20) },
      systemAct(NOW),
    );
    expect(made).toMatchObject({ ok: false, error: { kind: "invalid" } });
  });
});

describe("credentials", () => {
  const target = async () => {
    const made = await createSource(
      { db, masterKeys: KEYS },
      PLATFORMS.twilio,
      {
        reach: FULL_REACH,
        organizationId: "org_k",
        name: "Twilio",
        secret: "an-auth-token-of-thirty-two-chars",
        credentials: { account_sid: `AC${"0".repeat(32)}`, auth_token: "an-auth-token-of-thirty-two-chars" },
      },
      systemAct(NOW),
    );
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    expect(made.value.source.hasCredentials).toBe(true);
    expect(JSON.stringify(made.value.source)).not.toContain("an-auth-token");
    return { organizationId: "org_k", id: made.value.source.id };
  };
  const stored = async (id: string) =>
    (await DB.prepare("SELECT credentials FROM sources WHERE id = ?").bind(id).first<{ credentials: string | null }>())
      ?.credentials;

  it("are stored sealed, and opened for asking only", async () => {
    const source = await target();
    expect(await stored(source.id)).toMatch(/^v1\./);
    expect(await loadSource(db, KEYS, source.id)).not.toHaveProperty("credentials");
    expect(await loadAccess(db, KEYS, source.id)).toMatchObject({
      credentials: { account_sid: `AC${"0".repeat(32)}` },
    });
  });

  it("do not follow a changed address unless they are given again", async () => {
    const source = await target();
    const moved = { settings: { api_url: "https://elsewhere.example" } };
    expect(
      await updateSource({ db, masterKeys: KEYS }, platformOf, { ...source, reach: FULL_REACH }, moved, ACT_AT_NOON),
    ).toMatchObject({
      ok: false,
      error: { kind: "invalid", fields: [{ field: "credentials" }] },
    });
    const credentials = { account_sid: `AC${"0".repeat(32)}`, auth_token: "another-token-of-thirty-two-chars" };
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...source, reach: FULL_REACH },
        { ...moved, credentials },
        ACT_AT_NOON,
      ),
    ).toMatchObject({ ok: true });
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...source, reach: FULL_REACH },
        { settings: { time_zone: "UTC" } },
        ACT_AT_NOON,
      ),
    ).toMatchObject({
      ok: true,
    });
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...source, reach: FULL_REACH },
        { settings: { api_url: null } },
        ACT_AT_NOON,
      ),
    ).toMatchObject({
      ok: false,
    });
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...source, reach: FULL_REACH },
        { settings: { api_url: null }, credentials: null },
        ACT_AT_NOON,
      ),
    ).toMatchObject({ ok: true, value: { hasCredentials: false } });
    expect(await stored(source.id)).toBeNull();
  });

  it("are refused where there is nothing to ask, and where they are none", async () => {
    const { target: audian } = await makeAudian();
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...audian, reach: FULL_REACH },
        { credentials: { api_key: "x" } },
        ACT_AT_NOON,
      ),
    ).toMatchObject({
      error: { fields: [{ field: "credentials" }] },
    });
    const source = await target();
    expect(
      await updateSource(
        { db, masterKeys: KEYS },
        platformOf,
        { ...source, reach: FULL_REACH },
        { credentials: { account_sid: "AC" } },
        ACT_AT_NOON,
      ),
    ).toMatchObject({
      ok: false,
      error: { kind: "invalid" },
    });
  });
});

describe("the secret of a Generic HMAC source", () => {
  const make = (secret_encoding: string, secret?: string) =>
    createSource(
      { db, masterKeys: KEYS },
      PLATFORMS.hmac,
      {
        reach: FULL_REACH,
        organizationId: "org_h",
        name: "CRM",
        settings: { secret_encoding },
        ...(secret === undefined ? {} : { secret }),
      },
      systemAct(NOW),
    );

  it.each(["text", "hex", "base64"])(
    "is one its encoding can be read in, made here or brought: %s",
    async (encoding) => {
      const made = await make(encoding);
      if (!made.ok) throw new Error(JSON.stringify(made.error));
      const source = await loadSource(db, KEYS, made.value.source.id);
      if (!source) throw new Error("not there");
      const request = {
        url: "https://trunkline.test/",
        headers: new Headers({ "x-signature": "00".repeat(32) }),
        body: new Uint8Array(1),
      };
      expect(await PLATFORMS.hmac.verify(request, source, NOW)).toMatchObject({ error: { reason: "wrong_signature" } });
      const target = { organizationId: "org_h", id: source.id };
      const odd = { secret: "no-such-letters-in-hex-or-64!", keepPrevious: false };
      expect(
        (await rotateSecret({ db, masterKeys: KEYS }, platformOf, { ...target, reach: FULL_REACH }, odd, ACT_AT_NOON))
          .ok,
      ).toBe(encoding === "text");
    },
  );

  it("is refused at once where it is not in its encoding", async () => {
    expect(await make("hex", "zz".repeat(20))).toMatchObject({ ok: false, error: { fields: [{ field: "secret" }] } });
    expect(await make("hex", "ab".repeat(20))).toMatchObject({ ok: true });
  });
});
