import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { FTP_PASSWORD } from "./ftp-servers.ts";
import { startStorages, type Step } from "./storages.ts";

let storages: Awaited<ReturnType<typeof startStorages>>;
before(async () => {
  storages = await startStorages();
});
after(() => storages?.stop());

describe("servers that are none, or mean no good", () => {
  /** A server that answers each line by this. */
  async function scripted(answer: (line: string, socket: Socket) => string | undefined, greeting = "220 ready\r\n") {
    const server = createServer((socket) => {
      socket.on("error", () => undefined).write(greeting);
      socket.on("data", (chunk) => {
        for (const line of chunk.toString().split("\r\n").filter(Boolean)) {
          const said = answer(line, socket);
          if (said !== undefined) socket.write(said);
        }
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return { port: (server.address() as AddressInfo).port, stop: () => void server.close() };
  }
  const codeAt = async (port: number, security = "none") => {
    const settings = { host: "127.0.0.1", port, username: "carla", security, import_path: "/incoming/" };
    const asked = { kind: "ftp", settings, credentials: { password: FTP_PASSWORD }, act: "test" };
    return (await storages.ask<Step[]>(asked))[0]?.failure?.code;
  };
  const usual = (line: string): string => {
    if (line.startsWith("USER")) return "331 go on\r\n";
    if (line.startsWith("PASS")) return "230 in\r\n";
    if (line === "PWD") return '257 "/"\r\n';
    return /^(TYPE|CWD)/.test(line) ? "250 fine\r\n" : "500 unknown\r\n";
  };

  test("a web server, a port where nothing answers, an answer without an end", async () => {
    const web = await scripted(() => undefined, "HTTP/1.1 400 Bad Request\r\n\r\n");
    assert.equal(await codeAt(web.port), "not_ftp");
    web.stop();
    const endless = await scripted(() => undefined, `220-${"hello\r\n".repeat(2_000)}`);
    assert.equal(await codeAt(endless.port), "not_ftp");
    endless.stop();
    const long = await scripted(() => undefined, `220 ${"x".repeat(50_000)}`);
    assert.equal(await codeAt(long.port), "not_ftp");
    long.stop();
  });

  test("the address that the server names for a file is not gone to, and neither is a port of the system", async () => {
    let went = 0;
    const victim = createServer((socket) => {
      went += 1;
      socket.end();
    });
    await new Promise<void>((resolve) => void victim.listen(0, "127.0.0.2", resolve));
    const { port } = victim.address() as AddressInfo;
    const at = `127,0,0,2,${port >> 8},${port & 255}`;
    const server = await scripted((line) => (line === "PASV" ? `227 here (${at})\r\n` : usual(line)));
    assert.equal(await codeAt(server.port), "storage_error");
    assert.equal(went, 0);
    const low = await scripted((line) => (line === "EPSV" ? "229 here (|||22|)\r\n" : usual(line)));
    assert.equal(await codeAt(low.port), "no_data_connection");
    for (const one of [server, low]) one.stop();
    victim.close();
  });

  test("what was slipped in before the encryption is not taken for what came through it", async () => {
    const server = await scripted((line) => (line === "AUTH TLS" ? "234 go on\r\n230 in\r\n" : usual(line)));
    assert.equal(await codeAt(server.port, "explicit"), "not_ftp");
    server.stop();
  });

  test("a server that is full says so, and one that wants encryption", async () => {
    const full = await scripted(() => undefined, "421 Too many connections from this address\r\n");
    assert.equal(await codeAt(full.port), "too_many_sessions");
    const strict = await scripted((line) => (line.startsWith("USER") ? "530 SSL required\r\n" : usual(line)));
    assert.equal(await codeAt(strict.port), "no_encryption");
    for (const one of [full, strict]) one.stop();
  });
});
