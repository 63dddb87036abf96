// First of all: it makes the certificates that the start trusts.
import { noMicrosoft, startMicrosoft, type Microsoft } from "../peers/microsoft.ts";
import assert from "node:assert/strict";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { connect as connectTo, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { request, textAt, valueAt, type Answer } from "../../scripts/api-client.ts";
import { makeKeys, startOpenSsh, type SshServer } from "../peers/ssh-servers.ts";
import { noise } from "./audio-files.ts";
import { askForSecondLook } from "./looks.ts";
import { cleanUp, eventually, killEverything, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

// A power cut between store and settle where what settles a file cannot be seen on the line: SFTP, and OneDrive over https.

/** Two looks, a start, and where the look at the cut noted its failure, a minute until the next. */
const PATIENCE = 300_000;
const STEP = 2_000;

/**
 * A line to an SSH server. Once so many bytes of one connection went to the client, which a file of that size alone makes so
 * many, each piece that goes to the server waits: between the file's end and its rename there are several questions.
 */
async function slowLine(to: number, size: number) {
  const open = new Set<Socket>();
  let isFast = false;
  let read = () => undefined as void;
  const isRead = new Promise<void>((resolve) => (read = resolve));
  const server = createServer((near) => {
    const far = connectTo(to, "127.0.0.1");
    let received = 0;
    let turn = Promise.resolve();
    async function forward(piece: Uint8Array | string, behind: Promise<void>): Promise<void> {
      await behind;
      if (received > size && !isFast) await sleep(STEP);
      if (!far.destroyed) far.write(piece);
    }
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => undefined).on("close", () => [near, far].map((one) => one.destroy()));
    }
    far.on("data", (piece) => {
      received += piece.length;
      if (received > size) read();
      near.write(piece);
    });
    near.on("data", (piece) => void (turn = forward(piece, turn)));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    isRead,
    /** Ends every connection, with what still waits; those that come are not slowed. */
    cut: () => {
      isFast = true;
      for (const socket of open) socket.destroy();
    },
    stop: () => void server.close(),
  };
}

describe("a power cut between store and settle, of SFTP and OneDrive", () => {
  const noGraph = noMicrosoft();
  const { keys, authorized, remove } = makeKeys();
  let place: Place;
  let running: Running;
  let ssh: SshServer;
  let microsoft: Microsoft | undefined;
  let campaign = "";
  const lines: { stop(): void }[] = [];

  before(async () => {
    [place, ssh, microsoft] = await Promise.all([
      newPlace(),
      startOpenSsh(authorized),
      noGraph === undefined ? startMicrosoft() : undefined,
    ]);
    if (microsoft) place.behind = microsoft.behind;
    running = await nodeStart(place);
    const made = await ask("/v1/campaigns", "POST", { name: "Archive", settings: { auto_analyze: false } });
    campaign = textAt(made.body, ["id"]);
  });
  after(async () => {
    await cleanUp(place, running);
    for (const line of lines) line.stop();
    ssh?.stop();
    microsoft?.stop();
    remove();
  });

  async function ask(way: string, method = "GET", body?: object): Promise<Answer> {
    const { url, apiKey } = running.connection;
    return request(url, way, { method, token: apiKey, ...(body && { body }) });
  }
  async function callsOf(operator: string): Promise<unknown[]> {
    const { body } = await ask("/v1/calls");
    return (valueAt(body, ["data"]) as unknown[]).filter((call) => valueAt(call, ["operator", "name"]) === operator);
  }
  async function connect(kind: string, connection: object, autoImport: object): Promise<string> {
    const made = await ask("/v1/connectors", "POST", {
      kind,
      name: "Storage",
      campaign_id: campaign,
      connection,
      autoImport: { pollInterval: 60, naming: "{operator}_*", ...autoImport },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return textAt(made.body, ["id"]);
  }
  async function powerCut(): Promise<void> {
    await killEverything(running, place);
    running = await nodeStart(place);
  }
  async function settles(operator: string, isMoved: () => boolean): Promise<void> {
    await eventually(
      "the move",
      async () => {
        await sleep(1_000);
        return isMoved();
      },
      Boolean,
      PATIENCE,
    );
    assert.equal((await callsOf(operator)).length, 1);
  }

  test("SFTP: the call is there, the file is not moved, and after the cut it is moved and there is one call", async () => {
    const [from, to] = ["incoming", "processed"].map((folder) => join(ssh.folder, folder, "Ana_1.wav"));
    assert.ok(from && to);
    mkdirSync(join(ssh.folder, "incoming"));
    writeFileSync(from, noise(600_000, 1));
    const line = await slowLine(ssh.port, statSync(from).size);
    lines.push(line);
    const id = await connect(
      "sftp",
      {
        host: "127.0.0.1",
        port: line.port,
        username: ssh.user,
        privateKey: keys.ed25519,
        hostKey: ssh.hostKey(),
      },
      { importPath: `${ssh.folder}/incoming/`, processedPath: `${ssh.folder}/processed/` },
    );
    await askForSecondLook(running.connection, id, PATIENCE);
    await line.isRead;
    await eventually(
      "the call",
      () => callsOf("Ana"),
      (found) => found.length > 0,
      PATIENCE,
    );
    line.cut();
    assert.deepEqual([existsSync(from), existsSync(to)], [true, false], "the cut is before the rename");
    await powerCut();
    await settles("Ana", () => existsSync(to) && !existsSync(from));
  });

  test(
    "OneDrive: the item is not moved at the cut, and after it it is, and there is one call",
    { skip: noGraph },
    async () => {
      assert.ok(microsoft);
      const { graph } = microsoft;
      graph.grantToApplication();
      graph.put("Incoming/Bea_1.wav", noise(400_000, 2));
      graph.folder("Done");
      const cut = microsoft.cutAt((method, url) => method === "PATCH" && url.pathname.includes("/items/"));
      await connect(
        "onedrive",
        { clientId: "app", clientSecret: "secret", tenantId: "acme.example", user: "carla@acme.example" },
        { importPath: "/Incoming", processedPath: "/Done" },
      );
      await cut;
      assert.deepEqual(graph.files(), ["Incoming/Bea_1.wav"]);
      await powerCut();
      await eventually(
        "the call",
        () => callsOf("Bea"),
        (found) => found.length > 0,
        PATIENCE,
      );
      await settles("Bea", () => graph.files().join() === "Done/Bea_1.wav");
    },
  );
});
