import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect as connectTo, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Found, Listed, Opened, Step } from "./storages.ts";

/** A server of somebody else with files on it, as the connector of its kind is told of it. */
export type Peer = {
  /** What an act on it is asked with, its paths `incoming/` and `processed/`; `port`: it is spoken to through this one. */
  asked(more?: { settings?: object; credentials?: object; port?: number }): object;
  ask<T>(body: object): Promise<T>;
  port: number;
  /** What its files are called, before `incoming/…`. */
  root: string;
  put(name: string, content?: string | Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  read(name: string): Promise<string>;
  /** Empties it, but for its folders. */
  clear(): Promise<void>;
  /** Credentials that were right once. */
  expired: { credentials: object; code: string };
  /** Where it is not as with servers of files: the steps of its test, and how many files fill more than two pages. */
  steps?: string[];
  many?: number;
  /** What settling a file gives that was moved already. */
  again?: "gone" | "moved";
  /** What a moved file is called whose name is taken; `-` and its version before the ending where it is not given. */
  besides?(name: string, version: string): string;
};

export const ODD = [
  "a b+c.wav",
  "Ñandú 'quoted' (1).wav",
  'per%20cent&amp;"x".wav',
  "日本/通話!*.wav",
  "deep/er/still/x.wav",
];

export async function namesOf(peer: Peer, settings: object = {}): Promise<string[]> {
  const listed = await peer.ask<Listed>({ ...peer.asked({ settings }), act: "list" });
  assert.ok(listed.ok, JSON.stringify(listed));
  return listed.value.files.map(({ name }) => name.slice(`${peer.root}incoming/`.length));
}

/** What every kind of storage has to keep, whatever server is behind it. Called inside `describe`. */
export function storageSuite(peerOf: () => Peer): void {
  const list = (peer: Peer, more: object = {}) => peer.ask<Listed>({ ...peer.asked(), act: "list", ...more });
  const open = (peer: Peer, file: unknown) => peer.ask<Opened>({ ...peer.asked(), act: "open", file });
  const settle = (peer: Peer, file: unknown) => peer.ask<object>({ ...peer.asked(), act: "settle", file });
  const lookUp = (peer: Peer, file: string) =>
    peer.ask<{ ok: boolean; value?: Found }>({ ...peer.asked(), act: "lookUp", file });
  const tested = (peer: Peer, more: object = {}) => peer.ask<Step[]>({ ...peer.asked(more), act: "test" });

  test("lists folders in and in, reads and moves names with every kind of sign", async () => {
    const peer = peerOf();
    await peer.clear();
    for (const odd of ODD) await peer.put(`incoming/${odd}`);
    const { value } = await list(peer);
    assert.deepEqual((await namesOf(peer)).toSorted(), ODD.toSorted());
    for (const file of value.files) {
      assert.equal((await open(peer, file)).size, file.size);
      assert.deepEqual(await settle(peer, file), { ok: true, value: "moved" });
      assert.deepEqual(await settle(peer, file), { ok: true, value: peer.again ?? "gone" });
    }
    assert.deepEqual(await namesOf(peer), []);
    for (const odd of ODD) assert.equal(await peer.read(`processed/${odd}`), `incoming/${odd}`);
  });

  test("goes through the pages of a list, and goes on from each of them", async () => {
    const peer = peerOf();
    await peer.clear();
    const names = Array.from({ length: peer.many ?? 2_050 }, (_, at) => `${String(at).padStart(4, "0")}.wav`);
    for (const one of names) await peer.put(`incoming/${one}`, "x");
    await peer.put("incoming/sub/last.wav", "x");
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Listed = await list(peer, { cursor });
      found.push(...page.value.files.map((file) => file.name.slice(`${peer.root}incoming/`.length)));
      cursor = page.value.cursor;
    } while (cursor !== null);
    assert.deepEqual(found, [...names, "sub/last.wav"]);
  });

  test("reads and moves only the version that was found, and overwrites nothing", async () => {
    const peer = peerOf();
    await peer.clear();
    await peer.put("incoming/a.wav", "first");
    const [file] = (await list(peer)).value.files;
    await peer.put("incoming/a.wav", "second one");
    assert.equal((await open(peer, file)).error.code, "changed");
    assert.deepEqual(await settle(peer, file), { ok: true, value: "changed" });
    await peer.remove("incoming/a.wav");
    assert.equal((await open(peer, file)).error.code, "gone");
    await peer.put("processed/b.wav", "was there before");
    await peer.put("incoming/b.wav", "new");
    const [other] = (await list(peer)).value.files;
    assert.deepEqual(await settle(peer, other), { ok: true, value: "moved" });
    assert.equal(await peer.read("processed/b.wav"), "was there before");
    const name = peer.besides?.("processed/b.wav", other?.version ?? "") ?? `processed/b-${other?.version}.wav`;
    assert.equal(await peer.read(name), "new");
  });

  test("finds one file by its name, as it is listed, and tells that there is none", async () => {
    const peer = peerOf();
    await peer.clear();
    for (const odd of ODD) await peer.put(`incoming/${odd}`);
    // A list of a server without MLSD knows days (`~`); of one file it is asked for the second. Its size is the same.
    const known = (version: string, listed: string) => (listed.startsWith("~") ? version.split("-").at(-1) : version);
    for (const { name, version } of (await list(peer)).value.files)
      assert.equal(known((await lookUp(peer, name)).value?.version ?? "", version), known(version, version));
    for (const none of ["incoming/none.wav", "incoming/deep/er", "nowhere/a.wav"])
      assert.deepEqual(await lookUp(peer, `${peer.root}${none}`), { ok: true });
    const [one] = ODD;
    const found = (await lookUp(peer, `${peer.root}incoming/${one}`)).value;
    assert.equal((await open(peer, found)).size, `incoming/${one}`.length);
    assert.deepEqual(await settle(peer, found), { ok: true, value: "moved" });
  });

  test("shows a file that grows as another version each time, and an empty one with its size", async () => {
    const peer = peerOf();
    await peer.clear();
    await peer.put("incoming/half.wav", "RIFF");
    await peer.put("incoming/empty.wav", "");
    const before = (await list(peer)).value.files;
    await peer.put("incoming/half.wav", "RIFF and the rest");
    const after = (await list(peer)).value.files;
    const versionOf = (files: Listed["value"]["files"], name: string) =>
      files.find((file) => file.name.endsWith(name))?.version;
    assert.notEqual(versionOf(before, "half.wav"), versionOf(after, "half.wav"));
    assert.equal(versionOf(before, "empty.wav"), versionOf(after, "empty.wav"));
    assert.equal(after.find(({ name }) => name.endsWith("empty.wav"))?.size, 0);
  });

  test("brings a large file whole, also after the line was cut in its middle", async () => {
    const peer = peerOf();
    await peer.clear();
    const bytes = new Uint8Array(24 * 1024 * 1024).map((_, at) => (at * 2_654_435_761) >>> 13);
    await peer.put("incoming/large.wav", bytes);
    const [file] = (await list(peer)).value.files;
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
    assert.deepEqual(await open(peer, file), { ok: true, size: bytes.length, digest: hash });
    const cut = await cutter(peer.port, 5 * 1024 * 1024);
    const through = await peer.ask<Opened>({ ...peer.asked({ port: cut.port }), act: "open", file });
    assert.deepEqual(through, { ok: true, size: bytes.length, digest: hash });
    cut.stop();
  });

  test("reads and moves several files at a time", async () => {
    const peer = peerOf();
    await peer.clear();
    for (let at = 0; at < 12; at += 1) await peer.put(`incoming/${at}.wav`, String(at).repeat(200_000));
    const { files } = (await list(peer)).value;
    const taken = await peer.ask<[Opened, object][]>({ ...peer.asked(), act: "take", files });
    assert.deepEqual(
      taken.map(([{ ok, size }, moved]) => [ok, size, moved]),
      files.map(({ size }) => [true, size, { ok: true, value: "moved" }]),
    );
    assert.deepEqual(await namesOf(peer), []);
  });

  test("finds all steps of a look, leaves nothing of the test, and names what is wrong", async () => {
    const peer = peerOf();
    await peer.clear();
    await peer.put("incoming/a.wav", new Uint8Array(3 * 1024 * 1024));
    assert.deepEqual(
      (await tested(peer)).map(({ step, failure }) => [step, failure]),
      (peer.steps ?? ["list", "read", "write", "delete"]).map((step) => [step, null]),
    );
    assert.deepEqual(await namesOf(peer, { import_path: `${peer.root}processed/`, processed_path: null }), []);
    const wrong = await tested(peer, { credentials: peer.expired.credentials });
    assert.equal(wrong.at(-1)?.failure?.code, peer.expired.code);
    const secrets = Object.values(peer.expired.credentials).map(String);
    assert.ok(
      secrets.every((secret) => !JSON.stringify(wrong).includes(secret)),
      "no secret is in a failure",
    );
  });
}

/** What is done on a server whose files lie in a folder of this machine. */
export function filesIn(folder: string): Pick<Peer, "put" | "remove" | "read" | "clear"> {
  return {
    put: async (name, content = name) => {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    },
    remove: async (name) => rmSync(join(folder, name)),
    read: async (name) => readFileSync(join(folder, name), "utf8"),
    clear: async () => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
      mkdirSync(join(folder, "incoming"));
    },
  };
}

/** A line that is cut once so many bytes went through it, twice; after that it holds. */
export async function cutter(to: number, bytes: number) {
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
