import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import {
  CONNECTOR_KINDS,
  createConnector,
  dueConnectors,
  explainProblem,
  openStorage,
  statusOf,
  updateConnector,
} from "../../src/connectors";
import { openDatabase, runBatch } from "../../src/db/client";
import { insertFiles, newFileRow } from "../../src/connectors/run/files";
import { auditLog, campaigns, connectorFiles, sources, uploads } from "../../src/db/schema";
import { FULL_REACH, systemAct } from "../../src/identity";
import { bringInOf } from "../../src/jobs/bring-in";
import { toHex } from "../../src/lib/hmac";
import { HOUR, MINUTE, SECOND } from "../../src/lib/time";
import { PART_BYTES, type AudioBody } from "../../src/recordings";
import { storeFile } from "../../src/sources";
import { mintCampaign, NOON, TEST_MASTER_KEYS } from "../factories";
import { s3Error } from "./fake-bucket";
import { inboxOf, newConnector } from "./new-connector";
import { sineWav } from "./sine-wav";

const db = openDatabase(env.DB);
const ANY = { allowPrivateAddresses: true, ownHosts: [] };

const HEAD = { fileName: "a.wav", mediaType: null };

/** These bytes as a body that comes in pieces. */
function bodyOf(bytes: Uint8Array, piece: number): AudioBody {
  let at = 0;
  const next = async () => {
    if (at >= bytes.length) return { kind: "end" as const };
    at += piece;
    return { kind: "chunk" as const, bytes: bytes.slice(at - piece, at) };
  };
  return { next, cancel: async () => undefined };
}

/** The bucket, noting what it is given to keep. */
function watchedBucket(given: unknown[]): R2Bucket {
  const watched = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (of, name) => {
        const found: unknown = Reflect.get(of, name);
        if (typeof found !== "function") return found;
        return async (...args: unknown[]) => {
          if (name === "put" || name === "uploadPart") given.push(args[1]);
          const answer: unknown = await Reflect.apply(found, of, args);
          return name === "createMultipartUpload" ? watched(answer as object) : answer;
        };
      },
    });
  return watched(env.BUCKET);
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

describe("a connector", () => {
  it("takes in what lies unchanged at two looks, once, and moves it away", async () => {
    const one = await newConnector({ processed_path: "processed" });
    const names = ["plain.wav", "with blank+plus.WAV", "Ñandú 'quoted' (1)&<2>.wav", "sub/folder/a.wav"];
    for (const name of names) one.bucket.put(`incoming/${name}`);
    one.bucket.put("incoming/notes.txt", "no pattern");
    one.bucket.put("incoming/empty.wav", "");
    one.bucket.put("incoming/folder/", "");
    await one.look();
    expect((await one.files()).map(({ state }) => state)).toEqual(["seen", "seen", "seen", "seen"]);
    expect(await one.notices()).toEqual([]);
    await one.look();
    await one.pipeline.run();
    expect((await one.files()).map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual(
      names.map((name) => `incoming/${name} settled`).toSorted(),
    );
    const made = await one.calls();
    expect(made.map(({ campaignId }) => campaignId)).toEqual(names.map(() => one.campaign.id));
    expect(made.map(({ custom }) => String(custom?.["file_path"])).toSorted()).toEqual(
      names.map((name) => `incoming/${name}`).toSorted(),
    );
    expect([...one.bucket.objects.keys()].toSorted()).toEqual(
      [
        "incoming/empty.wav",
        "incoming/folder/",
        "incoming/notes.txt",
        ...names.map((name) => `processed/${name}`),
      ].toSorted(),
    );
    expect(await one.row()).toMatchObject({ imported: 4, refused: 0, trouble: null, looks: 2, failures: 0 });
    await one.look();
    await one.pipeline.run();
    expect(await one.calls()).toHaveLength(4);
  });

  it("counts what it leaves without refusing it, with some of the names, anew with each look", async () => {
    const one = await newConnector({ processed_path: "processed" });
    one.bucket.put("incoming/a.wav");
    await one.look();
    await one.look();
    expect((await one.row()).leftFiles).toEqual({ empty: { count: 0, names: [] }, taken: { count: 0, names: [] } });
    // The same version again, and files that are being written or were never.
    one.bucket.objects.set("incoming/a.wav", one.bucket.objects.get("processed/a.wav")!);
    const empty = Array.from({ length: 12 }, (_, at) => `incoming/empty-${String.fromCodePoint(97 + at)}.wav`);
    for (const name of [...empty, "incoming/empty.txt"]) one.bucket.put(name, "");
    one.bucket.inPagesOf(5);
    await one.look();
    expect((await one.row()).leftFiles).toEqual({
      empty: { count: 12, names: empty.slice(0, 10) },
      taken: { count: 1, names: ["incoming/a.wav"] },
    });
    for (const name of [...empty.slice(1), "incoming/a.wav"]) one.bucket.objects.delete(name);
    await one.look();
    expect((await one.row()).leftFiles).toEqual({
      empty: { count: 1, names: empty.slice(0, 1) },
      taken: { count: 0, names: [] },
    });
    one.bucket.put(empty[0]!);
    await one.look();
    await one.look();
    expect((await one.row()).leftFiles?.empty.count).toBe(0);
    await one.pipeline.run();
    expect(await one.calls()).toHaveLength(2);
  });

  it("names no file of an erased call, and counts none that may stay", async () => {
    const one = await newConnector({ processed_path: "processed" });
    one.bucket.put("incoming/a.wav");
    await one.look();
    await one.look();
    await db.update(connectorFiles).set({ name: "" }).where(eq(connectorFiles.connectorId, one.id));
    one.bucket.objects.set("incoming/a.wav", one.bucket.objects.get("processed/a.wav")!);
    await one.look();
    expect((await one.row()).leftFiles?.taken).toEqual({ count: 1, names: [] });
    const staying = await newConnector();
    staying.bucket.put("incoming/a.wav");
    for (let looks = 0; looks < 3; looks += 1) await staying.look();
    expect((await staying.row()).leftFiles?.taken.count).toBe(0);
  });

  it("leaves files where they are without a processed path, and takes a changed one in anew", async () => {
    const one = await newConnector();
    one.bucket.put("incoming/a.wav");
    await one.look();
    await one.look();
    await one.look();
    one.bucket.put("incoming/a.wav", sineWav(2));
    await one.look();
    await one.look();
    await one.look();
    await one.pipeline.run();
    expect(await one.calls()).toHaveLength(2);
    expect([...one.bucket.objects.keys()]).toEqual(["incoming/a.wav"]);
  });

  it("does not take in what is replaced between two looks, until it rests", async () => {
    const one = await newConnector();
    for (const seconds of [1, 2, 3]) {
      one.bucket.put("incoming/a.wav", sineWav(seconds));
      await one.look();
    }
    expect(await one.notices()).toEqual([]);
    await one.look();
    expect(await one.notices()).toHaveLength(1);
  });

  it("looks again soon after it saw something new, and else at its interval", async () => {
    const one = await newConnector();
    await one.look(0);
    expect((await one.row()).dueAt).toBe(one.at() + 300 * SECOND);
    one.bucket.put("incoming/a.wav");
    await one.look();
    expect((await one.row()).dueAt).toBe(one.at() + 60 * SECOND);
    expect(await dueConnectors(db, one.at() + 59 * SECOND, 500)).not.toContain(one.id);
    expect(await dueConnectors(db, one.at() + 60 * SECOND, 500)).toContain(one.id);
  });

  it("asks once, and writes one row, where nothing is new", async () => {
    const one = await newConnector();
    await one.look();
    const asked = one.bucket.asked.length;
    const spy = vi.spyOn(db, "update");
    await one.look();
    expect(one.bucket.asked.slice(asked)).toEqual(["GET ?"]);
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });

  it("costs three rows a file beside its call and its upload", async () => {
    const one = await newConnector({ processed_path: "processed" });
    for (let at = 0; at < 20; at += 1) one.bucket.put(`incoming/${at}.wav`);
    const rows = Array.from({ length: 20 }, (_, at) =>
      newFileRow(
        { id: one.id, organizationId: "org" },
        `f${at}`,
        { name: `${at}`, version: "v", size: 1, modifiedAt: null },
        NOON,
        null,
      ),
    );
    const [inserted] = await runBatch(db, [insertFiles(db, rows)]);
    expect((inserted as D1Result).meta.rows_written).toBe(20);
    // Once as it is taken in, once as it is moved away: no index is on the way of either.
    for (const state of ["imported", "settled"]) {
      const update = env.DB.prepare(
        "UPDATE connector_files SET state = ?, call_id = 'c' WHERE connector_id = ? AND id = ?",
      );
      expect((await update.bind(state, one.id, "f1").run()).meta.rows_written).toBe(1);
    }
    const marked = vi.spyOn(db, "update");
    await one.look();
    await one.look();
    const ofFiles = marked.mock.calls.filter(([table]) => (table as unknown) === connectorFiles);
    expect(ofFiles).toHaveLength(40);
    marked.mockRestore();
  });

  it("goes through all pages of a long list, also when its time is over in the middle", async () => {
    const one = await newConnector();
    one.bucket.inPagesOf(7);
    for (let at = 0; at < 100; at += 1) one.bucket.put(`incoming/${String(at).padStart(3, "0")}.wav`);
    // A clock by which each page takes a minute: a look is over after three of them.
    let late = 0;
    const slow = {
      ...one.bucket,
      fetch: async (input: never, init: never) => ((late += MINUTE), one.bucket.fetch(input, init)),
    };
    const clock = () => one.at() + late;
    let again: number | undefined = 0;
    let turns = 0;
    for (; again !== undefined && turns < 100; turns += 1)
      again = await one.look(0, { fetch: slow.fetch as never, now: clock });
    expect(turns).toBeGreaterThan(2);
    expect(await one.files()).toHaveLength(100);
    await one.look(HOUR * 24);
    expect(await one.notices()).toHaveLength(100);
    expect((await one.row()).imported).toBe(100);
  });

  it("loses nothing and takes nothing in twice, whichever write a crash comes before", async () => {
    for (let crashAt = 1; crashAt <= 12; crashAt += 1) {
      const one = await newConnector({ processed_path: "processed" });
      one.bucket.put("incoming/a.wav");
      await one.look();
      let writes = 0;
      const crash = () => {
        writes += 1;
        if (writes === crashAt) throw new Error("killed");
      };
      const broken = new Proxy(db, {
        get: (target, name) => {
          if (name === "update" || name === "insert" || name === "batch") crash();
          return Reflect.get(target, name);
        },
      });
      const uploadDeps = { db: broken, bucket: env.BUCKET, inbox: inboxOf(one.pipeline), now: one.at };
      const fetch = async (input: never, init: never) => {
        if ((new Request(input, init).method ?? "GET") !== "GET") crash();
        return one.bucket.fetch(input, init);
      };
      await one
        .look(10 * MINUTE, { db: broken, bringIn: bringInOf(uploadDeps), fetch: fetch as never })
        .catch(() => undefined);
      await one.look(2 * HOUR);
      await one.look(2 * HOUR);
      await one.pipeline.run();
      expect([crashAt, (await one.calls()).length]).toEqual([crashAt, 1]);
      expect([crashAt, ...one.bucket.objects.keys()]).toEqual([crashAt, "processed/a.wav"]);
      const made = (await one.calls())[0]!;
      const kept = await db.select().from(uploads).where(eq(uploads.callId, made.id));
      expect([crashAt, kept.length]).toEqual([crashAt, 1]);
    }
  });

  it("goes on where a file breaks off, and refuses one that always does", async () => {
    const one = await newConnector();
    one.bucket.put("incoming/a.wav", sineWav(3));
    await one.look();
    let broken = 2;
    one.bucket.answerWith((method, key, request) => {
      if (method !== "GET" || key === "" || broken === 0) return undefined;
      broken -= 1;
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
      const bytes = one.bucket.objects.get(key)!.bytes.slice(from, from + 10_000);
      return new Response(bytes, { status: from > 0 ? 206 : 200 });
    });
    await one.look();
    await one.pipeline.run();
    expect(await one.calls()).toHaveLength(1);
    const [upload] = await db
      .select()
      .from(uploads)
      .where(eq(uploads.callId, (await one.calls())[0]!.id));
    expect(upload?.size).toBe(sineWav(3).length);
    one.bucket.put("incoming/b.wav", sineWav(3));
    one.bucket.answerWith((method, key) =>
      method === "GET" && key !== "" ? new Response(sineWav(3).slice(0, 10_000)) : undefined,
    );
    for (let looks = 0; looks < 7; looks += 1) await one.look(2 * HOUR);
    const refused = (await one.files()).find(({ name }) => name === "incoming/b.wav");
    expect(refused).toMatchObject({ state: "refused", reason: expect.stringMatching(/^interrupted: /) });
  });

  it("streams a file whose size was listed, over a line that is cut, into the recording it always was", async () => {
    const size = 2 * PART_BYTES + 70_001;
    const bytes = new Uint8Array(size);
    bytes.set(sineWav(30));
    const one = await newConnector();
    one.bucket.put("incoming/large.wav", bytes);
    await one.look();
    let cuts = 2;
    one.bucket.answerWith((method, key, request) => {
      if (method !== "GET" || key === "" || cuts === 0) return undefined;
      cuts -= 1;
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
      return new Response(bytes.slice(from, from + 5_000_000), { status: from > 0 ? 206 : 200 });
    });
    const given: unknown[] = [];
    const bucket = watchedBucket(given);
    const uploadDeps = { db, bucket, inbox: inboxOf(one.pipeline), now: one.at };
    await one.look(10 * MINUTE, { bringIn: bringInOf(uploadDeps) });
    expect(cuts).toBe(0);
    // Nothing of it is held: R2 is given streams, part by part.
    expect(given.map((value) => value instanceof ReadableStream)).toEqual([true, true, true]);
    const [row] = await one.files();
    const key = `uploads/${one.within.organizationId}/${row!.uploadId}`;
    const kept = new Uint8Array(await (await env.BUCKET.get(key))!.arrayBuffer());
    expect([kept.length, await digestOf(kept)]).toEqual([size, await digestOf(bytes)]);
    // As it was named before lengths were passed on.
    const before = await storeFile(env.BUCKET, "org", HEAD, bodyOf(bytes, 65_536), NOON, 2 * size);
    expect(before).toMatchObject({ ok: true, value: { name: `file-${(await env.BUCKET.head(key))!.etag}` } });
  });

  it("names a file alike whether its length was known or not, however it is cut", async () => {
    for (const [size, piece] of [
      [1_000, 333],
      [PART_BYTES, 1_000_003],
      [PART_BYTES + 1, PART_BYTES + 1],
      [2 * PART_BYTES, 3_000_000],
    ] as const) {
      const bytes = new Uint8Array(size);
      bytes.set(sineWav(1).subarray(0, size));
      const names = await Promise.all(
        [null, size].map(async (length) => {
          const stored = await storeFile(env.BUCKET, "org", { ...HEAD, length }, bodyOf(bytes, piece), NOON, 2 * size);
          return stored.ok ? [stored.value.size, stored.value.name] : stored;
        }),
      );
      expect(names[1], String(size)).toEqual(names[0]);
      expect(names[1]?.[0 as never], String(size)).toBe(size);
    }
  });

  it("keeps nothing of a file that is shorter or longer than was listed, and says so", async () => {
    for (const size of [20_000, PART_BYTES + 20_000])
      for (const off of [-1, 1, -PART_BYTES / 2, PART_BYTES]) {
        const length = size + off;
        if (length < 1_000) continue;
        const bytes = new Uint8Array(size);
        bytes.set(sineWav(1).subarray(0, size));
        const id = `upl_length${size}${off}`;
        const stored = await storeFile(env.BUCKET, "org", { ...HEAD, length }, bodyOf(bytes, 100_000), NOON, 1e9, id);
        const came = off > 0 ? String(size) : "more";
        const message = `The upload did not arrive whole: ${came} of ${length} bytes came.`;
        expect(stored).toEqual({ ok: false, error: { kind: "unreadable", message } });
        expect(await env.BUCKET.head(`uploads/org/${id}`)).toBeNull();
      }
  });

  it("refuses what is no audio or has a name that leads elsewhere, and leaves it where it is", async () => {
    const one = await newConnector({ processed_path: "processed" });
    one.bucket.put("incoming/page.mp3", "<!DOCTYPE html><html>expired</html>");
    one.bucket.put("incoming/../secret.wav");
    one.bucket.put("incoming/good.wav");
    await one.look();
    await one.look();
    await one.pipeline.run();
    expect(await one.calls()).toHaveLength(1);
    const states = Object.fromEntries(
      (await one.files()).map(({ name, state, reason }) => [name, `${state} ${reason?.split(":")[0]}`]),
    );
    expect(states).toEqual({
      "incoming/page.mp3": "refused not_audio",
      "incoming/../secret.wav": "refused bad_name",
      "incoming/good.wav": "settled undefined",
    });
    expect([...one.bucket.objects.keys()]).toContain("incoming/page.mp3");
    expect(await one.row()).toMatchObject({ imported: 1, refused: 2 });
  });

  it("does not overwrite a file of the same name that was moved there before", async () => {
    const one = await newConnector({ processed_path: "processed" });
    one.bucket.put("processed/a.wav", sineWav(1));
    one.bucket.put("incoming/a.wav", sineWav(2));
    await one.look();
    await one.look();
    const kept = [...one.bucket.objects].map(([name, { bytes }]) => [name, bytes.length]);
    expect(kept).toEqual([
      ["processed/a.wav", sineWav(1).length],
      [expect.stringMatching(/^processed\/a-tag\d+\.wav$/), sineWav(2).length],
    ]);
  });

  it("takes files in when they cannot be moved, says so, and moves them once it may", async () => {
    const one = await newConnector({ processed_path: "processed" });
    for (const name of ["a", "b", "c", "d", "e", "f"]) one.bucket.put(`incoming/${name}.wav`);
    await one.look();
    one.bucket.answerWith((method) => (method === "PUT" ? s3Error(403, "AccessDenied") : undefined));
    await one.look();
    expect(await one.notices()).toHaveLength(6);
    expect(one.bucket.asked.filter((asked) => asked.startsWith("PUT")).length).toBeLessThanOrEqual(4);
    expect((await one.row()).trouble).toMatchObject({ code: "access_denied", count: 1 });
    one.bucket.answerWith(() => undefined);
    await one.look();
    expect([...one.bucket.objects.keys()].every((name) => name.startsWith("processed/"))).toBe(true);
    expect((await one.row()).trouble).toBeNull();
    expect(await one.notices()).toHaveLength(6);
  });

  it("does not believe a copy whose answer holds an error, or that is not there whole", async () => {
    for (const answer of ["<Error><Code>InternalError</Code></Error>", "<CopyObjectResult></CopyObjectResult>"]) {
      const one = await newConnector({ processed_path: "processed" });
      one.bucket.put("incoming/a.wav");
      await one.look();
      one.bucket.answerWith((method) => (method === "PUT" ? new Response(answer) : undefined));
      await one.look();
      expect([...one.bucket.objects.keys()]).toEqual(["incoming/a.wav"]);
      expect((await one.row()).trouble).not.toBeNull();
    }
  });

  const FAULTS: Record<string, () => Response> = {
    wrong_key: () => s3Error(403, "InvalidAccessKeyId"),
    wrong_secret: () => s3Error(403, "SignatureDoesNotMatch"),
    access_denied: () => s3Error(403, "AccessDenied"),
    wrong_bucket: () => s3Error(404, "NoSuchBucket"),
    clock: () => s3Error(403, "RequestTimeTooSkewed"),
    slow_down: () => s3Error(503, "SlowDown"),
    storage_error: () => s3Error(500, "InternalError"),
    not_s3: () => new Response("<!DOCTYPE html><html>MinIO Console</html>", { status: 200 }),
    unreadable_list: () => new Response(`<!DOCTYPE x [<!ENTITY e "boom">]><ListBucketResult>&e;</ListBucketResult>`),
    endless_list: () =>
      new Response(
        "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>",
      ),
  };

  // Seed 000, "Files not importing from S3": each solution, and the failure that it is the solution of.
  const PRINTED: [string, RegExp, RegExp, (() => Response) | "lost"][] = [
    [
      "1. Verify credentials and permissions",
      /Verify the credentials/,
      /Verifique las credenciales/,
      FAULTS["wrong_key"]!,
    ],
    [
      "1. Verify credentials and permissions",
      /Verify the credentials/,
      /Verifique las credenciales/,
      FAULTS["wrong_secret"]!,
    ],
    [
      "2. Check bucket policy allows access",
      /bucket policy allows/,
      /política del bucket permita/,
      FAULTS["access_denied"]!,
    ],
    ["3. Ensure network connectivity", /Ensure network connectivity/, /Asegure la conectividad/, "lost"],
    [
      "4. Verify endpoint URL (especially for MinIO)",
      /Verify the endpoint URL\. MinIO/,
      /URL del endpoint\. MinIO/,
      FAULTS["not_s3"]!,
    ],
  ];

  it.for(PRINTED)("gives the printed remedy: %s", async ([, english, spanish, answer]) => {
    const one = await newConnector();
    one.bucket.answerWith(() => {
      if (answer === "lost") throw new Error("connect ECONNREFUSED");
      return answer();
    });
    await one.look();
    const row = await one.row();
    expect(statusOf(row)).toBe("failing");
    expect(explainProblem(row.trouble!.code, "en")?.remedy).toMatch(english);
    expect(explainProblem(row.trouble!.code, "es")?.remedy).toMatch(spanish);
    const opened = await openStorage(one.deps, one.target);
    if (!opened.ok) throw new Error("no storage");
    const [step] = await opened.value.storage.test();
    expect(step?.failure?.code).toBe(row.trouble!.code);
  });

  it("is not said to be fine when its keys were changed after a look that failed, before the next one", async () => {
    const one = await newConnector();
    one.bucket.answerWith(FAULTS["wrong_key"]!);
    await one.look();
    expect(statusOf(await one.row())).toBe("failing");
    const credentials = { access_key: "AKOTHER", secret_key: "other" };
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const changed = await updateConnector(deps, one.target, { credentials }, systemAct(NOON));
    expect(changed.ok && statusOf(changed.value)).toBe("waiting");
  });

  it.for(Object.entries(FAULTS))("names %s, asks less and less often, and recovers", async ([code, answer]) => {
    const one = await newConnector();
    one.bucket.put("incoming/a.wav");
    one.bucket.answerWith(answer);
    const waits: number[] = [];
    for (let looks = 0; looks < 6; looks += 1) {
      await one.look(2 * HOUR);
      waits.push((await one.row()).dueAt - one.at());
    }
    expect((await one.row()).trouble).toMatchObject({ code, count: 6, since: NOON + 2 * HOUR });
    expect(waits).toEqual([300, 600, 1_200, 2_400, 3_600, 3_600].map((seconds) => seconds * SECOND));
    one.bucket.answerWith(() => undefined);
    await one.look(2 * HOUR);
    await one.look(2 * HOUR);
    expect((await one.row()).trouble).toBeNull();
    expect(await one.notices()).toHaveLength(1);
  });

  it("gives its new name to the source of its calls, too", async () => {
    const one = await newConnector();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const sourceNames = () =>
      db
        .select({ name: sources.name })
        .from(sources)
        .where(eq(sources.organizationId, one.target.organizationId))
        .then((rows) => rows.map(({ name }) => name));
    const before = await sourceNames();
    await updateConnector(deps, one.target, { pollSeconds: 900 }, systemAct(NOON));
    expect(await sourceNames()).toEqual(before);
    await updateConnector(deps, one.target, { name: " Branch in Rosario " }, systemAct(NOON));
    expect(await sourceNames()).toEqual(["Branch in Rosario"]);
  });

  it("is asked for its keys again before they go to another place", async () => {
    const one = await newConnector();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const elsewhere = { settings: { endpoint: "https://evil.example" } };
    const refused = await updateConnector(deps, one.target, elsewhere, systemAct(NOON));
    expect(refused).toMatchObject({ ok: false, error: { kind: "invalid", fields: [{ field: "credentials" }] } });
    const given = { ...elsewhere, credentials: { access_key: "B", secret_key: "b" } };
    expect((await updateConnector(deps, one.target, given, systemAct(NOON))).ok).toBe(true);
    expect((await one.row()).credentials).not.toContain("secret");
  });

  it("of a server forgets the host key with the host, and keeps an opened key in place of the one that was given", async () => {
    const one = await newConnector();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const hostKey = `ssh-ed25519 SHA256:${"A".repeat(43)}`;
    const settings = { host: "sftp.example.com", username: "carla", host_key: hostKey, import_path: "/in" };
    const input = { ...one.within, kind: "sftp" as const, name: "Server", campaignId: one.campaign.id, settings };
    const made = await createConnector(deps, { ...input, credentials: { password: "pä ss" } }, systemAct(NOON));
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    expect(made.value.settings).toMatchObject({ port: 22, host_key: hostKey, import_path: "/in/" });
    const target = { ...one.within, id: made.value.id };
    const elsewhere = { settings: { host: "evil.example" } };
    expect(await updateConnector(deps, target, elsewhere, systemAct(NOON))).toMatchObject({
      error: { kind: "invalid", fields: [{ field: "credentials" }] },
    });
    const given = { ...elsewhere, credentials: { password: "other" } };
    expect(await updateConnector(deps, target, given, systemAct(NOON))).toMatchObject({
      value: { settings: { host: "evil.example", host_key: null } },
    });
    for (const [wrong, field] of [
      [{ credentials: {} }, "credentials.password"],
      [{ credentials: { private_key: "-----BEGIN nothing" } }, "credentials.private_key"],
      [{ settings: { processed_path: "/in/done" } }, "settings.processed_path"],
      [{ settings: { processed_path: "done" } }, "settings.processed_path"],
      [{ settings: { host: "https://sftp.example.com" } }, "settings.host"],
    ] as const) {
      const refused = await updateConnector(deps, target, wrong, systemAct(NOON));
      expect(refused).toMatchObject({ ok: false, error: { fields: [{ field }] } });
    }
  });

  it("of FTP takes the usual port of its encryption, and less encryption is another place", async () => {
    const one = await newConnector();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const common = { ...one.within, kind: "ftp" as const, name: "Server", campaignId: one.campaign.id };
    const settings = { host: "ftp.example.com", username: "carla", import_path: "/in" };
    const credentials = { password: "pä ss" };
    const made = await createConnector(deps, { ...common, settings, credentials }, systemAct(NOON));
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    expect(made.value.settings).toMatchObject({ port: 21, security: "explicit", import_path: "/in/" });
    const implicit = { ...common, settings: { ...settings, security: "implicit" }, credentials };
    expect(await createConnector(deps, implicit, systemAct(NOON))).toMatchObject({
      value: { settings: { port: 990 } },
    });
    const target = { ...one.within, id: made.value.id };
    const plain = { settings: { security: "none" } };
    expect(await updateConnector(deps, target, plain, systemAct(NOON))).toMatchObject({
      error: { kind: "invalid", fields: [{ field: "credentials" }] },
    });
    for (const [wrong, field] of [
      [{ credentials: {} }, "credentials.password"],
      [{ credentials: { password: "a\r\nDELE b" } }, "credentials.password"],
      [{ settings: { username: "a\nb" } }, "settings.username"],
      [{ settings: { processed_path: "/in/done" } }, "settings.processed_path"],
    ] as const) {
      const refused = await updateConnector(deps, target, wrong, systemAct(NOON));
      expect(refused).toMatchObject({ ok: false, error: { fields: [{ field }] } });
    }
  });

  it("that shows another host key than the confirmed one is stopped until a person decides", async () => {
    const one = await newConnector();
    one.bucket.put("incoming/a.wav");
    const changed = { code: "host_key_changed", detail: "ssh-ed25519 SHA256:new" } as const;
    const list = vi.spyOn(CONNECTOR_KINDS.s3, "open").mockReturnValue({
      list: async () => ({ ok: false, error: changed }),
      open: async () => ({ ok: false, error: changed }),
      settle: async () => ({ ok: false, error: changed }),
      lookUp: async () => ({ ok: true, value: undefined }),
      test: async () => [],
      close: () => undefined,
    });
    await one.look();
    const stopped = await one.row();
    expect(stopped).toMatchObject({ state: "paused", trouble: { code: "host_key_changed" } });
    expect(statusOf(stopped)).toBe("failing");
    const log = await db.select().from(auditLog).where(eq(auditLog.organizationId, one.within.organizationId));
    expect(log.map(({ actor, action }) => `${actor} ${action}`)).toContain("system connector.stopped");
    expect(await dueConnectors(db, one.at() + 24 * HOUR, 500)).not.toContain(one.id);
    list.mockRestore();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    await updateConnector(deps, one.target, { state: "active" }, systemAct(one.at()));
    expect(await one.row()).toMatchObject({ state: "active", trouble: null });
    await one.look();
    await one.look();
    expect(await one.notices()).toHaveLength(1);
  });

  it("puts a file into the campaign that its folder names: by table, number or name, else into its own", async () => {
    const one = await newConnector();
    const [sales, support] = [
      await mintCampaign(db, one.within.organizationId),
      await mintCampaign(db, one.within.organizationId),
    ];
    await db.update(campaigns).set({ name: "Soporte Técnico" }).where(eq(campaigns.id, support.id));
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const settings = { naming: "{campaign}/{operator}", campaign_map: { Ventas: sales.id } };
    const set = await updateConnector(deps, one.target, { settings }, systemAct(NOON));
    expect(set).toMatchObject({ ok: true });
    for (const name of ["VENTAS/a", `${support.number}/b`, "soporte tecnico/c", "none such/d"])
      one.bucket.put(`incoming/${name}.wav`);
    await one.look();
    await one.look();
    await one.pipeline.run();
    const made = (await one.calls()).map(({ campaignId, custom }) => [
      String(custom?.["file_path"]).slice("incoming/".length),
      campaignId,
      custom?.["file_campaign"] ?? null,
    ]);
    const byPath = (a: unknown, b: unknown) => JSON.stringify(a).localeCompare(JSON.stringify(b));
    expect(made.toSorted(byPath)).toEqual(
      [
        ["VENTAS/a.wav", sales.id, null],
        [`${support.number}/b.wav`, support.id, null],
        ["soporte tecnico/c.wav", support.id, null],
        ["none such/d.wav", one.campaign.id, "none such"],
      ].toSorted(byPath),
    );
  });

  it("lets nobody who reaches some campaigns alone lead files into others, nor anybody into none", async () => {
    const one = await newConnector();
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    const limited = { ...one.target, reach: { ...FULL_REACH, campaigns: [one.campaign.id] } };
    for (const settings of [{ naming: "{campaign}/{operator}" }, { campaign_map: { a: one.campaign.id } }])
      expect(await updateConnector(deps, limited, { settings }, systemAct(NOON))).toMatchObject({
        error: { kind: "invalid", fields: [{ field: "settings.naming" }] },
      });
    const other = await newConnector();
    const foreign = { settings: { campaign_map: { a: other.campaign.id } } };
    expect(await updateConnector(deps, one.target, foreign, systemAct(NOON))).toMatchObject({
      error: { kind: "invalid", fields: [{ field: "settings.campaign_map" }] },
    });
  });

  it("waits for a recording that a row names, writes that once, and refuses it when its time is over", async () => {
    const one = await newConnector();
    const file = {
      name: "incoming/a.wav",
      key: "neotel:a.wav",
      version: "row",
      size: 0,
      modifiedAt: NOON,
      whole: true,
    } as const;
    const late = { code: "late", detail: "incoming/a.wav is not there yet" } as const;
    let isThere = false;
    const bytes = sineWav(1);
    const steps = () => [{ kind: "chunk" as const, bytes }, { kind: "end" as const }];
    const spy = vi.spyOn(CONNECTOR_KINDS.s3, "open").mockImplementation(() => {
      const left = steps();
      return {
        list: async () => ({
          ok: true,
          value: { files: [{ ...file, fields: { operator: "Ana" }, until: NOON + 24 * HOUR }], cursor: null },
        }),
        open: async () =>
          isThere
            ? {
                ok: true,
                value: {
                  body: { next: async () => left.shift() ?? { kind: "end" }, cancel: async () => undefined },
                  mediaType: null,
                },
              }
            : { ok: false, error: late },
        settle: async () => ({ ok: true, value: "kept" }),
        lookUp: async () => ({ ok: true, value: undefined }),
        test: async () => [],
        close: () => undefined,
      };
    });
    const states = async () => (await one.files()).map(({ state, reason }) => `${state} ${reason}`);
    for (const hours of [0, 4, 8]) {
      await one.look(hours * HOUR);
      expect(await states()).toEqual(["seen late: incoming/a.wav is not there yet"]);
    }
    expect(await one.row()).toMatchObject({ trouble: null, failures: 0, imported: 0 });
    isThere = true;
    await one.look();
    await one.pipeline.run();
    expect(await one.calls()).toHaveLength(1);
    expect(await states()).toEqual(["settled null"]);
    isThere = false;
    await db.delete(connectorFiles).where(eq(connectorFiles.connectorId, one.id));
    await one.look(24 * HOUR);
    expect(await states()).toEqual(["refused late: incoming/a.wav is not there yet"]);
    spy.mockRestore();
  });

  it("does nothing while it is paused, and one that is broken delays no other", async () => {
    const one = await newConnector();
    const other = await newConnector();
    await updateConnector(
      { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY },
      one.target,
      { state: "paused" },
      systemAct(NOON),
    );
    one.bucket.put("incoming/a.wav");
    await one.look();
    expect(one.bucket.asked).toEqual([]);
    other.bucket.answerWith(() => {
      throw new Error("broken");
    });
    await other.look();
    expect((await other.row()).trouble).toMatchObject({ code: "unreachable" });
  });

  it("reads operator, numbers and time from names, and keeps what it cannot read as it is", async () => {
    const one = await newConnector({ naming: "{operator}/{started_at}_{from}_{to}_*" });
    one.bucket.put("incoming/Ana Gómez/20260820-140509_+541143210000_+541155550000_x9.wav");
    one.bucket.put("incoming/Ben/when_+541143210000_12_x.wav");
    await one.look();
    await one.look();
    await one.pipeline.run();
    const made = await one.calls();
    const ana = made.find(({ operatorName }) => operatorName === "Ana Gómez");
    expect(ana).toMatchObject({
      fromE164: "+541143210000",
      toE164: "+541155550000",
      startedAt: Date.UTC(2026, 7, 20, 14, 5, 9),
    });
    expect(made.find(({ operatorName }) => operatorName === "Ben")?.custom).toMatchObject({ file_started_at: "when" });
  });
});
