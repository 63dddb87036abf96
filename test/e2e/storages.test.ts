import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { connect as connectTo, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { request, textAt, valueAt, type Answer } from "../../scripts/api-client.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { FTP_PASSWORD, startVsftpd, type FtpPeer } from "../peers/ftp-servers.ts";
import { startNeoApi } from "../peers/neoapi.ts";
import { bucketOf, OWNER, startSwift, type Swift } from "../peers/swift.ts";
import { noise } from "./audio-files.ts";
import { askForSecondLook } from "./looks.ts";
import { cleanUp, eventually, killEverything, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

const HOUR = 3_600_000;
/** Two looks, a start, and where the look at the cut noted its failure, a minute until the next. */
const PATIENCE = 300_000;

/** A line to a server of this machine. `strike` is called once, before the first piece goes on that has this text in it. */
async function wire(to: number) {
  let text: string | undefined;
  let strike = () => undefined as void;
  const server = createServer((near) => {
    const far = connectTo(to, "127.0.0.1");
    for (const socket of [near, far])
      socket.on("error", () => undefined).on("close", () => [near, far].map((one) => one.destroy()));
    near.on("data", (piece) => {
      if (text !== undefined && piece.includes(text)) {
        text = undefined;
        for (const socket of [near, far]) socket.destroy();
        return strike();
      }
      far.write(piece);
    });
    far.on("data", (piece) => near.write(piece));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    /** Resolves once the text was about to go over the line, which is cut before it. */
    cutBefore: (given: string) => new Promise<void>((resolve) => ([text, strike] = [given, resolve])),
    stop: () => void server.close(),
  };
}

describe("storages of every kind, and a power cut between store and settle", () => {
  let place: Place;
  let running: Running;
  let swift: Swift;
  let ftp: FtpPeer;
  let campaign = "";
  let at = "";
  const lines: { stop(): void }[] = [];

  before(async () => {
    at = mkdtempSync(join(tmpdir(), "storages-"));
    [swift, ftp, place] = await Promise.all([
      startSwift(),
      startVsftpd({ security: "none", certificate: null }),
      newPlace(),
    ]);
    running = await nodeStart(place);
    const made = await ask("/v1/campaigns", "POST", { name: "Archive", settings: { auto_analyze: false } });
    campaign = textAt(made.body, ["id"]);
  });
  after(async () => {
    await cleanUp(place, running);
    for (const line of lines) line.stop();
    swift?.stop();
    ftp?.stop();
    rmSync(at, { recursive: true, force: true });
  });

  // An organization has 1,000 requests an hour: the looks of minutes must not use them up.
  async function ask(way: string, method = "GET", body?: object): Promise<Answer> {
    if (method === "GET") await sleep(1_000);
    const { url, apiKey } = running.connection;
    return request(url, way, { method, token: apiKey, ...(body && { body }) });
  }
  const callsOf = (operator: string) =>
    eventually(
      `the call of ${operator}`,
      async () => {
        const { body } = await ask("/v1/calls");
        return (valueAt(body, ["data"]) as object[]).filter((call) => valueAt(call, ["operator", "name"]) === operator);
      },
      (found) => found.length > 0,
      PATIENCE,
    );
  async function connect(connection: object, autoImport: object, more: object = {}): Promise<string> {
    const given = {
      name: "Storage",
      campaign_id: campaign,
      connection,
      autoImport: { pollInterval: 60, ...autoImport },
    };
    const made = await ask("/v1/connectors", "POST", { ...given, ...more });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return textAt(made.body, ["id"]);
  }
  async function powerCut(cut: Promise<void>): Promise<void> {
    await cut;
    await killEverything(running, place);
    running = await nodeStart(place);
  }

  test("S3: the recording and its sidecar come in once, and both are moved", async () => {
    const bucket = bucketOf(swift, "calls");
    await bucket.make();
    const line = await wire(Number(new URL(swift.url).port));
    lines.push(line);
    await bucket.put("incoming/a b+ñ.wav", noise(400_000, 1));
    await bucket.put("incoming/a b+ñ.json", JSON.stringify({ agent: "Ana", tags: ["vip"] }));
    const cut = line.cutBefore("%2B%C3%B1.wav\r\nx-amz-copy-source-if-match");
    const id = await connect(
      {
        endpoint: `http://127.0.0.1:${line.port}`,
        bucket: "calls",
        accessKey: OWNER.access_key,
        secretKey: OWNER.secret_key,
      },
      {
        importPath: "/incoming/",
        processedPath: "/processed/",
        sidecar: { fields: { operator: "agent", tags: "tags" } },
      },
    );
    await askForSecondLook(running.connection, id, PATIENCE);
    await powerCut(cut);
    const [call, ...others] = await callsOf("Ana");
    assert.deepEqual([valueAt(call, ["tags"]), others], [["vip"], []]);
    const moved = await eventually(
      "the moves",
      () => bucket.names(),
      (names) => names.every((name) => name.startsWith("processed/")),
      PATIENCE,
    );
    assert.deepEqual(moved.toSorted(), ["processed/a b+ñ.json", "processed/a b+ñ.wav"]);
    assert.equal((await callsOf("Ana")).length, 1);
  });

  test("FTP: a file comes in once, and is moved", async () => {
    mkdirSync(join(ftp.folder, "incoming"));
    writeFileSync(join(ftp.folder, "incoming", "Bea_1.wav"), noise(300_000, 2));
    const line = await wire(ftp.port);
    lines.push(line);
    const cut = line.cutBefore("RNFR");
    const server = { host: "127.0.0.1", port: line.port, security: "none", username: ftp.user, password: FTP_PASSWORD };
    const paths = {
      importPath: `${ftp.root}incoming/`,
      processedPath: `${ftp.root}processed/`,
      naming: "{operator}_*",
    };
    const id = await connect(server, paths, { kind: "ftp" });
    await askForSecondLook(running.connection, id, PATIENCE);
    await powerCut(cut);
    assert.equal((await callsOf("Bea")).length, 1);
    await eventually("the move", async () => existsSync(join(ftp.folder, "processed", "Bea_1.wav")), Boolean, PATIENCE);
    assert.equal((await callsOf("Bea")).length, 1);
  });

  /** The wall clock of Buenos Aires, as Neotel's rows have it, and a recording that lies where the row says. */
  const wall = (ago: number) => new Date(Date.now() - ago - 3 * HOUR).toISOString().slice(0, 19);
  function record(folder: string, file: string, seed: number): void {
    const path = join(folder, ...wall(HOUR).slice(0, 10).split("-"), file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, noise(200_000, seed));
    const rested = (Date.now() - HOUR) / 1_000;
    utimesSync(path, rested, rested);
  }
  const rowOf = (file: string, operator: string) => ({
    GRABACION: file,
    IDAPLICACION: 12,
    USUARIO: operator,
    DIRECCION: "S",
    SECTOT: 12,
    FECHA: wall(HOUR),
  });

  test("Neotel: rows of its API name recordings on the FTP server", async () => {
    const api = await startNeoApi();
    lines.push(api);
    record(join(ftp.folder, "grabaciones"), "n1.wav", 3);
    api.has([rowOf("N1", "Carla"), rowOf("late.wav", "Late")]);
    const id = await connect(
      {
        baseUrl: api.url,
        idTask: 28,
        host: "127.0.0.1",
        port: ftp.port,
        security: "none",
        username: ftp.user,
        password: FTP_PASSWORD,
        audioPath: `${ftp.root}grabaciones/{yyyy}/{MM}/{dd}/{file}`,
      },
      {},
      { kind: "neotel" },
    );
    const [call, ...others] = await callsOf("Carla");
    assert.deepEqual([textAt(call, ["direction"]), others], ["outbound", []]);
    record(join(ftp.folder, "grabaciones"), "late.wav", 4);
    await askForSecondLook(running.connection, id, PATIENCE);
    assert.equal((await callsOf("Late")).length, 1);
    assert.equal(valueAt((await ask(`/v1/connectors/${id}`)).body, ["trouble"]), null);
  });

  test("the bridge beside a database uploads what its rows name, each once", async () => {
    type Bridge = {
      runOnce(settings: object, deps: object): Promise<Record<string, number>>;
      checkSettings(given: object, environment: object): object;
    };
    const load = (name: string) => import(join(PROJECT, "tools", "bridge", name)) as Promise<Partial<Bridge>>;
    const bridge = { ...(await load("run.js")), ...(await load("settings.js")) } as Bridge;
    const { url, apiKey } = running.connection;
    record(join(at, "recordings"), "b1.wav", 5);
    const settings = bridge.checkSettings(
      {
        trunkline: url,
        campaign,
        recordings: join(at, "recordings"),
        state: join(at, "state.json"),
        sql: { server: "none", database: "d", user: "u", query: "SELECT @from, @to" },
      },
      { TRUNKLINE_API_KEY: apiKey, SQL_PASSWORD: "none" },
    );
    const rows = [{ ...rowOf("b1.wav", "Dora"), FECHA: new Date(`${wall(HOUR)}Z`) }];
    const round = () => bridge.runOnce(settings, { readRows: async () => rows, log: () => undefined });
    assert.equal((await round())["uploaded"], 1);
    assert.equal((await round())["uploaded"], 0);
    const [call, ...others] = await callsOf("Dora");
    assert.deepEqual([textAt(call, ["external_id"]), others], ["neotel:b1.wav", []]);
  });
});
