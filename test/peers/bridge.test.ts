import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import {
  BRIDGE,
  commonSettings,
  HOUR,
  loadBridge,
  putRecording,
  type Asked,
  type Bridge,
  type Row,
} from "./bridge-place.ts";
import { startTus } from "./tus-server.ts";

// The bridge that runs beside a Neotel's SQL Server: against a server of TDS in script, and one that takes uploads by tus.

let bridge: Bridge;
let at: string;

before(async () => {
  if (!existsSync(join(BRIDGE, "node_modules", "tedious")))
    execFileSync("npm", ["ci"], { cwd: BRIDGE, stdio: "ignore" });
  bridge = await loadBridge("run.js", "settings.js", "rows.js");
});
beforeEach(() => {
  at = mkdtempSync(join(tmpdir(), "bridge-"));
});
after(() => rmSync(at, { recursive: true, force: true }));

function settingsFor(url: string, more: object = {}) {
  return bridge.checkSettings(
    {
      ...commonSettings(at, url),
      sql: {
        server: "127.0.0.1",
        database: "Neomirror",
        user: "reader",
        query: "SELECT * FROM CDR WHERE FECHA >= @from AND FECHA < @to",
      },
      ...more,
    },
    { TRUNKLINE_API_KEY: "tk_key", SQL_PASSWORD: "una-contraseña" },
  );
}

/** The wall clock of Buenos Aires as tedious gives it of a column without a zone: as if it were UTC. */
const wall = (ago: number) => new Date(Date.now() - ago - 3 * HOUR);

function record(ago: number, file: string, content = file): void {
  putRecording(at, join(...wall(ago).toISOString().slice(0, 10).split("-"), file), content, HOUR);
}

const row = (ago: number, file: string, more: Row = {}): Row => ({
  GRABACION: file,
  IDAPLICACION: 12,
  USUARIO: "Ana Gómez",
  DIRECCION: "S",
  SECTOT: 125,
  FECHA: wall(ago),
  ...more,
});

describe("the bridge", () => {
  let tus: Awaited<ReturnType<typeof startTus>>;
  beforeEach(async () => {
    tus = await startTus();
  });
  afterEach(() => tus.stop());
  const given = (rows: Row[], asked: Asked[] = []) => ({
    readRows: async (_settings: object, span: Asked) => {
      asked.push(span);
      return rows;
    },
    log: () => undefined,
  });

  test("uploads each recording once with what its row says, waits for those that are late, and gives up in the end", async () => {
    const settings = settingsFor(tus.url, { waitHours: 4 });
    record(2 * HOUR, "Llamada Ñ.WAV");
    const rows = [
      row(2 * HOUR, "llamada ñ.wav"),
      row(2 * HOUR, ""),
      row(HOUR, "late.wav", { IDAPLICACION: 99 }),
      row(9 * HOUR, "never.wav"),
      row(HOUR, "..\\..\\..\\..\\secret.wav"),
    ];
    writeFileSync(join(at, "secret.wav"), "secret");
    const asked: Asked[] = [];
    assert.deepEqual(await bridge.runOnce(settings, given(rows, asked)), {
      uploaded: 1,
      waiting: 2,
      refused: 0,
      given_up: 1,
    });
    const [one] = tus.uploads;
    assert.equal(one?.bytes.toString(), "Llamada Ñ.WAV");
    const { started_at: startedAt, ...facts } = one?.metadata ?? {};
    assert.deepEqual(facts, {
      filename: "Llamada Ñ.WAV",
      external_id: "neotel:llamada ñ.wav",
      campaign_id: "8",
      operator: "Ana Gómez",
      direction: "outbound",
      neotel_seconds: "125",
    });
    assert.ok(Math.abs(Date.parse(startedAt ?? "") - (Date.now() - 2 * HOUR)) < 2_000);
    record(HOUR, "late.wav");
    assert.deepEqual(await bridge.runOnce(settings, given(rows, asked)), {
      uploaded: 1,
      waiting: 1,
      refused: 0,
      given_up: 0,
    });
    assert.equal(tus.uploads[1]?.metadata["campaign_id"], "7");
    assert.equal(tus.uploads[1]?.metadata["neotel_campaign"], "99");
    // The second round asked as far back as something was waited for, and not for the days of the first.
    const [first, second] = asked.map(({ from }) => Date.parse(`${from}-03:00`));
    assert.ok(Math.abs((first ?? 0) - (Date.now() - 72.25 * HOUR)) < 5_000);
    assert.ok(Math.abs((second ?? 0) - (Date.now() - 1.25 * HOUR)) < 5_000);
  });

  test("finds a row that is written long after its time: each hour it asks all the way back", async () => {
    const settings = settingsFor(tus.url);
    const asked: Asked[] = [];
    const begin = Date.now();
    const roundAt = async (minutes: number, rows: Row[] = []) => {
      const now = () => begin + minutes * 60_000;
      return bridge.runOnce(settings, { ...given(rows, asked), now });
    };
    for (const minutes of [0, 5, 59, 61, 66]) await roundAt(minutes);
    const back = asked.map(({ from, to }) => Math.round((Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / HOUR));
    assert.deepEqual(back, [72, 0, 1, 72, 0]);
    record(2 * HOUR, "long.wav");
    assert.equal((await roundAt(122, [row(2 * HOUR, "long.wav")])).uploaded, 1);
    // An outage of a week: it goes on from where it was.
    await roundAt(122 + 7 * 24 * 60);
    const [last] = asked.slice(-1);
    assert.equal(Math.round((Date.parse(`${last?.to}Z`) - Date.parse(`${last?.from}Z`)) / HOUR), 7 * 24);
  });

  test("goes on where a line was cut, and a crash leads to no second call", async () => {
    const settings = settingsFor(tus.url);
    record(HOUR, "a.wav", "x".repeat(3_000_000));
    tus.cut(1_000_000);
    const rows = [row(HOUR, "a.wav")];
    await assert.rejects(bridge.runOnce(settings, given(rows)));
    tus.cut(undefined);
    assert.equal((await bridge.runOnce(settings, given(rows))).uploaded, 1);
    assert.equal((await bridge.runOnce(settings, given(rows))).uploaded, 0);
    assert.deepEqual(
      tus.uploads.map(({ bytes, length }) => [bytes.length, length]),
      [[3_000_000, 3_000_000]],
    );
  });

  test("a recording that is refused holds up no other; a key that is refused stops the round", async () => {
    const settings = settingsFor(tus.url);
    record(HOUR, "a.wav");
    tus.answers(422);
    assert.equal((await bridge.runOnce(settings, given([row(HOUR, "a.wav")]))).refused, 1);
    record(HOUR, "b.wav");
    tus.answers(403);
    await assert.rejects(bridge.runOnce(settings, given([row(HOUR, "b.wav")])), /403/);
    tus.answers(undefined);
    assert.equal((await bridge.runOnce(settings, given([row(HOUR, "a.wav"), row(HOUR, "b.wav")]))).uploaded, 1);
  });

  test("what was refused comes in once the settings are mended, or by --retry, or a day later", async () => {
    const files = ["a.wav", "b.wav", "c.wav"];
    for (const file of files) record(HOUR, file);
    const wrong = settingsFor(tus.url, { campaign: "77" });
    const asked: Asked[] = [];
    tus.answers(422);
    const rows = files.map((file) => row(HOUR, file));
    assert.equal((await bridge.runOnce(wrong, given(rows, asked))).refused, 3);
    tus.answers(undefined);
    assert.deepEqual(await bridge.runOnce(wrong, given(rows, asked)), {
      uploaded: 0,
      waiting: 0,
      refused: 0,
      given_up: 0,
    });
    assert.ok(Date.now() - Date.parse(`${asked[1]?.from}-03:00`) < HOUR, "and their rows are not asked for");
    assert.equal((await bridge.runOnce(wrong, { ...given(rows.slice(0, 1), asked), retry: true })).uploaded, 1);
    const later = Date.now() + 24 * HOUR;
    assert.equal((await bridge.runOnce(wrong, { ...given(rows.slice(1, 2), asked), now: () => later })).uploaded, 1);
    assert.equal((await bridge.runOnce(settingsFor(tus.url), given(rows, asked))).uploaded, 1);
    assert.ok(Date.now() - Date.parse(`${asked.at(-1)?.from}-03:00`) > HOUR, "their rows are asked for again");
    assert.equal((await bridge.runOnce(settingsFor(tus.url), given(rows))).uploaded, 0);
    assert.equal(tus.uploads.length, 3);
  });

  test("a recording whose row is gone does not have all of the past asked for without end", async () => {
    const settings = settingsFor(tus.url, { waitHours: 4 });
    const asked: Asked[] = [];
    const begin = Date.now();
    const roundAt = (hours: number, rows: Row[]) =>
      bridge.runOnce(settings, { ...given(rows, asked), now: () => begin + hours * HOUR });
    assert.equal((await roundAt(0, [row(HOUR, "late.wav")])).waiting, 1);
    for (const hours of [2, 2.1, 6, 6.1]) await roundAt(hours, []);
    const back = asked.map(({ from, to }) => Math.round((Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / HOUR));
    assert.deepEqual(back, [72, 72, 3, 72, 0]);
  });

  test("goes on from the state of the bridge before, and from one whose last line a crash cut off", async () => {
    const settings = settingsFor(tus.url);
    for (const file of ["a.wav", "b.wav"]) record(HOUR, file);
    const rows = [row(HOUR, "a.wav"), row(HOUR, "b.wav")];
    const state = join(at, "state.json");
    writeFileSync(state, JSON.stringify({ from: 5, deep: 5, recordings: { "a.wav": { at: Date.now(), done: true } } }));
    assert.equal((await bridge.runOnce(settings, given(rows))).uploaded, 1);
    writeFileSync(state, `${readFileSync(state, "utf8")}{"file":"b.wav","at":1,`);
    record(HOUR, "c.wav");
    assert.equal((await bridge.runOnce(settings, given([...rows, row(HOUR, "c.wav")]))).uploaded, 1);
    assert.equal((await bridge.runOnce(settings, given([...rows, row(HOUR, "c.wav")]))).uploaded, 0);
    writeFileSync(state, `not json\n${readFileSync(state, "utf8")}`);
    await assert.rejects(bridge.runOnce(settings, given(rows)), /move it away/);
  });

  test("a row without a time holds up no other; a wrong column stops the round", async () => {
    const settings = settingsFor(tus.url);
    record(HOUR, "a.wav");
    const timeless = row(HOUR, "b.wav", { FECHA: "" });
    const { uploaded, refused } = await bridge.runOnce(settings, given([timeless, row(HOUR, "a.wav")]));
    assert.deepEqual([uploaded, refused], [1, 1]);
    await assert.rejects(bridge.runOnce(settings, given([timeless])), /column FECHA/);
  });

  test("takes no settings under which something would go in clear text, or without an end", () => {
    assert.throws(() => settingsFor("http://trunkline.example.com"), /https/);
    const sql = { server: "db", database: "d", user: "u" };
    assert.throws(() => settingsFor(tus.url, { sql: { ...sql, query: "@from @to", encrypt: false } }), /encrypt/);
    assert.throws(() => settingsFor(tus.url, { sql: { ...sql, query: "SELECT 1" } }), /@from/);
  });

  test("sends no password to a SQL Server that offers no encryption", async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        heard.push(Buffer.from(chunk));
        // A PRELOGIN answer (MS-TDS 2.2.6.5): VERSION, and ENCRYPTION with ENCRYPT_NOT_SUP (2).
        const options = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]);
        const head = Buffer.from([4, 1, 0, 8 + options.length, 0, 0, 1, 0]);
        if (chunk[0] === 0x12) socket.write(Buffer.concat([head, options]));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const query = "SELECT * FROM CDR WHERE FECHA >= @from AND FECHA < @to";
    const settings = settingsFor(tus.url, {
      sql: { server: "127.0.0.1", port, database: "Neomirror", user: "reader", query },
    });
    await assert.rejects(
      bridge.readRows(settings, { from: "2026-08-20T00:00:00", to: "2026-08-21T00:00:00" }),
      /encryption/i,
    );
    assert.ok(heard.length > 0, "it was asked what it offers");
    assert.ok(
      heard.every((chunk) => chunk[0] === 0x12),
      "and told nothing else",
    );
    server.close();
  });
});
