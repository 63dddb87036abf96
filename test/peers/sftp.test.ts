import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, connect as connectTo } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { PROJECT } from "../../scripts/wrangler.ts";
import { makeKeys, PASSPHRASE, PASSWORD, startOpenSsh, startProFtpd, type SshServer } from "./ssh-servers.ts";

// The SFTP connector in the runtime, against two servers whose code is not ours.

const WORKER = `
import { connect } from "cloudflare:sockets";
import { sftp } from "./src/connectors/sftp/index.ts";
const deps = (policy) => ({
  connect: (address) => { const socket = connect(address); socket.opened.catch(() => {}); socket.closed.catch(() => {}); return socket; },
  guardPolicy: policy ?? { allowPrivateAddresses: true, ownHosts: [] },
  now: () => Date.now(),
});
async function digestOf(body) {
  const { readable, writable } = new IdentityTransformStream();
  const digest = new crypto.DigestStream("SHA-256");
  const piped = readable.pipeTo(digest);
  const writer = writable.getWriter();
  let size = 0;
  for (;;) {
    const step = await body.next();
    if (step.kind === "broken") return { broken: step.failure.reason };
    if (step.kind === "end") break;
    size += step.bytes.length;
    await writer.write(step.bytes);
  }
  await writer.close();
  await piped;
  return { size, digest: [...new Uint8Array(await digest.digest)].map((part) => part.toString(16).padStart(2, "0")).join("") };
}
export default {
  async fetch(request) {
    const { act, settings: given, credentials, file, cursor, policy } = await request.json();
    const settings = sftp.settings.parse(given);
    if (act === "place") return Response.json((await sftp.checkPlace(settings, policy)) ?? null);
    const kept = await sftp.credentials.safeParseAsync(credentials);
    if (!kept.success) return Response.json({ refused: kept.error.issues.map(({ path, message }) => path.join(".") + " " + message) });
    const storage = sftp.open(settings, kept.data, deps(policy));
    try {
      if (act === "list") return Response.json(await storage.list(cursor ?? null));
      if (act === "test") return Response.json(await storage.test());
      if (act === "settle") return Response.json(await storage.settle(file));
      const opened = await storage.open(file);
      return Response.json(opened.ok ? { ok: true, ...(await digestOf(opened.value.body)) } : opened);
    } finally {
      storage.close();
    }
  },
};`;

type Failure = { code: string; detail: string };
type Found = { name: string; version: string; size: number; refusal?: string };
type Listed = { ok: boolean; value: { files: Found[]; cursor: string | null }; error: Failure };
type Step = { step: string; failure: Failure | null };

const { keys, authorized, remove } = makeKeys();
let runtime: Miniflare;

before(async () => {
  const bundled = await build({
    stdin: { contents: WORKER, resolveDir: PROJECT, sourcefile: "sftp-worker.ts", loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
    conditions: ["workerd", "worker"],
    loader: { ".wasm": "empty" },
    external: ["node:*", "cloudflare:*"],
  });
  runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.mjs", contents: bundled.outputFiles[0]?.text ?? "" }],
      compatibilityDate: "2026-08-15",
      compatibilityFlags: ["nodejs_compat"],
    }),
  );
});

after(async () => {
  remove();
  await runtime?.dispose();
});

type Given = { settings?: object; credentials?: object; [name: string]: unknown };

async function ask<T>(server: SshServer, act: string, { settings = {}, credentials, ...rest }: Given = {}): Promise<T> {
  const { root, port, user } = server;
  const place = { host: "127.0.0.1", port, username: user, host_key: server.hostKey() };
  const paths = { import_path: `${root}incoming/`, processed_path: `${root}processed/` };
  const body = JSON.stringify({
    act,
    settings: { ...place, ...paths, ...settings },
    credentials: credentials ?? { private_key: keys.ed25519 },
    ...rest,
  });
  const answer = await runtime.dispatchFetch("http://worker/", { method: "POST", body });
  return (await answer.json()) as T;
}

function put(server: SshServer, name: string, content: string | Uint8Array = name): void {
  const path = join(server.folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function clear(server: SshServer): void {
  for (const name of readdirSync(server.folder)) rmSync(join(server.folder, name), { recursive: true });
  mkdirSync(join(server.folder, "incoming"));
}

async function namesOf(server: SshServer, settings: object = {}): Promise<string[]> {
  const listed = await ask<Listed>(server, "list", { settings });
  assert.ok(listed.ok, JSON.stringify(listed));
  return listed.value.files.map(({ name }) => name.slice(`${server.root}incoming/`.length));
}

const ODD = ["a b+c.wav", "Ñandú 'quoted' (1).wav", 'per%20cent&amp;"x".wav', "日本/通話!*.wav", "deep/er/still/x.wav"];

for (const [name, start] of [
  ["OpenSSH", startOpenSsh],
  ["ProFTPD", startProFtpd],
] as const)
  describe(`the SFTP connector against ${name}`, () => {
    let server: SshServer;
    before(async () => {
      server = await start(authorized);
    });
    after(() => server?.stop());

    test("lets every kind of key in, and says what is wrong with the others", async () => {
      clear(server);
      const opened: [string, string][] = [
        [keys.ed25519, ""],
        [keys.ed25519Locked, PASSPHRASE],
        [keys.ed25519Cbc, PASSPHRASE],
        [keys.rsa, ""],
        [keys.rsaLocked, PASSPHRASE],
        [keys.rsaPem, ""],
        [keys.rsaPkcs8Locked, PASSPHRASE],
      ];
      for (const [key, passphrase] of opened) {
        const credentials = { private_key: key, passphrase };
        assert.ok((await ask<Listed>(server, "list", { credentials })).ok);
      }
      const refused = (credentials: object) => ask(server, "list", { credentials });
      assert.deepEqual(await refused({ private_key: keys.rsaLocked, passphrase: "wrong" }), {
        refused: ["passphrase does not open the key"],
      });
      assert.deepEqual(await refused({ private_key: keys.rsaPkcs8Locked }), {
        refused: ["passphrase is needed: the key is protected by one"],
      });
      assert.deepEqual(await refused({ private_key: keys.ecdsa }), {
        refused: ["private_key must be an Ed25519 or an RSA key"],
      });
      assert.deepEqual(await refused({}), { refused: ["password is needed, or a private key"] });
    });

    test("takes each kind of host key, the confirmed one alone, and shows nothing before it is confirmed", async () => {
      clear(server);
      for (const kind of ["ed25519", "rsa", "ecdsa"] as const)
        assert.ok((await ask<Listed>(server, "list", { settings: { host_key: server.hostKey(kind) } })).ok);
      const bare = server.hostKey().split(" ")[1];
      assert.ok((await ask<Listed>(server, "list", { settings: { host_key: bare } })).ok);
      const shown = await ask<Step[]>(server, "test", { settings: { host_key: null } });
      assert.deepEqual(shown, [{ step: "list", failure: { code: "host_key_unknown", detail: server.hostKey() } }]);
      const old = server.hostKey();
      await server.changeHostKeys();
      const changed = await ask<Step[]>(server, "test", { settings: { host_key: old } });
      assert.deepEqual(changed, [{ step: "list", failure: { code: "host_key_changed", detail: server.hostKey() } }]);
    });

    test("lists folders in and in, reads and moves names with every kind of sign", async () => {
      clear(server);
      for (const odd of ODD) put(server, `incoming/${odd}`);
      const { value } = await ask<Listed>(server, "list");
      assert.deepEqual(await namesOf(server).then((found) => found.toSorted()), ODD.toSorted());
      for (const file of value.files) {
        assert.equal((await ask<{ size: number }>(server, "open", { file })).size, file.size);
        assert.deepEqual(await ask(server, "settle", { file }), { ok: true, value: "moved" });
        assert.deepEqual(await ask(server, "settle", { file }), { ok: true, value: "gone" });
      }
      assert.deepEqual(await namesOf(server), []);
      for (const odd of ODD)
        assert.equal(readFileSync(join(server.folder, "processed", odd), "utf8"), `incoming/${odd}`);
    });

    test("goes through the pages of a list, and goes on from each of them", async () => {
      clear(server);
      const names = Array.from({ length: 2_050 }, (_, at) => `${String(at).padStart(4, "0")}.wav`);
      for (const one of names) put(server, `incoming/${one}`, "x");
      put(server, "incoming/sub/last.wav", "x");
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Listed = await ask<Listed>(server, "list", { cursor });
        found.push(...page.value.files.map((file) => file.name.slice(`${server.root}incoming/`.length)));
        cursor = page.value.cursor;
      } while (cursor !== null);
      assert.deepEqual(found, [...names, "sub/last.wav"]);
    });

    test("reads and moves only the version that was found, and overwrites nothing", async () => {
      clear(server);
      put(server, "incoming/a.wav", "first");
      const [file] = (await ask<Listed>(server, "list")).value.files;
      put(server, "incoming/a.wav", "second one");
      assert.equal((await ask<Listed>(server, "open", { file })).error.code, "changed");
      assert.deepEqual(await ask(server, "settle", { file }), { ok: true, value: "changed" });
      rmSync(join(server.folder, "incoming/a.wav"));
      assert.equal((await ask<Listed>(server, "open", { file })).error.code, "gone");
      put(server, "processed/b.wav", "was there before");
      put(server, "incoming/b.wav", "new");
      const [other] = (await ask<Listed>(server, "list")).value.files;
      assert.deepEqual(await ask(server, "settle", { file: other }), { ok: true, value: "moved" });
      assert.equal(readFileSync(join(server.folder, "processed/b.wav"), "utf8"), "was there before");
      assert.equal(readFileSync(join(server.folder, `processed/b-${other?.version}.wav`), "utf8"), "new");
    });

    test("follows no links: neither into a loop, nor to a file elsewhere", async () => {
      clear(server);
      put(server, "secret.wav", "secret");
      put(server, "incoming/real.wav");
      symlinkSync(join(server.folder, "incoming"), join(server.folder, "incoming/loop"));
      symlinkSync(join(server.folder, "secret.wav"), join(server.folder, "incoming/link.wav"));
      const { value } = await ask<Listed>(server, "list");
      const shown = value.files.map(({ name: own, refusal }) => `${own.split("/").at(-1)} ${refusal ?? "take"}`);
      assert.deepEqual(shown.toSorted(), ["link.wav link", "loop link", "real.wav take"]);
    });

    test("brings a large file whole, also after the line was cut in its middle", async () => {
      clear(server);
      const bytes = new Uint8Array(24 * 1024 * 1024).map((_, at) => (at * 2_654_435_761) >>> 13);
      put(server, "incoming/large.wav", bytes);
      const [file] = (await ask<Listed>(server, "list")).value.files;
      const hash = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
      assert.deepEqual(await ask(server, "open", { file }), { ok: true, size: bytes.length, digest: hash });
      const cut = await cutter(server.port, 5 * 1024 * 1024);
      const through = { file, settings: { port: cut.port } };
      assert.deepEqual(await ask(server, "open", through), { ok: true, size: bytes.length, digest: hash });
      assert.ok(cut.cuts() > 0, "the line was cut");
      cut.stop();
    });

    test("finds all steps of a look, leaves nothing of the test, and names what is wrong", async () => {
      clear(server);
      put(server, "incoming/a.wav");
      const steps = await ask<Step[]>(server, "test");
      assert.deepEqual(
        steps.map(({ step, failure }) => [step, failure]),
        [
          ["list", null],
          ["read", null],
          ["write", null],
          ["delete", null],
        ],
      );
      assert.deepEqual(readdirSync(join(server.folder, "processed")), []);
      const codeOf = async (given: Given) => (await ask<Step[]>(server, "test", given)).at(-1)?.failure?.code;
      assert.equal(await codeOf({ credentials: { private_key: keys.stranger } }), "wrong_login");
      assert.equal(await codeOf({ settings: { import_path: `${server.root}none/` } }), "wrong_folder");
      rmSync(join(server.folder, "processed"), { recursive: true });
      symlinkSync("incoming", join(server.folder, "processed"));
      assert.equal(await codeOf({}), "storage_error");
    });

    test("keeps to the network guard, and names a port where nothing or something else answers", async () => {
      const strict = { allowPrivateAddresses: false, ownHosts: [] };
      for (const host of ["127.0.0.1", "10.0.0.8", "localhost", "files.internal", "::1"])
        assert.notEqual(await ask(server, "place", { settings: { host, port: 22 }, policy: strict }), null);
      assert.notEqual(
        await ask(server, "place", { settings: { host: "sftp.example.com", port: 25 }, policy: strict }),
        null,
      );
      const [blocked] = await ask<Step[]>(server, "test", { policy: strict });
      assert.equal(blocked?.failure?.code, "blocked_host");
      const other = createServer((socket) => void socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
      const { port } = other.address() as AddressInfo;
      assert.equal((await ask<Step[]>(server, "test", { settings: { port } }))[0]?.failure?.code, "not_ssh");
      await new Promise((resolve) => other.close(resolve));
      assert.equal((await ask<Step[]>(server, "test", { settings: { port } }))[0]?.failure?.code, "server_unreachable");
    });
  });

describe("what only one of the servers can be set to", () => {
  test("a password, and an account whose password expired or is wrong", async () => {
    const server = await startProFtpd(authorized);
    try {
      clear(server);
      assert.ok((await ask<Listed>(server, "list", { credentials: { password: PASSWORD } })).ok);
      const [wrong] = await ask<Step[]>(server, "test", { credentials: { password: "of last year" } });
      assert.equal(wrong?.failure?.code, "wrong_login");
      assert.ok(!JSON.stringify(wrong).includes("of last year"), "no password is in a failure");
    } finally {
      server.stop();
    }
  });

  for (const [what, ...options] of [
    ["keys that are exchanged anew each megabyte", "RekeyLimit 1M"],
    [
      "AES in counter mode with a check sum of the cipher text",
      "Ciphers aes128-ctr",
      "MACs hmac-sha2-512-etm@openssh.com",
    ],
    ["AES in counter mode with a check sum of the clear text", "Ciphers aes256-ctr", "MACs hmac-sha2-256"],
    ["the curve P-256", "KexAlgorithms ecdh-sha2-nistp256", "Ciphers aes128-gcm@openssh.com"],
  ] as const)
    test(`OpenSSH with ${what}`, async () => {
      const server = await startOpenSsh(authorized, ...options);
      try {
        clear(server);
        const bytes = new Uint8Array(6 * 1024 * 1024).map((_, at) => (at * 40_503) >>> 7);
        put(server, "incoming/a.wav", bytes);
        const [file] = (await ask<Listed>(server, "list")).value.files;
        const hash = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
        assert.deepEqual(await ask(server, "open", { file }), { ok: true, size: bytes.length, digest: hash });
      } finally {
        server.stop();
      }
    });

  test("OpenSSH with nothing that is taken here, or without SFTP", async () => {
    const old = await startOpenSsh(authorized, "Ciphers chacha20-poly1305@openssh.com");
    const none = await startOpenSsh(authorized, "ForceCommand /bin/false");
    try {
      assert.equal((await ask<Step[]>(old, "test"))[0]?.failure?.code, "no_algorithm");
      assert.match((await ask<Step[]>(none, "test"))[0]?.failure?.code ?? "", /^(no_sftp|server_unreachable)$/);
    } finally {
      old.stop();
      none.stop();
    }
  });
});

/** A line that is cut once so many bytes went through it, twice; after that it holds. */
async function cutter(to: number, bytes: number) {
  let cuts = 0;
  const server = createServer((near) => {
    const far = connectTo(to, "127.0.0.1");
    let went = 0;
    far.on("data", (chunk) => {
      went += chunk.length;
      if (cuts < 2 && went > bytes) {
        cuts += 1;
        near.destroy();
        far.destroy();
      }
    });
    for (const socket of [near, far]) socket.on("error", () => undefined);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, cuts: () => cuts, stop: () => void server.close() };
}
