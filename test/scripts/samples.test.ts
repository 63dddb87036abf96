import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { describedAt } from "../../scripts/openapi/document.ts";

// Every sample that the document prints is run once, against a server that writes down what came. The three languages
// must say the same, and what the operation takes.

type Operation = {
  operationId: string;
  requestBody?: { content: Record<string, unknown> };
  "x-codeSamples": { lang: string; source: string }[];
};
type Seen = { method: string; path: string; headers: Record<string, string>; body: unknown };

const AUDIO = Buffer.from("RIFF....WAVE");
/** Headers that a sample sets by itself; the others are those of its language. */
const SAID = /^(?:x-api-key|authorization|cookie|x-csrf-token|content-type|tus-|upload-|idempotency-key)/;

const SETTINGS = {
  KEY: "tk_key",
  SESSION: "session",
  CSRF_TOKEN: "csrf",
  OPERATOR_TOKEN: "operator",
  ORGANIZATION: "org_1",
  EXPIRES: "1",
  SIGNATURE: "s",
};

test("every sample runs, and says the same in each language", { timeout: 240_000 }, async () => {
  const document = JSON.parse(await describedAt("/openapi.json")) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  assert.ok(operations.length > 200);
  const names = new Set(
    operations.flatMap(({ operation }) =>
      operation["x-codeSamples"].flatMap(({ source }) =>
        [...source.matchAll(/\$([A-Z_]+)|env\.([A-Z_]+)|environ\["([A-Z_]+)"\]/g)].map(
          (found) => found[1] ?? found[2] ?? found[3],
        ),
      ),
    ),
  );
  const folder = mkdtempSync(join(tmpdir(), "trunkline-samples-"));
  writeFileSync(join(folder, "call.wav"), AUDIO);
  const seen = new Map<string, Seen>();
  const server = await listen(seen);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // What else a sample names, it takes from the environment too.
  const others = Object.fromEntries([...names].map((name) => [name ?? "", "x"]));
  const environment = { ...process.env, ...others, ...SETTINGS, SAMPLES: url };
  try {
    const samplesIn = (lang: string) =>
      operations.map(({ operation }) => {
        const sample = operation["x-codeSamples"].find((one) => one.lang === lang);
        assert.ok(sample, `${operation.operationId} has no sample in ${lang}`);
        return { name: operation.operationId, source: sample.source };
      });
    await Promise.all([
      run(folder, environment, ...curlOf(folder, samplesIn("Shell"))),
      run(folder, environment, ...pythonOf(folder, samplesIn("Python"))),
      run(folder, environment, ...typeScriptOf(folder, samplesIn("TypeScript"))),
    ]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const { method, path, operation } of operations) {
    const name = operation.operationId;
    const [curl, typeScript, python] = ["curl", "typescript", "python"].map((lang) => seen.get(`${lang}/${name}`));
    assert.ok(curl && typeScript && python, `${name}: ${Boolean(curl)} ${Boolean(typeScript)} ${Boolean(python)}`);
    const pattern = path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+");
    assert.equal(curl.method, method, name);
    assert.match(curl.path.split("?")[0] ?? "", new RegExp(`^${pattern}$`), name);
    assert.deepEqual(typeScript, curl, name);
    assert.deepEqual(python, curl, name);
    const types = Object.keys(operation.requestBody?.content ?? {});
    if (types.includes("application/json")) assert.equal(typeof curl.body, "object", name);
    else if (types.length > 0) assert.ok(String(curl.body).includes(AUDIO.toString()), name);
    else assert.equal(curl.body, "", name);
  }
});

/** Writes down each request under its first two steps, which name the language and the operation. */
async function listen(seen: Map<string, Seen>) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const [, lang = "", name = "", ...path] = (request.url ?? "").split("/");
      const type = request.headers["content-type"]?.split(";")[0] ?? "";
      const body = Buffer.concat(parts);
      const said = Object.entries(request.headers).filter(([header]) => SAID.test(header));
      seen.set(`${lang}/${name}`, {
        method: request.method ?? "",
        path: `/${path.join("/")}`,
        headers: {
          ...Object.fromEntries(said.map(([header, value]) => [header, String(value)])),
          "content-type": type,
        },
        body:
          type === "application/json"
            ? JSON.parse(body.toString())
            : type.startsWith("multipart/")
              ? fieldsOf(body)
              : body.toString(),
      });
      response.end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** The fields of a form as a text, whatever its boundary and the order of its parts. */
function fieldsOf(body: Buffer): string {
  const fields = [...body.toString().matchAll(/name="?(\w+)"?[^]*?\r\n\r\n([^]*?)\r\n--/g)];
  return fields
    .map(([, name, value]) => `${name}=${value}`)
    .toSorted()
    .join("&");
}

type Sample = { name: string; source: string };

function curlOf(folder: string, samples: readonly Sample[]): [string, string[]] {
  const script = samples.map(({ name, source }) => `export URL=$SAMPLES/curl/${name}\n${source} >/dev/null || exit 1`);
  writeFileSync(join(folder, "samples.sh"), script.join("\n"));
  return ["bash", ["samples.sh"]];
}

function pythonOf(folder: string, samples: readonly Sample[]): [string, string[]] {
  writeFileSync(join(folder, "samples.json"), JSON.stringify(samples));
  const runner = [
    "import json, os",
    'for sample in json.load(open("samples.json")):',
    '    os.environ["URL"] = os.environ["SAMPLES"] + "/python/" + sample["name"]',
    '    exec(compile(sample["source"], sample["name"], "exec"), {})',
  ];
  writeFileSync(join(folder, "samples.py"), runner.join("\n"));
  return ["python3", ["samples.py"]];
}

function typeScriptOf(folder: string, samples: readonly Sample[]): [string, string[]] {
  const imports = samples.map(({ name, source }) => {
    writeFileSync(join(folder, `${name}.mts`), source);
    return `process.env.URL = process.env.SAMPLES + "/typescript/${name}";\nawait import("./${name}.mts");`;
  });
  writeFileSync(join(folder, "samples.mts"), imports.join("\n"));
  return [process.execPath, ["samples.mts"]];
}

async function run(cwd: string, env: NodeJS.ProcessEnv, command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  const [code] = (await once(child, "close")) as [number];
  assert.equal(code, 0, `${command}: ${errors.slice(0, 2_000)}`);
}
