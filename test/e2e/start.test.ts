import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PROJECT } from "../../scripts/wrangler.ts";
import { cleanUp, eventually, newPlace, nodeStart, npmStart, type Place, type Running } from "./trunkline.ts";

const PATIENCE = 60_000;

describe("what ends a development server does not end this one", () => {
  let place: Place;
  let running: Running;

  before(async () => {
    place = await newPlace({ isNew: true });
    running = await npmStart(place);
  });
  after(() => cleanUp(place, running));

  /** Sends bytes and leaves at once. */
  function leaveAfter(bytes: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(place.port, "127.0.0.1", () => socket.write(bytes, () => socket.destroy()));
      socket.once("error", reject).once("close", () => resolve());
    });
  }

  /** A request written by hand, because no client sends a GET with a body. */
  function statusOf(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = connect(place.port, "127.0.0.1", () => socket.write(request));
      socket.setEncoding("utf8").once("error", reject);
      socket.once("data", (text) => {
        resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(String(text))?.[1]));
        socket.destroy();
      });
    });
  }

  test("bodies where none is expected, senders that leave in the middle, many at once", async () => {
    const paths = ["/health", "/webhook/anura/", "/v1/calls", "/uploads", "/openapi.json"];
    const head = (method: string, path: string, length: number) =>
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    for (const path of paths)
      for (const method of ["GET", "DELETE", "OPTIONS"]) {
        const status = await statusOf(`${head(method, path, 5)}hello`);
        assert.ok(status >= 200 && status < 500, `${method} ${path} with a body: ${status}`);
      }
    for (const path of paths)
      for (const method of ["POST", "PATCH", "GET"]) await leaveAfter(`${head(method, path, 5000)}hello world!`);
    const headers = { "X-API-Key": running.connection.apiKey };
    const many = await Promise.all([
      ...Array.from({ length: 70 }, () => fetch(`${running.connection.url}/v1/calls`, { headers })),
      fetch(`${running.connection.url}/v1/endpoints/wh_none`, { method: "PATCH", headers, body: "{}" }),
    ]);
    assert.ok(many.every(({ status }) => status < 500));
    assert.equal((await fetch(`${running.connection.url}/health`)).status, 200);
    assert.doesNotMatch(running.output(), /crashed|starting another/);
  });
});

describe("what wrangler.toml may come to say", () => {
  let place: Place;
  let running: Running;
  let project = "";

  before(async () => {
    place = await newPlace();
    project = mkdtempSync(join(tmpdir(), "trunkline-project-"));
    for (const part of [
      "scripts",
      "src",
      "tools/bridge/clock.js",
      "migrations",
      "wrangler.toml",
      "package.json",
      "tsconfig.json",
      "test/fixtures",
    ])
      cpSync(join(PROJECT, part), join(project, part), { recursive: true });
    symlinkSync(join(PROJECT, "node_modules"), join(project, "node_modules"));
    writeFileSync(join(project, "word.txt"), "first");
    writeFileSync(
      join(project, "build.mjs"),
      `import { readFileSync, writeFileSync } from "node:fs";
const word = readFileSync("word.txt", "utf8");
writeFileSync("word.ts", "export const word = " + JSON.stringify(word) + ";");
writeFileSync(".wrangler/assets/assets/word.css", word + "{}");\n`,
    );
    writeFileSync(
      join(project, "src", "wrapped.ts"),
      `import trunkline from "./index";
import { word } from "../word";
export { EndpointObject, SourceLane, EventStream } from "./index";
export default { ...trunkline, async fetch(request, env, ctx) {
  const { pathname } = new URL(request.url);
  if (pathname === "/word") return new Response(word);
  if (pathname === "/mail") {
    await env.MAIL.send({ from: "a@example.com", to: "b@example.com", subject: "Hello", text: "The word is " + word });
    return new Response("sent");
  }
  return trunkline.fetch(request, env, ctx);
} };\n`,
    );
    const toml = join(project, "wrangler.toml");
    const committed = readFileSync(toml, "utf8");
    writeFileSync(
      toml,
      `${committed
        .replace('main = "src/index.ts"', 'main = "src/wrapped.ts"')
        .replace('assets.ts"', 'assets.ts && node build.mjs"')
        .replace('watch_dir = "src/ui"', 'watch_dir = ["src", "word.txt"]')}
[[send_email]]
name = "MAIL"
`,
    );
    running = await nodeStart(place, project);
  });
  after(async () => {
    await cleanUp(place, running);
    rmSync(project, { recursive: true, force: true });
  });

  const ask = async (path: string) => (await fetch(`${running.connection.url}${path}`)).text();

  test("[build] and [assets]: what is built is served, and after a change what is built then", async () => {
    assert.deepEqual(await Promise.all([ask("/word"), ask("/assets/word.css")]), ["first", "first{}"]);
    writeFileSync(join(project, "word.txt"), "second");
    const both = () => Promise.all([ask("/word"), ask("/assets/word.css")]).catch(() => []);
    await eventually("the new word", both, (now) => now.join() === "second,second{}", PATIENCE);
  });

  test("mail becomes files in the state folder", async () => {
    assert.equal(await ask("/mail"), "sent");
    await eventually(
      "the mail's file",
      async () => readdirSync(join(place.stateDir, "tmp"), { recursive: true }).map(String),
      (names) => names.some((name) => name.endsWith(".txt")),
      PATIENCE,
    );
  });
});
