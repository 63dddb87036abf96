import assert from "node:assert/strict";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { FTP_PASSWORD, startProFtpdFtp, startVsftpd, type FtpPeer } from "./ftp-servers.ts";
import { startNeoApi } from "./neoapi.ts";
import { startStorages, type Failure, type Opened, type Step } from "./storages.ts";

// Neotel's rows from its HTTP API and from CSV, its recordings from real FTP servers.

const ZONE = "America/Argentina/Buenos_Aires";
const HOUR = 3_600_000;

type Named = { name: string; key: string; fields: Record<string, string>; until: number; refusal?: string };
type Listed = { ok: boolean; value: { files: Named[]; cursor: string | null; resume?: string }; error: Failure };

/** A moment as rows have it: the wall clock of Buenos Aires, three hours behind UTC. */
function wall(ago: number): string {
  return new Date(Date.now() - ago - 3 * HOUR).toISOString().slice(0, 19);
}

for (const [name, start] of [
  ["vsftpd", startVsftpd],
  ["ProFTPD", startProFtpdFtp],
] as const)
  describe(`the Neotel connector against ${name} and a scripted API`, () => {
    let storages: Awaited<ReturnType<typeof startStorages>>;
    let api: Awaited<ReturnType<typeof startNeoApi>>;
    let server: FtpPeer;
    before(async () => {
      storages = await startStorages();
      api = await startNeoApi();
      server = await start({ security: "none", certificate: null });
    });
    after(async () => {
      api?.stop();
      server?.stop();
      await storages?.stop();
    });

    function ask<T>(act: string, { settings = {}, ...more }: { settings?: object; [name: string]: unknown } = {}) {
      return storages.ask<T>({
        kind: "neotel",
        act,
        settings: {
          base_url: api.url,
          id_task: 28,
          time_zone: ZONE,
          host: "127.0.0.1",
          port: server.port,
          username: server.user,
          security: "none",
          audio_path: `${server.root}grabaciones/{yyyy}/{MM}/{dd}/{file}`,
          campaign_map: { "12": "cmp_sales" },
          ...settings,
        },
        credentials: { password: FTP_PASSWORD },
        ...more,
      });
    }
    /** Puts a recording where the row of this time has it, last written to so long ago. */
    function record(ago: number, file: string, content = file, writtenAgo = HOUR): void {
      const path = join(server.folder, "grabaciones", ...wall(ago).slice(0, 10).split("-"), file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      const at = (Date.now() - writtenAgo) / 1_000;
      utimesSync(path, at, at);
    }
    const row = (ago: number, file: string, more: object = {}) => ({
      GRABACION: file,
      IDAPLICACION: 12,
      USUARIO: "Ana Gómez",
      DIRECCION: "E",
      SECTOT: 125,
      FECHA: wall(ago),
      ...more,
    });

    test("asks the task for spans of time by the clock of its zone, and reads what rows say", async () => {
      api.has([
        row(2 * HOUR, 'a <b> & "c".wav'),
        row(3 * HOUR, "", { SECTOT: 0 }),
        row(4 * HOUR, "x.wav", { IDAPLICACION: 99, DIRECCION: "?" }),
      ]);
      api.asked.length = 0;
      const first = await ask<Listed>("list", {
        settings: { look_back_hours: 30, wait_hours: 24, overlap_minutes: 0 },
      });
      assert.ok(first.ok, JSON.stringify(first));
      assert.notEqual(first.value.cursor, null);
      const second = await ask<Listed>("list", { cursor: first.value.cursor });
      assert.equal(second.value.cursor, null);
      assert.match(second.value.resume ?? "", /^\{"from":\d+,"deep":\d+\}$/);
      const [asked] = api.asked;
      assert.equal(asked?.pathname, "/neoapi/webservice.asmx/ExecuteTask02");
      assert.equal(asked?.searchParams.get("idTask"), "28");
      assert.match(asked?.searchParams.get("param1") ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      assert.ok(Math.abs(Date.parse(`${asked?.searchParams.get("param1")}-03:00`) - (Date.now() - 30 * HOUR)) < 60_000);
      const files = [...first.value.files, ...second.value.files];
      assert.deepEqual(files.map(({ key }) => key).toSorted(), ['neotel:a <b> & "c".wav', "neotel:x.wav"]);
      const known = files.find(({ key }) => key.includes("a <b>"));
      assert.equal(
        known?.name,
        `${server.root}grabaciones/${wall(2 * HOUR)
          .slice(0, 10)
          .replaceAll("-", "/")}/a <b> & "c".wav`,
      );
      const { started_at, ...fields } = known?.fields ?? {};
      assert.deepEqual(fields, {
        external_id: 'neotel:a <b> & "c".wav',
        operator: "Ana Gómez",
        campaign: "12",
        direction: "inbound",
        "custom[neotel_seconds]": "125",
      });
      assert.ok(Math.abs(Date.parse(started_at ?? "") - (Date.now() - 2 * HOUR)) < 5_000);
      const other = files.find(({ key }) => key === "neotel:x.wav");
      assert.equal(other?.fields["campaign"], undefined, "a number of Neotel's is none of ours");
      assert.equal(other?.fields["custom[neotel_campaign]"], "99");
    });

    test("finds a row that is written long after its time, and what came while the API could not be asked", async () => {
      const settings = { look_back_hours: 30, wait_hours: 24 };
      const now = Date.now();
      // The row of a call of two hours, which is written when it has ended.
      api.has([row(2 * HOUR, "long.wav"), row(29 * HOUR, "delayed.wav"), row(50 * HOUR, "outage.wav")]);
      const keysFrom = async (begun: object | null) => {
        const keys: string[] = [];
        let cursor = begun && JSON.stringify(begun);
        do {
          const page: Listed = await ask<Listed>("list", { settings, cursor });
          assert.ok(page.ok, JSON.stringify(page));
          keys.push(...page.value.files.map(({ key }) => key));
          cursor = page.value.cursor;
        } while (cursor !== null);
        return keys.toSorted();
      };
      const all = ["neotel:delayed.wav", "neotel:long.wav"];
      assert.deepEqual(await keysFrom({ from: now - 5 * 60_000, deep: now - 30 * 60_000 }), []);
      assert.deepEqual(await keysFrom({ from: now - 5 * 60_000, deep: now - HOUR }), all);
      assert.deepEqual(await keysFrom({ from: now - 5 * 60_000 }), all, "as one from before there was this");
      assert.deepEqual(await keysFrom({ from: now - 51 * HOUR, deep: now - 51 * HOUR }), [...all, "neotel:outage.wav"]);
    });

    test("takes any count of parameters, and columns of other names in any case", async () => {
      api.has([]);
      api.asked.length = 0;
      await ask("list", { settings: { parameters: ["12", "{from}", "{to}"], look_back_hours: 1, wait_hours: 1 } });
      assert.equal(api.asked[0]?.pathname, "/neoapi/webservice.asmx/ExecuteTask03");
      assert.equal(api.asked[0]?.searchParams.get("param1"), "12");
      api.answersWith((response) =>
        response
          .writeHead(200, { "content-type": "text/xml" })
          .end(
            `<?xml version="1.0"?><string xmlns="http://tempuri.org/">{"Table":[{"archivo":"b.wav","cuando":"/Date(${Date.now()})/"}]}</string>`,
          ),
      );
      const columns = { file: "ARCHIVO", at: "Cuando" };
      const listed = await ask<Listed>("list", { settings: { columns, look_back_hours: 1, wait_hours: 1 } });
      api.answersWith(undefined);
      assert.equal(listed.value.files[0]?.key, "neotel:b.wav");
    });

    test("opens recordings by their name in any case and without an ending, and waits for what is not there whole", async () => {
      const ago = 2 * HOUR;
      record(ago, "UPPER.WAV", "upper");
      record(ago, "noending.mp3", "ending");
      record(ago, "fresh.wav", "half", 0);
      record(ago, "empty.wav", "");
      api.has(["upper.wav", "noending", "fresh.wav", "empty.wav", "missing.wav"].map((file) => row(ago, file)));
      const { files } = (await ask<Listed>("list", { settings: { look_back_hours: 3, wait_hours: 3 } })).value;
      const opened = await Promise.all(files.map((file) => ask<Opened>("open", { file })));
      assert.deepEqual(
        opened.map(({ ok, size, error }) => (ok ? size : error.code)),
        [5, 6, "late", "late", "late"],
      );
      const nowhere = { ...files[0], name: `${server.root}grabaciones/1999/01/01/a.wav` };
      assert.equal((await ask<Opened>("open", { file: nowhere })).error.code, "late");
    });

    test("reads rows from CSV: delimiters, quotes, Windows' letters, a last line that is still being written", async () => {
      const day = wall(0).slice(0, 10).replaceAll("-", "");
      const path = join(server.folder, `${day}.csv`);
      const settings = { rows: "csv", csv_path: `${server.root}{yyyy}{MM}{dd}.csv`, look_back_hours: 1, wait_hours: 1 };
      const lines = [
        "GRABACION;IDAPLICACION;USUARIO;DIRECCION;SECTOT;FECHA",
        `"a;1.wav";12;"Peña ""la"" Ñ";S;10;${wall(0).replace("T", " ")}`,
        `b.wav;12;Ana;E;10;${wall(0).slice(8, 10)}/${wall(0).slice(5, 7)}/${wall(0).slice(0, 4)} ${wall(0).slice(11)}`,
        `c.wav;12;Ana;E;10;${wall(0)}`,
      ];
      writeFileSync(path, Buffer.from(lines.join("\r\n"), "latin1"));
      const names = async () => {
        const listed = await ask<Listed>("list", { settings });
        assert.ok(listed.ok, JSON.stringify(listed));
        return listed.value.files.map(({ key, fields }) => `${key} ${fields["operator"]} ${fields["direction"]}`);
      };
      assert.deepEqual(await names(), ['neotel:a;1.wav Peña "la" Ñ outbound', "neotel:b.wav Ana inbound"]);
      const rested = (Date.now() - HOUR) / 1_000;
      utimesSync(path, rested, rested);
      assert.equal((await names()).length, 3);
      // A head in the middle, and a row without a time: they are refused, and no other row with them.
      writeFileSync(
        path,
        Buffer.from(
          [...lines, lines[0], `e.wav;12;Ana;E;10;`, `"a;1.wav";12;Ana;E;10;soon`].join("\r\n") + "\r\n",
          "latin1",
        ),
      );
      const listed = await ask<Listed>("list", { settings });
      assert.ok(listed.ok, JSON.stringify(listed));
      assert.deepEqual(
        listed.value.files.map(({ key, refusal }) => `${key} ${refusal ?? "taken"}`),
        [
          "neotel:a;1.wav taken",
          "neotel:b.wav taken",
          "neotel:c.wav taken",
          "neotel:GRABACION neotel_row",
          "neotel:e.wav neotel_row",
        ],
      );
      writeFileSync(path, "FILE;AT\na.wav;now\n");
      assert.equal((await ask<Listed>("list", { settings })).error.code, "neotel_columns");
      const none = { ...settings, csv_path: `${server.root}none-{yyyy}.csv` };
      assert.deepEqual((await ask<Listed>("list", { settings: none })).value.files, []);
    });

    test("names what is wrong at Test, and that nothing is", async () => {
      record(60_000, "t.wav", "t");
      api.has([row(60_000, "t.wav")]);
      const codes = async (settings: object = {}, more: object = {}) =>
        (await ask<Step[]>("test", { settings, ...more })).map(
          ({ step, failure }) => `${step} ${failure?.code ?? "fine"}`,
        );
      assert.deepEqual(await codes(), ["list fine", "read fine"]);
      api.has([row(60_000, "not-yet.wav")]);
      assert.deepEqual(await codes(), ["list fine", "read fine"]);
      assert.deepEqual(await codes({}, { credentials: { password: "wrong" } }), ["list fine", "read wrong_password"]);
      assert.deepEqual(await codes({ base_url: api.url.replace("webservice", "other") }), ["list neotel_task"]);
      assert.deepEqual(await codes({ base_url: "http://127.0.0.1:1/neoapi" }), ["list neotel_unreachable"]);
      api.has([row(60_000, "a.wav", { GRABACION: undefined })]);
      assert.deepEqual(await codes(), ["list neotel_columns"]);
      for (const [status, body, code] of [
        [500, "System.Data.SqlClient.SqlException: Invalid object name 'CDR'.\r\n   at System.Data…", "neotel_task"],
        [401, "", "neotel_login"],
        [302, "", "not_neotel"],
        [200, "<html><body>Login</body></html>", "not_neotel"],
        [200, '<!DOCTYPE x [<!ENTITY a "b">]><string>[]</string>', "not_neotel"],
        [200, '<string xmlns="http://tempuri.org/">no rows</string>', "neotel_rows"],
        [200, '<string xmlns="http://tempuri.org/">[1,2]</string>', "neotel_rows"],
        [200, '<string xmlns="http://tempuri.org/">[{"GRABACION":"a","FECHA":"yesterday"}]</string>', "neotel_columns"],
        [200, '<string xmlns="http://tempuri.org/" />', "fine"],
      ] as const) {
        api.answersWith((response) => response.writeHead(status, { location: "/elsewhere" }).end(body));
        assert.equal((await codes())[0], `list ${code}`, body);
      }
      api.answersWith(undefined);
    });
  });
