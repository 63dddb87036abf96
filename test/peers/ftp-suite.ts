import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
// Before what loads Miniflare, which hands the authority to the runtime.
import { OF_A_STRANGER, OF_ANOTHER_HOST, OF_THIS_HOST } from "./private-ca.ts";
import { FTP_PASSWORD, type FtpMode, type FtpPeer } from "./ftp-servers.ts";
import { filesIn, namesOf, storageSuite, type Peer } from "./storage-suite.ts";
import { startStorages, type Listed, type Step } from "./storages.ts";

type Storages = Awaited<ReturnType<typeof startStorages>>;

function peerOf(storages: Storages, server: FtpPeer, security: FtpMode["security"]): Peer {
  const { root, port, user } = server;
  return {
    ...filesIn(server.folder),
    ask: (body) => storages.ask(body),
    asked: ({ settings = {}, credentials, port: through } = {}) => ({
      kind: "ftp",
      settings: {
        host: "127.0.0.1",
        port: through ?? port,
        username: user,
        security,
        import_path: `${root}incoming/`,
        processed_path: `${root}processed/`,
        ...settings,
      },
      credentials: credentials ?? { password: FTP_PASSWORD },
    }),
    port,
    root,
    expired: { credentials: { password: "of-last-year" }, code: "wrong_password" },
  };
}

const MODES: FtpMode[] = [
  { security: "none", certificate: null },
  { security: "explicit", certificate: OF_THIS_HOST },
  { security: "implicit", certificate: OF_THIS_HOST },
];

/** The FTP connector in the runtime against one server's code, plain and over both kinds of FTPS. */
export function ftpSuite(name: string, start: (mode: FtpMode) => Promise<FtpPeer>): void {
  let storages: Storages;
  before(async () => {
    storages = await startStorages();
  });
  after(() => storages?.stop());

  for (const mode of MODES)
    describe(`the FTP connector against ${name}, encryption: ${mode.security}`, () => {
      let server: FtpPeer;
      let peer: Peer;
      before(async () => {
        server = await start(mode);
        peer = peerOf(storages, server, mode.security);
      });
      after(() => server?.stop());

      storageSuite(() => peer);

      const tested = (more: { settings?: object; credentials?: object; port?: number }, policy?: object) =>
        storages.ask<Step[]>({ ...peer.asked(more), act: "test", policy });

      test("follows no links: neither into a loop, nor to a file elsewhere", async () => {
        await peer.clear();
        await peer.put("secret.wav", "secret");
        await peer.put("incoming/real.wav");
        // Where an account is shut into its folder, links to anywhere else are not even shown.
        symlinkSync("../incoming", join(server.folder, "incoming/loop"));
        symlinkSync("../secret.wav", join(server.folder, "incoming/link.wav"));
        const { value } = await storages.ask<Listed>({ ...peer.asked(), act: "list" });
        const shown = value.files.map(({ name: own, refusal }) => `${own.split("/").at(-1)} ${refusal ?? "take"}`);
        assert.deepEqual(shown.toSorted(), ["link.wav link", "loop link", "real.wav take"]);
      });

      test("goes on after the server has ended every connection", async () => {
        await peer.clear();
        await peer.put("incoming/a.wav");
        assert.deepEqual(await namesOf(peer), ["a.wav"]);
        await server.restart();
        assert.deepEqual(await namesOf(peer), ["a.wav"]);
      });

      test("names a folder that is not there, one inside the other by a link, and another encryption", async () => {
        await peer.clear();
        const codeOf = async (settings: object) => (await tested({ settings })).at(-1)?.failure?.code;
        assert.equal(await codeOf({ import_path: `${peer.root}none/` }), "wrong_folder");
        rmSync(join(server.folder, "processed"), { recursive: true, force: true });
        symlinkSync("incoming", join(server.folder, "processed"));
        assert.equal(await codeOf({}), "storage_error");
        rmSync(join(server.folder, "processed"));
        if (mode.security === "none") assert.equal(await codeOf({ security: "explicit" }), "no_encryption");
        if (mode.security === "explicit") assert.equal(await codeOf({ security: "none" }), "no_encryption");
      });

      test("keeps to the network guard", async () => {
        const strict = { allowPrivateAddresses: false, ownHosts: [] };
        for (const host of ["127.0.0.1", "10.0.0.8", "localhost", "files.internal", "::1"]) {
          const place = { ...peer.asked({ settings: { host } }), act: "place", policy: strict };
          assert.notEqual(await storages.ask(place), null);
        }
        const [blocked] = await tested({}, strict);
        assert.equal(blocked?.failure?.code, "blocked_host");
      });
    });

  describe("FTPS that is not to be had", () => {
    for (const [what, mode, code] of [
      ["demands that sessions are resumed", { certificate: OF_THIS_HOST, isReuseRequired: true }, "session_reuse"],
      ["has another host's certificate", { certificate: OF_ANOTHER_HOST }, "untrusted_certificate"],
      ["has a certificate of its own making", { certificate: OF_A_STRANGER }, "untrusted_certificate"],
    ] as const)
      for (const security of ["explicit", "implicit"] as const)
        test(`${name} that ${what}, ${security}: refused at the test by name`, async () => {
          const server = await start({ ...mode, security });
          try {
            const peer = peerOf(storages, server, security);
            await peer.clear();
            const steps = await storages.ask<Step[]>({ ...peer.asked(), act: "test" });
            assert.deepEqual(
              steps.map(({ step, failure }) => [step, failure?.code]),
              [["list", code]],
            );
          } finally {
            server.stop();
          }
        });
  });
}
