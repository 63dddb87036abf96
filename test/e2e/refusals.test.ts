import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { freePort } from "../peers/started.ts";
import { npmRun } from "./trunkline.ts";

describe("npm start says in one line what is wrong, and exits 1", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-e2e-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("a busy port, with its number and its holder", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const line = await refusal({ port, stateDir: join(folder, "busy") });
    assert.match(line, new RegExp(`port ${port} is busy`));
    if (process.platform === "linux") assert.match(line, new RegExp(`process ${process.pid}\\b`));
    server.close();
  });

  test("a PORT that is none", async () => {
    assert.match(
      await refusal({ port: "http", stateDir: join(folder, "none") }),
      /PORT must be a number from 1 to 65535, not "http"/,
    );
    assert.match(await refusal({ port: "70000", stateDir: join(folder, "none") }), /PORT must be a number/);
  });

  test("a state folder that is a file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    assert.match(await refusal({ port: await freePort(), stateDir: file }), /STATE_DIR .*file is not a folder/);
  });

  test("a damaged dev.json", async () => {
    const stateDir = join(folder, "damaged");
    mkdirSync(stateDir);
    writeFileSync(join(stateDir, "dev.json"), '{"url":');
    assert.match(await refusal({ port: await freePort(), stateDir }), /dev\.json is damaged/);
  });

  test("data without the secrets that open it", async () => {
    const stateDir = join(folder, "sealed");
    mkdirSync(join(stateDir, "state"), { recursive: true });
    assert.match(await refusal({ port: await freePort(), stateDir }), /secrets\.env is missing/);
  });

  test("npm run demo without a start", async () => {
    assert.match(
      await refusal({ port: 1, stateDir: join(folder, "nobody") }, ["run", "demo"]),
      /run `npm start` in another terminal first/,
    );
  });
});

/** The one line that our script printed, without npm's own lines. */
async function refusal(place: { port: number | string; stateDir: string }, script = ["start"]): Promise<string> {
  const { code, output } = await npmRun(script, place);
  assert.equal(code, 1, output);
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^(npm |> )/.test(line));
  assert.equal(lines.length, 1, output);
  return lines[0] ?? "";
}
