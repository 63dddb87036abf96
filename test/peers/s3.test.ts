import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startInRuntime } from "./in-runtime.ts";
import { storageSuite, type Peer } from "./storage-suite.ts";
import { startStorages } from "./storages.ts";
import { bucketOf, OWNER, PAGE, startSwift, STRANGER, type Swift } from "./swift.ts";

// The S3 connector in the runtime, against a storage that checks what we sign.

const WORKER = `
import { s3 } from "./src/connectors/s3/index.ts";
import { addressOf } from "./src/connectors/s3/address.ts";
import { ask } from "./src/connectors/s3/ask.ts";
const deps = { fetch: (...asked) => fetch(...asked), guardPolicy: { allowPrivateAddresses: true, ownHosts: [] }, now: () => Date.now() };
async function textOf(body) {
  let text = "";
  for (;;) {
    const step = await body.next();
    if (step.kind !== "chunk") return text + (step.kind === "broken" ? JSON.stringify(step.failure) : "");
    text += new TextDecoder().decode(step.bytes);
  }
}
export default {
  async fetch(request) {
    const { act, settings: given, credentials, name, text, file, cursor } = await request.json();
    const settings = s3.settings.parse(given);
    const storage = s3.open(settings, credentials, deps);
    const access = { settings, accessKey: credentials.access_key, secretKey: credentials.secret_key, region: settings.region, deps };
    if (act === "list") return Response.json(await storage.list(cursor ?? null));
    if (act === "test") return Response.json(await storage.test());
    if (act === "settle") return Response.json(await storage.settle(file));
    if (act === "open") {
      const opened = await storage.open(file);
      return Response.json(opened.ok ? { ok: true, text: await textOf(opened.value.body) } : opened);
    }
    const bucket = () => { const url = addressOf(settings); url.pathname = url.pathname.replace(/[/]$/, ""); return url; };
    const put = await ask(access, name === undefined ? bucket : () => addressOf(settings, name), { method: "PUT", body: text ?? "" });
    return Response.json(put.ok ? { ok: true } : put);
  },
};`;

type Failure = { code: string; detail: string };
type Found = { name: string; version: string; size: number };
type Listed = { ok: boolean; value: { files: Found[]; cursor: string | null }; error: Failure };

let swift: Swift;
let runtime: Awaited<ReturnType<typeof startInRuntime>>;
let storages: Awaited<ReturnType<typeof startStorages>>;

before(async () => {
  swift = await startSwift();
  runtime = await startInRuntime(WORKER, "s3-worker.ts");
  storages = await startStorages();
  await ask("put", {});
  await bucketOf(swift, "suite").make();
});

after(async () => {
  swift?.stop();
  await runtime?.stop();
  await storages?.stop();
});

async function ask<T = { ok: boolean }>(
  act: string,
  { settings = {}, credentials = OWNER, ...rest }: { settings?: object; credentials?: object; [name: string]: unknown },
): Promise<T> {
  const place = { endpoint: swift.url, bucket: "recordings", import_path: "/incoming/", processed_path: "/processed/" };
  return runtime.ask<T>({ act, settings: { ...place, ...settings }, credentials, ...rest });
}

/** The bucket as the suite of all storages has it. */
function peerOf(): Peer {
  const { names, ...bucket } = bucketOf(swift, "suite");
  const port = Number(new URL(swift.url).port);
  return {
    ...bucket,
    clear: async () => {
      for (const name of await names()) await bucket.remove(name);
    },
    ask: (body) => storages.ask(body),
    asked: ({ settings = {}, credentials, port: through = port } = {}) => ({
      kind: "s3",
      settings: {
        endpoint: `http://127.0.0.1:${through}`,
        bucket: "suite",
        import_path: "incoming/",
        processed_path: "processed/",
        ...settings,
      },
      credentials: credentials ?? OWNER,
    }),
    port,
    root: "",
    expired: { credentials: { ...OWNER, secret_key: "of-last-year" }, code: "wrong_secret" },
    many: 3 * PAGE + 5,
    besides: (name, version) => name.replace(/\.wav$/, `-${version.slice(0, 12)}.wav`),
  };
}

describe("the S3 connector as every storage", () => storageSuite(peerOf));

const ODD = ["a b+c.wav", "Ñandú 'quoted' (1).wav", "per%20cent&amp;.wav", "日本/通話!*.wav", "tilde~at@equals=.wav"];

describe("the S3 connector against Swift's S3 API", () => {
  test("lists, reads and moves names that every step has to encode", async () => {
    for (const name of ODD) assert.deepEqual(await ask("put", { name: `incoming/${name}`, text: name }), { ok: true });
    const { value } = await ask<Listed>("list", {});
    assert.deepEqual(value.files.map(({ name }) => name).toSorted(), ODD.map((name) => `incoming/${name}`).toSorted());
    for (const file of value.files) {
      const name = file.name.slice("incoming/".length);
      assert.deepEqual(await ask("open", { file }), { ok: true, text: name });
      assert.deepEqual(await ask("settle", { file }), { ok: true, value: "moved" });
      assert.deepEqual(await ask("settle", { file }), { ok: true, value: "gone" });
    }
    const moved = await ask<Listed>("list", { settings: { import_path: "/processed/", processed_path: null } });
    assert.deepEqual(
      moved.value.files.map(({ name }) => name).toSorted(),
      ODD.map((name) => `processed/${name}`).toSorted(),
    );
  });

  test("goes through the pages of a list", async () => {
    const names = Array.from({ length: PAGE + 5 }, (_, at) => `many/${String(at).padStart(3, "0")}.wav`);
    for (const name of names) await ask("put", { name, text: "x" });
    const settings = { import_path: "/many/", processed_path: null };
    const first = await ask<Listed>("list", { settings });
    assert.equal(first.value.files.length, PAGE);
    const second = await ask<Listed>("list", { settings, cursor: first.value.cursor });
    assert.equal(second.value.cursor, null);
    assert.deepEqual(
      [...first.value.files, ...second.value.files].map(({ name }) => name),
      names,
    );
  });

  test("reads and moves only the version that was found", async () => {
    await ask("put", { name: "incoming/changing.wav", text: "first" });
    const file = (await ask<Listed>("list", {})).value.files.find(({ name }) => name === "incoming/changing.wav");
    await ask("put", { name: "incoming/changing.wav", text: "second" });
    const opened = await ask<{ ok: boolean; error: Failure }>("open", { file });
    assert.equal(opened.error.code, "changed");
    assert.deepEqual(await ask("settle", { file }), { ok: true, value: "changed" });
  });

  test("corrects the region by what the storage answers", async () => {
    assert.equal((await ask<Listed>("list", { settings: { region: "eu-west-1" } })).ok, true);
  });

  const faults: [string, { settings?: object; credentials?: object }, string][] = [
    ["a wrong secret key", { credentials: { ...OWNER, secret_key: "wrong" } }, "wrong_secret"],
    ["a bucket that is not there", { settings: { bucket: "nonesuch" } }, "wrong_bucket"],
    ["a key without rights", { credentials: STRANGER }, "access_denied"],
  ];
  for (const [what, given, code] of faults)
    test(`names ${what}`, async () => {
      const [step] = await ask<{ step: string; failure: Failure }[]>("test", given);
      assert.deepEqual([step?.step, step?.failure.code], ["list", code]);
      assert.ok(!JSON.stringify(step).includes("testing"), "no key is in a failure");
    });

  test("finds all steps in order that a look takes, and leaves nothing of the test", async () => {
    const steps = await ask<{ step: string; failure: Failure | null }[]>("test", {});
    assert.deepEqual(
      steps.map(({ step, failure }) => [step, failure]),
      [
        ["list", null],
        ["read", null],
        ["write", null],
        ["delete", null],
      ],
    );
    const left = await ask<Listed>("list", { settings: { import_path: "/processed/.trunk", processed_path: null } });
    assert.deepEqual(left.value.files, []);
  });
});
