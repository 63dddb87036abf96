// First of all: it makes the certificates that the start trusts.
import { noMicrosoft, startMicrosoft, type Microsoft } from "../peers/microsoft.ts";
import assert from "node:assert/strict";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Cookie, Page } from "playwright-core";
import { request, textAt, valueAt } from "../../scripts/api-client.ts";
import { noise } from "../e2e/audio-files.ts";
import { cleanUp, eventually, newPlace, nodeStart, type Place, type Running } from "../e2e/trunkline.ts";
import { FTP_PASSWORD, startVsftpd, type FtpPeer } from "../peers/ftp-servers.ts";
import { startNeoApi } from "../peers/neoapi.ts";
import { makeKeys, PASSPHRASE, startOpenSsh, type SshServer } from "../peers/ssh-servers.ts";
import { bucketOf, OWNER, startSwift, type Swift } from "../peers/swift.ts";
import { axeFindings, launchBrowser, look, open, picture, sidewaysOverflow, SIGHTS, type Sight } from "./browser.ts";
import { sessionOfOwner } from "./sign-in.ts";

// Every kind of storage is made by its form, as a person does it, against a server of that kind.

const HOUR = 3_600_000;
const PATIENCE = 60_000;

/** Wide and narrow, light and dark, English and Spanish; `npm run check:long` looks in every way there is. */
const USUAL: readonly Sight[] = [
  { name: "1440-light", width: 1440 },
  { name: "360-dark-es", width: 360, scheme: "dark", language: "es" },
];
const EVERY: readonly Sight[] = [1440, 360].flatMap((width) =>
  (["light", "dark"] as const).flatMap((scheme) =>
    (["en", "es"] as const).map((language) => ({ name: `${width}-${scheme}-${language}`, width, scheme, language })),
  ),
);
const isLong = process.env.LONG !== undefined;
/** Usually each view is looked at in one of these, taking turns: so each value is seen of each kind. */
const sights = isLong ? [...EVERY, ...SIGHTS] : USUAL;

type Made = {
  kind: "s3" | "sftp" | "ftp" | "neotel" | "onedrive";
  fields: Record<string, string>;
  /** A sample to try before saving, and what the page then says of it. */
  tries: { samples?: string; sidecarSample?: string; says: readonly string[] };
  /** What a person does between saving and the first test. */
  between?: (page: Page, path: string) => Promise<void>;
  /** Of the recording that comes in. */
  operator: string;
};

describe("storages by their forms, in the browser", () => {
  const keys = makeKeys();
  const noGraph = noMicrosoft();
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];
  let swift: Swift;
  let ssh: SshServer;
  let ftp: FtpPeer;
  let neotel: Awaited<ReturnType<typeof startNeoApi>>;
  let microsoft: Microsoft | undefined;
  let campaign = "";
  let views = 0;

  before(async () => {
    [place, swift, ssh, ftp, neotel, microsoft] = await Promise.all([
      newPlace(),
      startSwift(),
      startOpenSsh(keys.authorized),
      startVsftpd({ security: "none", certificate: null }),
      startNeoApi(),
      noGraph === undefined ? startMicrosoft() : undefined,
    ]);
    if (microsoft) place.behind = microsoft.behind;
    running = await nodeStart(place);
    browser = await launchBrowser(
      microsoft ? [`--host-resolver-rules=MAP login.microsoftonline.com ${microsoft.address}`] : [],
    );
    cookies = await sessionOfOwner(browser, running.connection.url, place);
    const made = await ask("/v1/campaigns", "POST", { name: "Archive", settings: { auto_analyze: false } });
    campaign = textAt(made, ["id"]);
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
    for (const peer of [swift, ssh, ftp, neotel, microsoft]) peer?.stop();
    keys.remove();
  });

  async function ask(way: string, method = "GET", body?: object): Promise<unknown> {
    const { url, apiKey } = running.connection;
    return (await request(url, way, { method, token: apiKey, ...(body && { body }) })).body;
  }
  const inBrowser = (sight: Sight) => look(browser, running.connection.url, sight, cookies);

  /** Looks at a page in each way, after what is done on it, and finds nothing wrong with it. */
  async function seen(name: string, path: string, act: (page: Page) => Promise<void> = async () => undefined) {
    views += 1;
    for (const sight of isLong ? sights : sights.slice(views % 2, (views % 2) + 1)) {
      const context = await inBrowser(sight);
      const { page, complaints } = await open(context, `${running.connection.url}${path}`);
      await act(page);
      await picture(page, `storages-${name}-${sight.name}`);
      assert.ok((await sidewaysOverflow(page)) <= 0, `${name} at ${sight.name} scrolls sideways`);
      assert.deepEqual(complaints, [], `${name} at ${sight.name}`);
      assert.deepEqual(await axeFindings(page), [], `${name} at ${sight.name}`);
      await context.close();
    }
  }

  async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      const field = page.locator(`form.form [name="${name}"]`).last();
      if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
      else await field.fill(value);
    }
  }
  const main = (page: Page) => page.locator("main").innerText();
  async function press(page: Page, selector: string): Promise<void> {
    await Promise.all([page.waitForEvent("load"), page.locator(selector).first().click()]);
  }
  async function tryOut(page: Page, { samples, sidecarSample }: Made["tries"]): Promise<void> {
    const more = page.locator("details.more", { has: page.locator('[name="samples"]') });
    await more.locator("summary").click();
    if (samples !== undefined) await page.locator('[name="samples"]').fill(samples);
    if (sidecarSample !== undefined) await page.locator('[name="sidecarSample"]').fill(sidecarSample);
    await press(page, 'button[name="do"][value="try"]');
  }

  /** From the empty form to the call, and what a person looks at on the way. */
  async function walk({ kind, fields, tries, between, operator }: Made, printed?: string): Promise<string> {
    const form = `/dashboard/connectors/new?kind=${kind}&campaign=${campaign}`;
    const whole = { name: `Storage of ${kind}`, ...fields };
    if (isLong) await seen(`${kind}-form`, form);
    await seen(`${kind}-tried`, form, async (page) => {
      await fill(page, whole);
      await tryOut(page, tries);
    });
    const context = await inBrowser({ name: "walk", width: 1440 });
    const { page, complaints } = await open(context, `${running.connection.url}${form}`);
    if (printed !== undefined) {
      await page.locator("details.more summary").first().click();
      await page.locator('[name="printed"]').fill(printed);
      await press(page, 'button[formaction$="/fill"]');
    }
    await fill(page, { campaign, ...whole });
    await tryOut(page, tries);
    const tried = await main(page);
    for (const text of tries.says) assert.ok(tried.includes(text), `${kind}: ${text} in\n${tried}`);
    // What was tried is still in the form, but for what is never shown again.
    await fill(page, whole);
    await press(page, 'button.main[name="do"][value="save"]');
    const path = new URL(page.url()).pathname;
    assert.match(path, /^\/dashboard\/connectors\/con_\w+$/, await main(page));
    await between?.(page, path);
    const id = path.split("/").at(-1) ?? "";
    const row = async () => ask(`/v1/connectors/${id}`);
    // No look of its own may take the file in while a person tries the storage: it is paused meanwhile.
    await page.goto(`${running.connection.url}${path}`);
    await press(page, `form[action="${path}/pause"] button`);
    assert.equal(valueAt(await row(), ["status"]), "paused");
    await press(page, `form[action="${path}/test"] button`);
    const tested = await page.locator("#outcome").innerText();
    assert.doesNotMatch(tested, /\bfails\b/, tested);
    await press(page, `form[action="${path}/preview"] button`);
    const previewed = await page.locator("#outcome").innerText();
    assert.match(previewed, /taken in/, previewed);
    await page.goto(`${running.connection.url}${path}`);
    await press(page, `form[action="${path}/resume"] button`);
    // Active, or waiting for its first look.
    assert.match(String(valueAt(await row(), ["status"])), /^(?:active|waiting)$/);
    // Two looks, each asked for as soon as the one before has ended.
    for (let looks = 0; ; looks += 1) {
      const last = valueAt(await row(), ["last_sync_at"]);
      if (valueAt(await row(), ["imported"]) === 1) break;
      assert.ok(looks < 4, JSON.stringify(await row()));
      await page.goto(`${running.connection.url}${path}`);
      await press(page, `form[action="${path}/sync"] button`);
      await eventually("a look", row, (now) => valueAt(now, ["last_sync_at"]) !== last, PATIENCE);
    }
    assert.equal(valueAt(await row(), ["trouble"]), null, JSON.stringify(await row()));
    const calls = await eventually(
      `the call of ${operator}`,
      async () => {
        await sleep(500);
        return (valueAt(await ask("/v1/calls"), ["data"]) as unknown[]).filter(
          (call) => valueAt(call, ["operator", "name"]) === operator,
        );
      },
      (found) => found.length > 0,
      PATIENCE,
    );
    assert.equal(calls.length, 1);
    if (isLong) await seen(`${kind}-page`, path);
    await seen(`${kind}-tested`, path, (one) => press(one, `form[action="${path}/test"] button`));
    await seen(`${kind}-dry-run`, path, (one) => press(one, `form[action="${path}/preview"] button`));
    await seen(`${kind}-settings`, `${path}/settings`);
    // Saved as it is shown, without the keys, nothing of it changes.
    const shown = await row();
    await page.goto(`${running.connection.url}${path}/settings`);
    await press(page, 'button[name="do"][value="save"]');
    assert.match(page.url(), /done=saved$/, await main(page));
    const settled = await row();
    for (const part of ["connection", "autoImport", "name"])
      assert.deepEqual(valueAt(settled, [part]), valueAt(shown, [part]));
    assert.deepEqual(complaints, []);
    await context.close();
    return path;
  }

  test("S3: from AuthentiVoice's printed blocks", async () => {
    const bucket = bucketOf(swift, "calls");
    await bucket.make();
    await bucket.put("incoming/a b+ñ.wav", noise(100_000, 1));
    await bucket.put("incoming/a b+ñ.json", JSON.stringify({ agent: { name: "Ana" }, labels: ["vip"] }));
    const printed = `{
      "endpoint": "${swift.url}",
      "accessKey": "${OWNER.access_key}",
      "secretKey": "${OWNER.secret_key}",
      "bucket": "calls",
      "region": "us-east-1"
    }
    {
      "enabled": true,
      "pollInterval": 300, // seconds
      "importPath": "/incoming/",
      "processedPath": "/processed/",
      "filePatterns": ["*.mp3", "*.wav", "*.m4a"]
    }`;
    const secret = { accessKey: OWNER.access_key, secretKey: OWNER.secret_key };
    await walk(
      {
        kind: "s3",
        fields: {
          ...secret,
          endpoint: swift.url,
          bucket: "calls",
          sidecar: "{name}.json",
          sidecarFields: "operator = agent.name\ntags = labels",
        },
        tries: {
          samples: "Ana/20260820.wav\nnotes.txt",
          sidecarSample: '{"agent": {"name": "Ana"}, "labels": ["vip", "new"]}',
          says: ["Ana/20260820.json", "skipped", "operator: Ana, tags: vip, new"],
        },
        operator: "Ana",
      },
      printed,
    );
    assert.deepEqual((await bucket.names()).toSorted(), ["processed/a b+ñ.json", "processed/a b+ñ.wav"]);
  });

  test("SFTP: the host key is shown, and trusted by a person", async () => {
    mkdirSync(join(ssh.folder, "incoming"));
    writeFileSync(join(ssh.folder, "incoming", "Bea_+541143210000.wav"), noise(100_000, 2));
    await walk({
      kind: "sftp",
      fields: {
        host: "127.0.0.1",
        port: String(ssh.port),
        username: ssh.user,
        privateKey: keys.keys.ed25519Locked,
        passphrase: PASSPHRASE,
        importPath: `${ssh.folder}/incoming/`,
        processedPath: `${ssh.folder}/processed/`,
        naming: "{operator}_{from}",
      },
      tries: { samples: "Bea_+541143210000.wav", says: ["operator: Bea, from: +541143210000"] },
      between: async (page, path) => {
        await press(page, `form[action="${path}/test"] button`);
        assert.ok((await main(page)).includes(ssh.hostKey()));
        await seen("sftp-host-key", path, (one) => press(one, `form[action="${path}/test"] button`));
        await press(page, `form[action="${path}/trust"] button`);
      },
      operator: "Bea",
    });
  });

  test("FTP: with a sidecar in XML", async () => {
    mkdirSync(join(ftp.folder, "incoming"));
    writeFileSync(join(ftp.folder, "incoming", "c.wav"), noise(100_000, 3));
    writeFileSync(join(ftp.folder, "incoming", "c.wav.xml"), '<call><agent name="Carla"/></call>');
    await walk({
      kind: "ftp",
      fields: {
        host: "127.0.0.1",
        port: String(ftp.port),
        security: "none",
        username: ftp.user,
        password: FTP_PASSWORD,
        importPath: `${ftp.root}incoming/`,
        processedPath: `${ftp.root}processed/`,
        sidecar: "{file}.xml",
        sidecarFields: "operator = agent.@name",
      },
      tries: { sidecarSample: '<call><agent name="Eva"/></call>', says: ["operator: Eva"] },
      operator: "Carla",
    });
  });

  test("Neotel: rows of its API name recordings on the FTP server", async () => {
    // The wall clock of Buenos Aires, as Neotel's rows have it.
    const wall = new Date(Date.now() - 4 * HOUR).toISOString().slice(0, 19);
    const file = join(ftp.folder, "grabaciones", ...wall.slice(0, 10).split("-"), "n1.wav");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, noise(100_000, 4));
    utimesSync(file, (Date.now() - HOUR) / 1_000, (Date.now() - HOUR) / 1_000);
    const row = { GRABACION: "n1.wav", IDAPLICACION: 12, USUARIO: "Dora", DIRECCION: "S", SECTOT: 12, FECHA: wall };
    neotel.has([row]);
    await walk({
      kind: "neotel",
      fields: {
        rows: "task",
        baseUrl: neotel.url,
        idTask: "28",
        host: "127.0.0.1",
        port: String(ftp.port),
        security: "none",
        username: ftp.user,
        password: FTP_PASSWORD,
        audioPath: `${ftp.root}grabaciones/{yyyy}/{MM}/{dd}/{file}`,
        naming: "{account}_*",
      },
      tries: { samples: "acme_n1.wav", says: ["account: acme"] },
      operator: "Dora",
    });
  });

  test("OneDrive: a person signs in at Microsoft and comes back", { skip: noGraph }, async () => {
    microsoft?.graph.put("AuthentiVoice/Incoming/Elena_1.wav", noise(100_000, 5));
    microsoft?.graph.folder("AuthentiVoice/Done");
    const path = await walk({
      kind: "onedrive",
      fields: {
        clientId: "app",
        clientSecret: "secret",
        tenantId: "acme.example",
        cloud: "global",
        reads: "person",
        importPath: "/AuthentiVoice/Incoming",
        processedPath: "/AuthentiVoice/Done",
        naming: "{operator}_*",
      },
      tries: { samples: "Elena_1.wav", says: ["operator: Elena"] },
      between: async (page, at) => {
        await press(page, `form[action="${at}/test"] button`);
        assert.match(await page.locator("#outcome").innerText(), /sign/i);
        await seen("onedrive-not-connected", at, (one) => press(one, `form[action="${at}/test"] button`));
        await page.goto(`${running.connection.url}${at}`);
        await Promise.all([
          page.waitForURL(/done=connected$/),
          page.locator(`a[href="${at}/connect"]`).first().click(),
        ]);
      },
      operator: "Elena",
    });
    await seen("onedrive-permissions", `${path}/permissions`);
    assert.deepEqual(microsoft?.graph.files(), ["AuthentiVoice/Done/Elena_1.wav"]);
  });

  test("they are listed, each with its health, and so they are in Settings, Integrations", async () => {
    await seen("list", "/dashboard/connectors");
    await seen("integrations", "/dashboard/settings/integrations");
    const context = await inBrowser({ name: "walk", width: 1440 });
    const { page } = await open(context, `${running.connection.url}/dashboard/settings/integrations`);
    const text = await main(page);
    for (const word of ["S3 Configuration", "OneDrive", "Webhooks", "API", "Storage of s3"])
      assert.ok(text.includes(word), `${word} in\n${text}`);
    assert.equal(text.split("Storage of s3").length, 2, "each once");
    await context.close();
  });
});
