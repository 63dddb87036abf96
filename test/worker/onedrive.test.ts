import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import {
  beginSignIn,
  createConnector,
  endSignIn,
  explainProblem,
  openStorage,
  readPermissions,
  retryFile,
  runConnector,
  updateConnector,
  type RunDeps,
} from "../../src/connectors";
import { keepCredentials, openCredentials } from "../../src/connectors/config/connector";
import { openDatabase } from "../../src/db/client";
import { depsOf } from "../../src/deps";
import { auditLog, calls, connectorFiles, connectors } from "../../src/db/schema";
import { FULL_REACH, systemAct } from "../../src/identity";
import { app } from "../../src/app";
import { rateLimits, storageChanges } from "../../src/ingest";
import { bringInOf, noticeUrlOf, tellMoreOf } from "../../src/jobs/bring-in";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/lib/time";
import { mintApiKey, mintCampaign, mintOrganization, NOON, TEST_MASTER_KEYS } from "../factories";
import { apiClient } from "./api/client";
import { fakeGraph, graphError } from "./fake-graph";
import { newPipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const ANY = { allowPrivateAddresses: true, ownHosts: [] };
const IN = "AuthentiVoice/Incoming";

/** A connector that Ana has signed in for, its drive, and a clock that the test moves. */
async function newDrive(settings: object = {}, isConnected = true, hosts?: { login: string; graph: string }) {
  let time = NOON;
  const now = () => time;
  const drive = fakeGraph(now, hosts);
  const pipeline = newPipeline();
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const within = { organizationId: organization.id, reach: FULL_REACH };
  const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
  const made = await createConnector(
    deps,
    {
      ...within,
      kind: "onedrive",
      name: "Ana's drive",
      campaignId: campaign.id,
      settings: { client_id: "app", tenant_id: "acme.example", import_path: `/${IN}`, ...settings },
      credentials: { client_secret: "secret" },
    },
    systemAct(NOON),
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const { id, sourceId } = made.value;
  const row = async () => (await db.select().from(connectors).where(eq(connectors.id, id)).get())!;
  const credentials = async () => openCredentials(TEST_MASTER_KEYS, await row());
  drive.folder(IN);
  if (isConnected) {
    const body = new URLSearchParams({ client_id: "app", client_secret: "secret", grant_type: "authorization_code" });
    body.set("code", "code-of-ana");
    const token = await drive.fetch(
      `https://${hosts?.login ?? "login.microsoftonline.com"}/acme.example/oauth2/v2.0/token`,
      {
        method: "POST",
        body,
      },
    );
    const { refresh_token } = await token.json<{ refresh_token: string }>();
    await keepCredentials(deps, await row(), { client_secret: "secret", refresh_token });
  }
  const inbox = { put: (message: unknown) => pipeline.env.INGEST_QUEUE.send(message) };
  const uploadDeps = { db, bucket: env.BUCKET, inbox: inbox as never, now };
  const runDeps: RunDeps = {
    ...deps,
    fetch: drive.fetch as never,
    connect: () => {
      throw new Error("Graph is no server of that kind");
    },
    bringIn: bringInOf(uploadDeps),
    tellMore: tellMoreOf(uploadDeps),
    now,
  };
  return {
    id,
    drive,
    row,
    credentials,
    deps: runDeps,
    target: { ...within, id },
    calls: async () => {
      await pipeline.run();
      return db.select().from(calls).where(eq(calls.sourceId, sourceId));
    },
    names: async () => {
      await pipeline.run();
      const rows = await db.select().from(calls).where(eq(calls.sourceId, sourceId));
      return rows.map(({ custom }) => String(custom?.["file_path"])).toSorted();
    },
    files: async () => {
      const rows = await db.select().from(connectorFiles).where(eq(connectorFiles.connectorId, id));
      return rows.map(({ name, state }) => `${name} ${state}`).toSorted();
    },
    look: async (after = 10 * MINUTE, other: Partial<RunDeps> = {}) => {
      time += after;
      return runConnector({ ...runDeps, ...other }, id);
    },
    test: async () => {
      const opened = await openStorage(runDeps, { ...within, id });
      if (!opened.ok) throw new Error("no storage");
      return (await opened.value.storage.test()).map(({ step, failure }) => [step, failure?.code ?? null]);
    },
    at: () => time,
  };
}

describe("a OneDrive connector", () => {
  it("keeps a token that was replaced while somebody changed the credentials, and says nothing of it in the audit log", async () => {
    const one = await newDrive();
    const seen = await one.row();
    const noted = { ...(await one.credentials()), watch_state: "a note of a watch" };
    await keepCredentials(one.deps, await one.row(), noted);
    const before = await openCredentials(TEST_MASTER_KEYS, seen);
    await keepCredentials(one.deps, seen, { ...before, refresh_token: "the next one" });
    expect(await one.credentials()).toEqual({ ...noted, refresh_token: "the next one" });
    expect(seen.credentials).toBe((await one.row()).credentials);
    const log = await db.select().from(auditLog).where(eq(auditLog.resourceId, one.id));
    expect(log.map(({ action }) => action)).toEqual(["connector.created"]);
  });

  it("takes no token of another secret, nor an older one", async () => {
    const one = await newDrive();
    const seen = await one.row();
    const before = await openCredentials(TEST_MASTER_KEYS, seen);
    const written: Record<string, string>[] = [
      { client_secret: "another", refresh_token: "r" },
      { ...before, refresh_token: "the one after" },
    ];
    for (const theirs of written) {
      await keepCredentials(one.deps, await one.row(), theirs);
      await keepCredentials(one.deps, { ...seen }, { ...before, refresh_token: "of before" });
      expect(await one.credentials()).toEqual(theirs);
    }
  });

  it("takes in what lies in the folder and below it, once, and moves it away", async () => {
    const one = await newDrive({ processed_path: "AuthentiVoice/Done" });
    const names = ["a.wav", "with blank+plus.WAV", "Ñandú 'q' (1)&#2.wav", "Lucía/2026/b.wav"];
    for (const name of names) one.drive.put(`${IN}/${name}`);
    one.drive.put("Elsewhere/c.wav");
    one.drive.put(`${IN}/notes.txt`, "no pattern");
    one.drive.put(`${IN}/empty.wav`, "");
    await one.look();
    expect(await one.names()).toEqual(names.map((name) => `${IN}/${name}`).toSorted());
    expect(one.drive.files().toSorted()).toEqual(
      [
        "Elsewhere/c.wav",
        `${IN}/empty.wav`,
        `${IN}/notes.txt`,
        ...names.map((name) => `AuthentiVoice/Done/${name}`),
      ].toSorted(),
    );
    expect(await one.row()).toMatchObject({ imported: 4, trouble: null, looks: 1 });
    await one.look();
    await one.look();
    expect(await one.calls()).toHaveLength(4);
  });

  it("asks for what has changed alone from then on: an idle look is one question", async () => {
    const one = await newDrive();
    one.drive.put(`${IN}/a.wav`);
    await one.look();
    await one.look();
    const before = one.drive.asked.length;
    await one.look();
    expect(one.drive.asked.slice(before)).toEqual(["GET /v1.0/me/drive/root/delta"]);
    one.drive.put(`${IN}/b.wav`);
    await one.look();
    expect(await one.names()).toEqual([`${IN}/a.wav`, `${IN}/b.wav`]);
  });

  it("takes another content of a file for another call, and a new name or folder for the same", async () => {
    const one = await newDrive();
    const file = one.drive.put(`${IN}/a.wav`);
    await one.look();
    one.drive.move(file, `${IN}/Sub`, "renamed.wav");
    await one.look();
    expect(await one.calls()).toHaveLength(1);
    one.drive.put(`${IN}/Sub/renamed.wav`, sineWav(2));
    await one.look();
    expect(await one.names()).toEqual([`${IN}/Sub/renamed.wav`, `${IN}/a.wav`].toSorted());
  });

  it("finds what a folder holds that is moved in, and leaves alone what is moved out", async () => {
    const one = await newDrive();
    one.drive.put("Elsewhere/Deep/er/a.wav");
    await one.look();
    expect(await one.names()).toEqual([]);
    one.drive.move(one.drive.folder("Elsewhere/Deep"), IN);
    await one.look();
    expect(await one.names()).toEqual([`${IN}/Deep/er/a.wav`]);
    one.drive.move(one.drive.folder(`${IN}/Deep`), "Elsewhere");
    await one.look();
    one.drive.put("Elsewhere/Deep/er/b.wav");
    await one.look();
    expect(await one.calls()).toHaveLength(1);
  });

  it("goes through all pages, also when its time is over in the middle", async () => {
    const one = await newDrive();
    one.drive.inPagesOf(7);
    for (let at = 0; at < 60; at += 1) one.drive.put(`${IN}/${at % 3}/${at}.wav`);
    let late = 0;
    const fetch = async (input: never, init: never) => ((late += 20 * SECOND), one.drive.fetch(input, init));
    let again: number | undefined = 0;
    let turns = 0;
    for (; again !== undefined && turns < 100; turns += 1)
      again = await one.look(0, { fetch: fetch as never, now: () => one.at() + late });
    expect(turns).toBeGreaterThan(2);
    await one.look(DAY);
    expect(await one.calls()).toHaveLength(60);
  });

  it("loses nothing where what lies in a folder is told of before the folder, on pages of any size", async () => {
    for (const size of [1, 2, 3, 200]) {
      const one = await newDrive();
      one.drive.listChildrenFirst();
      one.drive.inPagesOf(size);
      const names = ["a.wav", "x/b.wav", "x/y/c.wav", "x/y/z/d.wav", "e/f.wav"].map((name) => `${IN}/${name}`);
      for (const name of [...names, "Elsewhere/deep/er/g.wav"]) one.drive.put(name);
      await one.look();
      expect([size, ...(await one.names())]).toEqual([size, ...names.toSorted()]);
      expect((await one.row()).imported).toBe(5);
      // From then on changes alone are asked for, in folders that it found so too.
      one.drive.put(`${IN}/x/y/z/late.wav`);
      await one.look();
      expect(await one.names()).toContain(`${IN}/x/y/z/late.wav`);
    }
  });

  it("asks the cloud that its tenant is in, and no other", async () => {
    for (const [cloud, login, graph] of [
      ["us_gov", "login.microsoftonline.us", "graph.microsoft.us"],
      ["us_dod", "login.microsoftonline.us", "dod-graph.microsoft.us"],
      ["china", "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"],
    ] as const) {
      const one = await newDrive({ cloud, processed_path: "Done" }, true, { login, graph });
      one.drive.put(`${IN}/a.wav`);
      const asked = new Set<string>();
      const fetch = (input: RequestInfo | URL, init?: RequestInit) => {
        asked.add(new URL(new Request(input, init).url).host);
        return one.drive.fetch(input, init);
      };
      await one.look(0, { fetch: fetch as never });
      await one.look(HOUR, { fetch: fetch as never });
      expect([cloud, ...asked].toSorted()).toEqual([cloud, login, graph, "acme.sharepoint.test"].toSorted());
      expect(one.drive.files()).toEqual(["Done/a.wav"]);
      const link = await beginSignIn(one.deps, one.target, { by: "usr_a", redirectUri: "https://x.example/back" });
      expect(link.ok && new URL(link.value.url).host).toBe(login);
    }
  });

  it("counts another cloud as another place, and a connector from before there was a choice as of the global one", async () => {
    const one = await newDrive();
    const { cloud: _, ...before } = (await one.row()).settings;
    await db.update(connectors).set({ settings: before }).where(eq(connectors.id, one.id));
    const change = (settings: object) =>
      updateConnector(one.deps, one.target, { settings: settings as Record<string, unknown> }, systemAct(NOON));
    expect(await change({ cloud: "china" })).toMatchObject({ error: { fields: [{ field: "credentials" }] } });
    expect((await change({ file_patterns: ["*.wav"] })).ok).toBe(true);
    one.drive.put(`${IN}/a.wav`);
    await one.look();
    expect(await one.calls()).toHaveLength(1);
  });

  it("lists everything anew after 410, and takes nothing in twice", async () => {
    const one = await newDrive();
    one.drive.put(`${IN}/a.wav`);
    await one.look();
    one.drive.put(`${IN}/b.wav`);
    one.drive.forgetChanges();
    await one.look();
    expect(await one.names()).toEqual([`${IN}/a.wav`, `${IN}/b.wav`]);
    expect(await one.row()).toMatchObject({ trouble: null, imported: 2 });
  });

  it("stores each refresh token before it uses what came with it", async () => {
    const one = await newDrive();
    const seen: boolean[] = [];
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      const { host } = new URL(new Request(input, init).url);
      if (host === "graph.microsoft.com")
        seen.push((await one.credentials())["refresh_token"] === one.drive.refreshTokens().at(-1));
      return one.drive.fetch(input, init);
    };
    for (let hour = 0; hour < 3; hour += 1) await one.look(HOUR, { fetch: fetch as never });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).not.toContain(false);
    // One that ends between the two, as by a crash, leaves a token that works.
    const crash = async (input: RequestInfo | URL, init?: RequestInit) => {
      if (new URL(new Request(input, init).url).host === "graph.microsoft.com") throw new Error("killed");
      return one.drive.fetch(input, init);
    };
    await one.look(2 * HOUR, { fetch: crash as never });
    one.drive.put(`${IN}/a.wav`);
    await one.look(2 * HOUR);
    expect((await one.row()).trouble).toBeNull();
    expect(await one.calls()).toHaveLength(1);
    expect((await one.row()).credentials).not.toContain("rt-");
  });

  it("asks for one token, however many files need it at once, and for another where one is refused", async () => {
    const one = await newDrive();
    for (let at = 0; at < 8; at += 1) one.drive.put(`${IN}/${at}.wav`);
    let refusals = 3;
    one.drive.answerWith((_, url) =>
      url.pathname.includes("/items/") && refusals > 0 && (refusals -= 1) >= 0
        ? graphError(401, "InvalidAuthenticationToken")
        : undefined,
    );
    await one.look();
    expect(await one.calls()).toHaveLength(8);
    expect(one.drive.asked.filter((asked) => asked.startsWith("POST /acme.example")).length).toBeLessThanOrEqual(6);
  });

  const FAULTS: [string, (one: Awaited<ReturnType<typeof newDrive>>) => void, string][] = [
    ["the sign-in is revoked", ({ drive }) => drive.revoke(), "sign_in_again"],
    [
      "reading is not granted",
      ({ drive }) =>
        drive.answerWith((_, url) =>
          url.host === "graph.microsoft.com" ? graphError(403, "accessDenied") : undefined,
        ),
      "consent_missing",
    ],
    [
      "there is no such drive",
      ({ drive }) =>
        drive.answerWith((_, url) =>
          url.host === "graph.microsoft.com" ? graphError(404, "itemNotFound") : undefined,
        ),
      "wrong_drive",
    ],
    [
      "Graph fails",
      ({ drive }) =>
        drive.answerWith((_, url) =>
          url.host === "graph.microsoft.com" ? graphError(500, "generalException") : undefined,
        ),
      "storage_error",
    ],
    [
      "the list is no list",
      ({ drive }) =>
        drive.answerWith((_, url) => (url.pathname.endsWith("/delta") ? new Response("<html>") : undefined)),
      "unreadable_list",
    ],
    [
      "a link leads elsewhere",
      ({ drive }) =>
        drive.answerWith((_, url) =>
          url.pathname.endsWith("/delta")
            ? Response.json({ value: [], "@odata.nextLink": "https://evil.example/steal" })
            : undefined,
        ),
      "unreadable_list",
    ],
  ];
  it.each(FAULTS)("names what is wrong where %s, and loses nothing", async (_name, spoil, code) => {
    const one = await newDrive();
    one.drive.put(`${IN}/a.wav`);
    spoil(one);
    await one.look();
    expect((await one.row()).trouble).toMatchObject({ code, count: 1 });
    for (const language of ["en", "es"] as const) expect(explainProblem(code, language)?.remedy).toMatch(/\w/);
    expect(one.drive.asked.some((asked) => asked.includes("steal"))).toBe(false);
    if (code === "sign_in_again") return;
    one.drive.answerWith(() => undefined);
    await one.look(2 * HOUR);
    expect((await one.row()).trouble).toBeNull();
    expect(await one.calls()).toHaveLength(1);
  });

  it("names a folder that is not there, and one that was deleted, and goes on once it is there", async () => {
    const one = await newDrive({ import_path: "Nowhere" });
    await one.look();
    expect((await one.row()).trouble?.code).toBe("wrong_folder");
    const there = one.drive.folder("Nowhere");
    await one.look(HOUR);
    expect((await one.row()).trouble).toBeNull();
    Object.assign(there, { deleted: true });
    one.drive.move(there, "", "Nowhere");
    await one.look(HOUR);
    expect((await one.row()).trouble?.code).toBe("wrong_folder");
    one.drive.put("Nowhere/a.wav");
    await one.look(HOUR);
    expect(await one.names()).toEqual(["Nowhere/a.wav"]);
  });

  it("waits as long as Graph asks, by 429, 503 and 509, and goes on where it was", async () => {
    for (const status of [429, 503, 509]) {
      const one = await newDrive();
      await one.look();
      const { cursor } = await one.row();
      one.drive.answerWith((_, url) =>
        url.pathname.endsWith("/delta")
          ? graphError(status, "activityLimitReached", { "retry-after": "5400" })
          : undefined,
      );
      await one.look();
      const row = await one.row();
      expect([status, row.trouble?.code, row.dueAt - one.at(), row.cursor]).toEqual([
        status,
        "slow_down",
        5_400 * SECOND,
        cursor,
      ]);
    }
  });

  it("never moves a file where only reading was granted", async () => {
    const one = await newDrive({ processed_path: "Done" });
    one.drive.grant("Files.Read.All offline_access");
    one.drive.put(`${IN}/a.wav`);
    await one.look(HOUR);
    await one.look(HOUR);
    expect(one.drive.files()).toEqual([`${IN}/a.wav`]);
    expect(one.drive.asked.filter((asked) => /^(PATCH|POST \/v1)/.test(asked))).toEqual([]);
    expect(await one.files()).toEqual([`${IN}/a.wav settled`]);
    expect(await one.calls()).toHaveLength(1);
    expect(await one.test()).toEqual([
      ["list", null],
      ["read", null],
      ["write", "consent_missing"],
    ]);
  });

  it("overwrites nothing where it moves files, and tries again what failed", async () => {
    const one = await newDrive({ processed_path: "Done" });
    one.drive.put("Done/a.wav");
    one.drive.put(`${IN}/a.wav`, sineWav(2));
    one.drive.put(`${IN}/b.wav`);
    let refusals = 1;
    one.drive.answerWith((method) =>
      method === "PATCH" && (refusals -= 1) >= 0 ? graphError(500, "generalException") : undefined,
    );
    await one.look();
    expect((await one.row()).trouble?.code).toBe("storage_error");
    await one.look(HOUR);
    expect(one.drive.files().toSorted()).toEqual(["Done/a 1.wav", "Done/a.wav", "Done/b.wav"]);
    expect(await one.calls()).toHaveLength(2);
  });

  it("goes on where a file breaks off, and takes up again what fails, although it does not change", async () => {
    const one = await newDrive();
    one.drive.put(`${IN}/a.wav`, sineWav(3));
    const whole = sineWav(3);
    let cuts = 2;
    one.drive.answerWith((_, url, request) => {
      if (url.host !== "acme.sharepoint.test" || (cuts -= 1) < 0) return undefined;
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
      return new Response(whole.slice(from, from + 10_000), { status: from > 0 ? 206 : 200 });
    });
    await one.look();
    expect(await one.calls()).toHaveLength(1);
    one.drive.put(`${IN}/b.wav`);
    one.drive.answerWith((_, url) =>
      url.host === "acme.sharepoint.test" ? new Response("", { status: 500 }) : undefined,
    );
    await one.look();
    one.drive.answerWith(() => undefined);
    await one.look(2 * HOUR);
    expect(await one.calls()).toHaveLength(2);
  });

  it("refuses what is no audio, and takes it up again when a person wants it", async () => {
    const one = await newDrive();
    const file = one.drive.put(`${IN}/page.mp3`, "<!DOCTYPE html><html>expired</html>");
    await one.look();
    expect(await one.files()).toEqual([`${IN}/page.mp3 refused`]);
    Object.assign(file, { bytes: sineWav(1) });
    const [row] = await db.select().from(connectorFiles).where(eq(connectorFiles.connectorId, one.id));
    expect(await retryFile(db, one.target, row!.id, systemAct(NOON))).toBe(true);
    await one.look();
    expect(await one.calls()).toHaveLength(1);
  });

  it("loses nothing and takes nothing in twice, whichever write a crash comes before", async () => {
    for (let crashAt = 1; crashAt <= 10; crashAt += 1) {
      const one = await newDrive({ processed_path: "Done" });
      one.drive.put(`${IN}/a.wav`);
      let writes = 0;
      const crash = () => {
        writes += 1;
        if (writes === crashAt) throw new Error("killed");
      };
      const broken = new Proxy(db, {
        get: (target, name) => {
          if (name === "update" || name === "insert" || name === "batch") crash();
          return Reflect.get(target, name);
        },
      });
      const fetch = async (input: never, init: never) => {
        if (["PATCH", "POST"].includes(new Request(input, init).method)) crash();
        return one.drive.fetch(input, init);
      };
      await one.look(10 * MINUTE, { db: broken, fetch: fetch as never }).catch(() => undefined);
      for (let looks = 0; looks < 3; looks += 1) await one.look(2 * HOUR);
      expect([crashAt, (await one.calls()).length, one.drive.files()]).toEqual([crashAt, 1, ["Done/a.wav"]]);
    }
  });

  it("reads by itself with user or drive, and needs nobody for that", async () => {
    for (const place of [{ user: "ana@acme.example" }, { drive: "b!x" }]) {
      const one = await newDrive(place, false);
      one.drive.grantToApplication();
      one.drive.put(`${IN}/a.wav`);
      await one.look();
      expect(await one.calls()).toHaveLength(1);
    }
  });

  it("says that nobody has signed in, what secret is wrong, and which settings do not fit", async () => {
    const one = await newDrive({}, false);
    await one.look();
    expect((await one.row()).trouble?.code).toBe("not_connected");
    expect(await one.test()).toEqual([["list", "not_connected"]]);
    const other = await newDrive({ user: "ana@acme.example" }, false);
    expect(await other.test()).toEqual([["list", "wrong_client"]]);
    await updateConnector(other.deps, other.target, { credentials: { client_secret: "old" } }, systemAct(NOON));
    expect(await other.test()).toEqual([["list", "wrong_client_secret"]]);
    const wrong: [object, string][] = [
      [{ processed_path: IN }, "settings.processed_path"],
      [{ processed_path: `${IN}/done` }, "settings.processed_path"],
      [{ processed_path: `/${IN.toUpperCase()}/Done/` }, "settings.processed_path"],
      [{ user: "a", drive: "b" }, "settings.drive"],
      [{ tenant_id: "../common" }, "settings.tenant_id"],
      [{ client_id: "a b" }, "settings.client_id"],
    ];
    for (const [settings, field] of wrong) {
      const changed = await updateConnector(
        one.deps,
        one.target,
        { settings: { ...settings }, credentials: { client_secret: "x" } },
        systemAct(NOON),
      );
      expect([settings, changed]).toEqual([
        settings,
        { ok: false, error: { kind: "invalid", fields: [expect.objectContaining({ field })] } },
      ]);
    }
    // The secret is not sent to another application's sign-in.
    const moved = await updateConnector(
      one.deps,
      one.target,
      { settings: { tenant_id: "other.example" } },
      systemAct(NOON),
    );
    expect(moved).toMatchObject({ ok: false });
  });
});

describe("connecting OneDrive", () => {
  const redirectUri = "https://trunkline.test/dashboard/connectors/onedrive/callback";

  async function begun() {
    const one = await newDrive({}, false);
    const url = await beginSignIn(one.deps, one.target, { by: "usr_ana", redirectUri });
    if (!url.ok) throw new Error("nothing begun");
    const { searchParams: asked, ...rest } = new URL(url.value.url);
    const end = (changes: object = {}, within: object = {}) =>
      endSignIn(
        { ...one.deps, now: one.at },
        { ...one.target, ...within },
        { by: "usr_ana", state: asked.get("state")!, code: "code-of-ana", ...changes },
      );
    return { one, asked, rest, end, url: new URL(url.value.url) };
  }

  it("asks for what is needed, and stores what comes back before the first look", async () => {
    const { one, url, asked, end } = await begun();
    expect(url.host + url.pathname).toBe("login.microsoftonline.com/acme.example/oauth2/v2.0/authorize");
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: "app",
      response_type: "code",
      redirect_uri: redirectUri,
      scope: "offline_access Files.Read.All",
      code_challenge_method: "S256",
    });
    expect(url.href).not.toContain("secret");
    one.drive.put(`${IN}/a.wav`);
    expect(await end()).toEqual({ ok: true, value: { id: one.id, failure: null } });
    expect((await one.credentials())["refresh_token"]).toBe(one.drive.refreshTokens().at(-1));
    await one.look();
    expect(await one.calls()).toHaveLength(1);
    const permissions = await readPermissions(one.deps, one.target);
    expect(permissions).toMatchObject({
      ok: true,
      value: [
        { name: "Files.Read.All", granted: true },
        { name: "offline_access", granted: true },
      ],
    });
  });

  it("asks to write only where files are moved, and says what was not granted", async () => {
    const one = await newDrive({ processed_path: "Done" });
    const url = await beginSignIn(one.deps, one.target, { by: "usr_ana", redirectUri });
    expect(url.ok && new URL(url.value.url).searchParams.get("scope")).toBe("offline_access Files.ReadWrite.All");
    const known = async () => {
      const read = await readPermissions(one.deps, one.target);
      return read.ok && read.value.map(({ name, granted }) => [name, granted]);
    };
    expect(await known()).toEqual([
      ["Files.Read.All", null],
      ["Files.ReadWrite.All", null],
      ["offline_access", null],
    ]);
    one.drive.grant("Files.Read.All");
    await one.look();
    expect(await known()).toEqual([
      ["Files.Read.All", true],
      ["Files.ReadWrite.All", false],
      ["offline_access", true],
    ]);
  });

  it("takes what comes back from the person alone who began, in time, as it was, and once", async () => {
    const { one, asked, end } = await begun();
    const state = asked.get("state")!;
    const other = await newDrive({}, false);
    const wrong: [object, object?][] = [
      [{ by: "usr_other" }],
      [{ state: `${state.slice(0, -4)}AAAA` }],
      [{ state: state.replace(one.id, other.id) }],
      [{ state: "" }],
      [{ state: "con_x.v1.x" }],
      [{}, { organizationId: other.target.organizationId }],
    ];
    for (const [changes, within] of wrong) expect([changes, (await end(changes, within)).ok]).toEqual([changes, false]);
    expect(await end({ code: "of somebody else" })).toMatchObject({
      ok: true,
      value: { failure: { code: expect.any(String) as unknown } },
    });
    expect((await one.credentials())["refresh_token"]).toBeUndefined();
    await one.look(HOUR);
    expect((await end()).ok).toBe(false);
  });

  it("is begun and ended over the API too, by the same key", async () => {
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    const other = await mintApiKey(db, { organizationId: organization.id });
    const drive = fakeGraph(() => NOON);
    const api = apiClient({ fetch: drive.fetch as never });
    const { key } = organization;
    const connection = { clientId: "app", clientSecret: "secret", tenantId: "acme.example", syncFolder: `/${IN}` };
    const made = await api.post("/v1/connectors", {
      key,
      body: { name: "Drive", campaign_id: campaign.id, connection },
    });
    const path = `/v1/connectors/${String(made.body["id"])}/sign-in`;
    for (const redirect_uri of ["http://evil.example/back", "javascript:x", "https:"])
      expect((await api.post(path, { key, body: { redirect_uri } })).status).toBe(422);
    const started = await api.post(path, { key, body: { redirect_uri: "http://localhost:9000/back" } });
    const asked = new URL(String(started.body["url"])).searchParams;
    expect([started.status, asked.get("redirect_uri")]).toEqual([200, "http://localhost:9000/back"]);
    const body = { code: "code-of-ana", state: asked.get("state") };
    expect((await api.post(`${path}/complete`, { key: other.key, body })).status).toBe(404);
    const wrong = await api.post(`${path}/complete`, { key, body: { ...body, code: "of somebody else" } });
    expect(wrong.body).toMatchObject({
      ok: false,
      failure: { code: "sign_in_again", remedy: expect.any(String) as unknown },
    });
    const ended = await api.post(`${path}/complete`, { key, body });
    expect([ended.status, ended.body]).toEqual([200, { ok: true, failure: null }]);
    const row = (await db
      .select()
      .from(connectors)
      .where(eq(connectors.id, String(made.body["id"])))
      .get())!;
    expect((await openCredentials(TEST_MASTER_KEYS, row))["refresh_token"]).toBe(drive.refreshTokens().at(-1));
    const log = await db.select().from(auditLog).where(eq(auditLog.resourceId, row.id));
    expect(log.map(({ action }) => action).toSorted()).toEqual([
      "connector.created",
      "connector.sign_in_begun",
      "connector.sign_in_ended",
      "connector.sign_in_ended",
      "connector.updated",
    ]);
    expect(JSON.stringify(log)).not.toContain(drive.refreshTokens().at(-1));
  });

  it("is for storages that a person signs in for alone", async () => {
    const one = await newDrive({ user: "ana@acme.example" }, false);
    expect((await beginSignIn(one.deps, one.target, { by: "usr_ana", redirectUri })).ok).toBe(false);
  });

  it("has pages for it, with the printed block", async () => {
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    const person = visit(organization);
    const printed = `{
  "clientId": "your-client-id",
  "clientSecret": "your-client-secret",
  "tenantId": "your-tenant-id",
  "syncFolder": "/AuthentiVoice/Incoming"
}`;
    const filled = await (await person.post("/dashboard/connectors/fill", { printed })).text();
    for (const value of ["your-client-id", "your-tenant-id", "/AuthentiVoice/Incoming"])
      expect(filled).toContain(`value="${value}"`);
    // It is printed with a permission to read alone: nothing more is asked for by itself.
    expect(filled).toMatch(/name="processedPath"[^>]*value=""/);
    const fields = {
      kind: "onedrive",
      once: "one",
      name: "Drive",
      campaign: campaign.id,
      clientId: "app",
      clientSecret: "your-client-secret",
      tenantId: "acme.example",
      reads: "person",
      importPath: "/AuthentiVoice/Incoming",
      processedPath: "",
      patterns: "*.mp3",
      poll: "300",
      notifyOnComplete: "yes",
    };
    // Names are tried before anything is saved.
    const rules = { naming: "{operator}/{started_at}_{from}_*", do: "try" };
    const samples = "Ana Gómez/20260820-140509_+541143210000_x9.mp3\nnotes.txt";
    const tried = await (await person.post("/dashboard/connectors", { ...fields, ...rules, samples })).text();
    for (const text of ["operator: Ana Gómez", "started_at: 2026-08-20 14:05:09", "from: +541143210000"])
      expect(tried).toContain(text);
    const wrong = await person.post("/dashboard/connectors", { ...fields, ...rules, naming: "{nobody}", samples });
    expect(await wrong.text()).toContain("Correct the facts in names first");
    const beside = { sidecar: "{name}.xml", sidecarFields: "operator = agent.@name\ntags = tag" };
    const trySidecar = async (sidecarSample: string, more: object = {}) => {
      const shown = await person.post("/dashboard/connectors", {
        ...fields,
        ...rules,
        ...beside,
        ...more,
        sidecarSample,
      });
      return shown.text();
    };
    expect(await trySidecar('<call><agent name="Ana"/><tag>vip</tag><tag>new</tag></call>')).toContain(
      "operator: Ana, tags: vip, new",
    );
    expect(await trySidecar("{}")).toContain("not of the format");
    expect(await trySidecar("<call/>", { sidecarFields: "secret = x" })).toContain("Correct the sidecar");
    const unsaved = await person.post("/dashboard/connectors", {
      ...fields,
      ...beside,
      sidecarWait: "-1",
      once: "two",
    });
    expect([unsaved.status, (await unsaved.text()).includes('id="sidecarWait-error"')]).toEqual([422, true]);
    const made = await person.post("/dashboard/connectors", { ...fields, ...beside });
    expect(made.status).toBe(303);
    const path = made.headers.get("location")!.split("?")[0]!;
    const page = (await person.page(path)).text;
    for (const word of ["Setup", "Sync Options", "Permissions", "Connect", "people are notified"])
      expect(page).toContain(word);
    expect((await person.page(`${path}/permissions`)).text).toContain("offline_access");
    expect((await person.page(`${path}/settings`)).text).not.toContain("your-client-secret");
    expect((await person.page(`${path}/settings`)).text).toContain("operator = agent.@name");
    expect(page).toContain("{name}.xml");
    const seen = /name="seen" value="([^"]*)"/.exec((await person.page(`${path}/settings`)).text)?.[1] ?? "";
    const again = await person.post(`${path}/settings`, { ...fields, ...rules, samples, seen, name: "Not saved" });
    expect([again.status, (await again.text()).includes("operator: Ana Gómez")]).toEqual([200, true]);
    expect((await person.page(path)).text).not.toContain("Not saved");
    const away = await person.ask(`${path}/connect`, { redirect: "manual" });
    expect([away.status, new URL(away.headers.get("location")!).host]).toEqual([302, "login.microsoftonline.com"]);
    const back = await person.ask("/dashboard/connectors/onedrive/callback?state=con_x.v1.AAAA&code=x");
    expect(back.status).toBe(404);
    const denied = await person.ask(
      `/dashboard/connectors/onedrive/callback?state=${path.split("/").at(-1)}.v1.x&error=access_denied`,
      { redirect: "manual" },
    );
    expect(denied.headers.get("location")).toContain("done=notConnected");
    const reader = visit(organization, { role: "viewer" as never });
    expect((await reader.page(`${path}/connect`)).status).toBe(403);
  });
});

describe("changes that OneDrive tells of", () => {
  const urlOf = (id: string) => noticeUrlOf("https://calls.example", id);
  const told = (id: string, value: object[]) =>
    app.request(`/storages/onedrive/${id}`, { method: "POST", body: JSON.stringify({ value }) }, env);

  it("asks for them once, for 30 days at most, and for longer before they end", async () => {
    const one = await newDrive();
    const look = (after?: number) => one.look(after, { noticeUrl: urlOf });
    const asked = () => one.drive.asked.filter((text) => text.includes("/subscriptions"));
    await look();
    await look();
    expect(asked()).toEqual(["POST /v1.0/subscriptions"]);
    const [subscription] = one.drive.subscriptions.values();
    expect(subscription).toMatchObject({
      changeType: "updated",
      resource: "/me/drive/root",
      notificationUrl: `https://calls.example/storages/onedrive/${one.id}`,
    });
    expect(subscription!["clientState"]!.length).toBeGreaterThan(30);
    await look(27 * DAY);
    expect(asked()).toEqual(["POST /v1.0/subscriptions", "PATCH /v1.0/subscriptions/sub-1"]);
    // One that Graph has forgotten is asked for anew.
    one.drive.subscriptions.clear();
    await look(28 * DAY);
    expect(asked().slice(2)).toEqual(["PATCH /v1.0/subscriptions/sub-1", "POST /v1.0/subscriptions"]);
    expect((await one.row()).trouble).toBeNull();
  });

  it("does without where Graph refuses, and asks again a day later", async () => {
    const one = await newDrive();
    one.drive.answerWith((_, url) =>
      url.pathname.includes("subscriptions") ? graphError(403, "accessDenied") : undefined,
    );
    const look = (after: number) => one.look(after, { noticeUrl: urlOf });
    for (let looks = 0; looks < 3; looks += 1) await look(10 * MINUTE);
    const asked = () => one.drive.asked.filter((text) => text.includes("/subscriptions")).length;
    expect([asked(), (await one.row()).trouble]).toEqual([1, null]);
    await look(2 * DAY);
    expect(asked()).toBe(2);
  });

  it("answers Graph's question whether the address is ours, as text", async () => {
    const token = "Validation: Testing client application reachability <script>";
    const path = `/storages/onedrive/con_x?validationToken=${encodeURIComponent(token)}`;
    const answer = await app.request(path, { method: "POST" }, env);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "text/plain",
      token,
    ]);
    const long = await app.request(
      `/storages/onedrive/con_x?validationToken=${"x".repeat(2_001)}`,
      { method: "POST" },
      env,
    );
    expect(long.status).toBe(400);
  });

  it("looks at once where something changed, and only where Graph says so", async () => {
    const one = await newDrive();
    await one.look(0, { noticeUrl: urlOf });
    const [{ clientState = "", id: subscriptionId = "" } = {}] = one.drive.subscriptions.values();
    // The Worker's own clock is far from the test's: a look that is due far ahead is one that is not due.
    const far = Date.now() + 10 * DAY;
    const put = (set: object) =>
      db
        .update(connectors)
        .set({ dueAt: far, ...set })
        .where(eq(connectors.id, one.id));
    const isDue = async () => (await one.row()).dueAt < far;
    const notice = { subscriptionId, clientState, changeType: "updated", resource: "me/drive/root", tenantId: "t" };
    await put({});
    for (const value of [[{ ...notice, clientState: "guessed" }], [{ subscriptionId }], [], [{ clientState: 7 }]])
      expect([value, (await told(one.id, value)).status, await isDue()]).toEqual([value, 404, false]);
    expect((await told("con_unknown", [notice])).status).toBe(404);
    const text = await app.request(`/storages/onedrive/${one.id}`, { method: "POST", body: "no json" }, env);
    expect(text.status).toBe(404);
    expect([(await told(one.id, [notice, notice])).status, await isDue()]).toEqual([202, true]);
    // Due already, while the look is under way: another one is asked for behind it.
    const begun = Date.now() - MINUTE;
    await put({ dueAt: begun });
    expect([(await told(one.id, [notice])).status, (await one.row()).dueAt > begun]).toEqual([202, true]);
    // Neither a pause nor the wait after a failure is cut short.
    await put({ state: "paused" });
    expect([(await told(one.id, [notice])).status, await isDue()]).toEqual([202, false]);
    await put({ state: "active", trouble: { code: "slow_down", detail: "", since: 0, count: 1 } });
    expect([(await told(one.id, [notice])).status, await isDue()]).toEqual([202, false]);
    // A subscription that ends is asked for anew by the next look.
    await put({ trouble: null });
    expect((await told(one.id, [{ ...notice, lifecycleEvent: "subscriptionRemoved" }])).status).toBe(202);
    await db.update(connectors).set({ dueAt: NOON }).where(eq(connectors.id, one.id));
    await one.look(MINUTE, { noticeUrl: urlOf });
    expect(one.drive.subscriptions.size).toBe(2);
  });

  it("limits strangers, as webhooks do, and nobody who is known", async () => {
    const one = await newDrive();
    await one.look(0, { noticeUrl: urlOf });
    const [{ clientState = "" } = {}] = one.drive.subscriptions.values();
    let refused = 0;
    const limited = {
      ...env,
      REFUSAL_LIMIT: { limit: async () => ({ success: ++refused <= 4 }) },
    };
    const edge = storageChanges((given) => ({ ...depsOf(given), limits: rateLimits(given), now: () => NOON }));
    const send = (id: string, state: string, address = "203.0.113.9") => {
      const body = JSON.stringify({ value: [{ clientState: state }] });
      const headers = { "cf-connecting-ip": address };
      return edge.request(`/storages/onedrive/${id}`, { method: "POST", body, headers }, limited);
    };
    expect((await send(one.id, clientState)).status).toBe(202);
    const statuses = [];
    for (let at = 0; at < 5; at += 1) statuses.push((await send(`con_${at}`, "guessed")).status);
    // Of strangers one a second still passes.
    expect(statuses.slice(0, 3)).toEqual([404, 404, 404]);
    const shut = await send("con_another", "guessed");
    expect([shut.status, Number(shut.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await send(one.id, clientState)).status).toBe(202);
    expect((await send("con_another", "guessed", "198.51.100.7")).status).toBe(404);
  });

  it("is not asked for where Graph could not reach us", () => {
    for (const address of ["http://calls.example", "https://localhost:8787", "https://10.0.0.7", "https://[::1]", ""])
      expect(noticeUrlOf(address, "con_x")).toBeNull();
  });
});
