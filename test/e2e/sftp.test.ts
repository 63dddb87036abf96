import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { request, textAt, valueAt, type Answer } from "../../scripts/api-client.ts";
import { makeKeys, PASSPHRASE, startOpenSsh, type SshServer } from "../peers/ssh-servers.ts";
import { noise } from "./audio-files.ts";
import { lookUntil } from "./looks.ts";
import { cleanUp, eventually, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

describe("recordings on an SFTP server", () => {
  const { keys, authorized, remove } = makeKeys();
  let place: Place;
  let running: Running;
  let server: SshServer;
  let path = "";

  before(async () => {
    server = await startOpenSsh(authorized);
    mkdirSync(join(server.folder, "incoming"));
    place = await newPlace();
    running = await nodeStart(place);
  });
  after(async () => {
    await cleanUp(place, running);
    server?.stop();
    remove();
  });

  const ask = (way: string, method = "GET", body?: object): Promise<Answer> =>
    request(running.connection.url, way, { method, token: running.connection.apiKey, ...(body && { body }) });

  const firstOf = ({ body }: Answer, list: string): unknown => (valueAt(body, [list]) as unknown[])[0];

  test("the host key is shown, confirmed and pinned; files come in once and are moved; a changed key stops it", async () => {
    const campaign = await ask("/v1/campaigns", "POST", { name: "Archive", settings: { auto_analyze: false } });
    const made = await ask("/v1/connectors", "POST", {
      kind: "sftp",
      name: "The exchange",
      campaign_id: textAt(campaign.body, ["id"]),
      connection: {
        host: "127.0.0.1",
        port: server.port,
        username: server.user,
        privateKey: keys.ed25519Locked,
        passphrase: PASSPHRASE,
      },
      autoImport: {
        pollInterval: 60,
        importPath: `${server.folder}/incoming/`,
        processedPath: `${server.folder}/processed/`,
        naming: "{operator}_{from}",
      },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.ok(!JSON.stringify(made.body).includes("PRIVATE KEY"));
    const id = textAt(made.body, ["id"]);
    path = `/v1/connectors/${id}`;
    const shown = await ask(`${path}/test`, "POST");
    assert.equal(textAt(firstOf(shown, "steps"), ["failure", "code"]), "host_key_unknown");
    const key = textAt(firstOf(shown, "steps"), ["failure", "detail"]);
    assert.equal(key, server.hostKey());

    writeFileSync(join(server.folder, "incoming", "Ana Gómez_+541143210000.wav"), noise(300_000, 1));
    writeFileSync(join(server.folder, "incoming", "page.mp3"), "<!DOCTYPE html><html>expired</html>");
    const confirmed = await ask(path, "PATCH", { connection: { hostKey: key } });
    assert.equal(textAt(confirmed.body, ["connection", "hostKey"]), key);
    const looks = (satisfies: (connector: unknown) => boolean) => lookUntil(running.connection, id, satisfies, 200_000);
    await looks((row) => valueAt(row, ["imported"]) === 1 && valueAt(row, ["refused"]) === 1);
    await eventually(
      "the move",
      async () => existsSync(join(server.folder, "processed", "Ana Gómez_+541143210000.wav")),
      Boolean,
      60_000,
    );
    assert.ok(existsSync(join(server.folder, "incoming", "page.mp3")), "what is no audio is left where it is");
    const calls = await eventually(
      "the call",
      () => ask("/v1/calls"),
      ({ body }) => (valueAt(body, ["data"]) as unknown[]).length > 0,
      60_000,
    );
    assert.equal((valueAt(calls.body, ["data"]) as unknown[]).length, 1);
    assert.equal(textAt(firstOf(calls, "data"), ["from_e164"]), "+541143210000");

    await server.changeHostKeys();
    await looks((row) => valueAt(row, ["trouble", "code"]) === "host_key_changed");
    const stopped = await ask(path);
    assert.equal(textAt(stopped.body, ["trouble", "detail"]), server.hostKey());
    assert.equal(valueAt(stopped.body, ["autoImport", "enabled"]), false);
    assert.equal(textAt(stopped.body, ["status"]), "failing");
  });
});
