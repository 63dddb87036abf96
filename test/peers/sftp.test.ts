import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { makeKeys, PASSPHRASE, PASSWORD, startOpenSsh, startProFtpd, type SshServer } from "./ssh-servers.ts";
import { filesIn, storageSuite, type Peer } from "./storage-suite.ts";
import { startStorages, type Listed, type Step } from "./storages.ts";

// The SFTP connector in the runtime, against two servers whose code is not ours.

const { keys, authorized, remove } = makeKeys();
let storages: Awaited<ReturnType<typeof startStorages>>;

before(async () => {
  storages = await startStorages();
});

after(async () => {
  remove();
  await storages?.stop();
});

type Given = { settings?: object; credentials?: object; [name: string]: unknown };

function peerOf(server: SshServer): Peer {
  const { root, port, user } = server;
  return {
    ...filesIn(server.folder),
    ask: (body) => storages.ask(body),
    asked: ({ settings = {}, credentials, port: through } = {}) => ({
      kind: "sftp",
      settings: {
        host: "127.0.0.1",
        port: through ?? port,
        username: user,
        host_key: server.hostKey(),
        import_path: `${root}incoming/`,
        processed_path: `${root}processed/`,
        ...settings,
      },
      credentials: credentials ?? { private_key: keys.ed25519 },
    }),
    port,
    root,
    expired: { credentials: { private_key: keys.stranger }, code: "wrong_login" },
  };
}

function ask<T>(server: SshServer, act: string, { settings = {}, credentials, ...rest }: Given = {}): Promise<T> {
  const asked = peerOf(server).asked({ settings, ...(credentials && { credentials }) });
  return storages.ask<T>({ ...asked, act, ...rest });
}

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

    storageSuite(() => peerOf(server));

    test("lets every kind of key in, and says what is wrong with the others", async () => {
      await peerOf(server).clear();
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
      await peerOf(server).clear();
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

    test("follows no links: neither into a loop, nor to a file elsewhere", async () => {
      await peerOf(server).clear();
      await peerOf(server).put("secret.wav", "secret");
      await peerOf(server).put("incoming/real.wav");
      symlinkSync(join(server.folder, "incoming"), join(server.folder, "incoming/loop"));
      symlinkSync(join(server.folder, "secret.wav"), join(server.folder, "incoming/link.wav"));
      const { value } = await ask<Listed>(server, "list");
      const shown = value.files.map(({ name: own, refusal }) => `${own.split("/").at(-1)} ${refusal ?? "take"}`);
      assert.deepEqual(shown.toSorted(), ["link.wav link", "loop link", "real.wav take"]);
    });

    test("names what is wrong", async () => {
      await peerOf(server).clear();
      const codeOf = async (given: Given) => (await ask<Step[]>(server, "test", given)).at(-1)?.failure?.code;
      assert.equal(await codeOf({ settings: { import_path: `${server.root}none/` } }), "wrong_folder");
      rmSync(join(server.folder, "processed"), { recursive: true, force: true });
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
      await peerOf(server).clear();
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
        await peerOf(server).clear();
        const bytes = new Uint8Array(6 * 1024 * 1024).map((_, at) => (at * 40_503) >>> 7);
        await peerOf(server).put("incoming/a.wav", bytes);
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
