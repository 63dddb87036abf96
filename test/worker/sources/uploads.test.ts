import { PLATFORMS, uploadIdOf } from "../../../src/platforms";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { readTusMetadata } from "../../../src/api/uploads/tus-headers";
import { toBase64 } from "../../../src/lib/hmac";
import { openDatabase, runBatch } from "../../../src/db/client";
import { uploadParts } from "../../../src/db/schema";
import { DAY } from "../../../src/lib/time";
import { forgetLeftParts, forgetOldUploads, listUploads } from "../../../src/sources";
import { readCallFields } from "../../../src/sources/uploads/call-fields";
import { mintOrganization, mintUpload, NOON } from "../../factories";
import { openerOf } from "../../../src/recordings";
import { cleanFileName } from "../../../src/sources/uploads/upload";

const ID = "upl_01k3a7w8q0m4x2c9v5b6n7p8r1";
const CONFIG = {
  id: "src_1",
  organizationId: "org_1",
  settings: { time_zone: "America/Argentina/Buenos_Aires", country: "AR" as const },
};

const bytesOf = (text: string) => Uint8Array.from(new TextEncoder().encode(text));
const readNotice = (body: unknown) =>
  PLATFORMS.internal.read(bytesOf(typeof body === "string" ? body : JSON.stringify(body)), "application/json", CONFIG);

const NOTICE = {
  external_id: "4711",
  campaign_number: 3,
  direction: "inbound",
  from: "011 4778-1234",
  to: "300",
  started_at: "2026-02-10 10:30:45",
  duration_seconds: 90.5,
  operator: "Ana",
  outcome: "completed",
  custom: { notes: "x" },
  recordings: [{ external_id: "file-1", upload_id: ID }],
};

describe("the notice of an upload", () => {
  it("is read with its source's clock and country", async () => {
    const reading = await readNotice(NOTICE);
    expect(reading).toMatchObject({
      ok: true,
      value: {
        kind: "calls",
        facts: [
          {
            externalId: "4711",
            campaignNumber: 3,
            outcome: "completed",
            fromE164: "+541147781234",
            startedAt: Date.UTC(2026, 1, 10, 13, 30, 45),
            endedAt: Date.UTC(2026, 1, 10, 13, 32, 15, 500),
            durationSeconds: 90.5,
            operatorName: "Ana",
            custom: { notes: "x" },
            recordings: [{ externalId: "file-1", url: `upload:${ID}` }],
          },
        ],
      },
    });
  });

  it.each([
    ["no JSON", "{", 400],
    ["a list", "[]", 400],
    ["no id", { ...NOTICE, external_id: "" }, 422],
    [
      "an upload that is none",
      { ...NOTICE, recordings: [{ external_id: "a", upload_id: "https://pbx.test/1.mp3" }] },
      422,
    ],
    ["a hundred recordings", { ...NOTICE, recordings: Array.from({ length: 100 }, () => NOTICE.recordings[0]) }, 422],
  ])("is refused with %s", async (_, body, status) => {
    expect(await readNotice(body)).toMatchObject({ ok: false, error: { status } });
  });

  it("never throws, whatever the bytes", async () => {
    let seed = 11;
    const next = () => (seed = (seed * 48_271) % 2_147_483_647);
    const good = JSON.stringify(NOTICE);
    for (let round = 0; round < 2_000; round += 1) {
      const bytes = bytesOf(good);
      for (let change = 0; change < 1 + (next() % 5); change += 1) bytes[next() % bytes.length] = next() % 256;
      const reading = await PLATFORMS.internal.read(bytes, "application/json", CONFIG);
      expect(typeof reading.ok).toBe("boolean");
    }
  });
});

describe("the fields of an upload", () => {
  const fields = (given: Record<string, string>) => readCallFields(new Map(Object.entries(given)), "UTC");

  it("are read in the words phone systems use, empty ones as none", () => {
    expect(
      fields({ direction: "Saliente", duration_seconds: "12,5", outcome: "failed", from: " ", "custom[a b]": "1" }),
    ).toMatchObject({
      ok: true,
      value: {
        direction: "outbound",
        duration_seconds: 12.5,
        outcome: "failed",
        from: null,
        external_id: null,
        custom: { "a b": "1" },
      },
    });
  });

  it.each([
    { colour: "red" },
    { "custom[]": "x" },
    { "custom[a][b]": "x" },
    { started_at: "31/31/2026" },
    { duration_seconds: "NaN" },
    { duration_seconds: "99999999" },
    { direction: "up" },
    { outcome: "in_progress" },
    { external_id: "x".repeat(201) },
  ])("are refused: %o", (given) => {
    expect(fields(given as unknown as Record<string, string>)).toMatchObject({
      ok: false,
      error: [{ field: Object.keys(given)[0] }],
    });
  });

  it("can set no prototype", () => {
    const read = fields({ "custom[__proto__]": "x", "custom[constructor]": "y" });
    expect(read.ok && Object.keys(read.value.custom)).toEqual(["constructor"]);
  });
});

describe("names and addresses of uploads", () => {
  it.each([
    ["a.wav", "a.wav"],
    ["C:\\calls\\a.wav", "a.wav"],
    ["../../etc/passwd", "passwd"],
    ["a\r\nb.wav", "a b.wav"],
    ["x".repeat(300), "x".repeat(255)],
    ["calls/", null],
    ["", null],
    [null, null],
  ])("cleans the file name %j", (name, clean) => expect(cleanFileName(name)).toBe(clean));

  it("knows an upload's address, and one that only claims to be one", () => {
    expect(uploadIdOf(`upload:${ID}`)).toBe(ID);
    for (const url of ["upload:", `upload:${ID}/../x`, `UPLOAD:${ID}`, `https://x.test/upload:${ID}`])
      expect(uploadIdOf(url)).toBeUndefined();
    const opener = () => ({ open: () => Promise.reject(new Error("not opened here")) });
    const openers = { "https:": opener(), "upload:": opener() };
    for (const url of [`upload:${ID}`, ` Upload:x`, "upload://x"])
      expect(openerOf(openers, url)).toBe(openers["upload:"]);
    for (const url of ["https://pbx.test/upload:1", "ftp://pbx.test/1.wav", "no address"])
      expect(openerOf(openers, url)).toBe(openers["https:"]);
  });
});

describe("tus metadata", () => {
  const encode = (text: string) => toBase64(bytesOf(text));

  it("is names and base64 values, of the call and of the file", () => {
    const read = readTusMetadata(
      `filename ${encode("año.wav")},filetype ${encode("audio/wav")},relativePath bnVsbA==,campaign_id MQ==, notes`,
    );
    expect(read).toEqual({
      fields: new Map([
        ["campaign_id", "1"],
        ["notes", ""],
      ]),
      fileName: "año.wav",
      mediaType: "audio/wav",
    });
    expect(readTusMetadata("")).toEqual({ fields: new Map(), fileName: null, mediaType: null });
    // A name that is no field of a call is kept with it.
    expect(readTusMetadata("a YQ==,custom[b] Yg==,")?.fields).toEqual(
      new Map([
        ["custom[a]", "a"],
        ["custom[b]", "b"],
      ]),
    );
  });

  it.each(["a b c", "a *", "a YQ==,a YQ==", ",", "\u00e9 YQ=="])("is not %j", (header) => {
    expect(readTusMetadata(header)).toBeUndefined();
  });
});

describe("old uploads", () => {
  it("are forgotten after ninety days, open ones never", async () => {
    const db = openDatabase(env.DB);
    const { id: organizationId } = await mintOrganization(db);
    const open = await mintUpload(db, organizationId);
    await mintUpload(db, organizationId, { state: "completed" });
    await mintUpload(db, organizationId, { state: "aborted" });
    const left = async () =>
      (await listUploads(db, { organizationId, campaignLimit: null, limit: 9 })).map(({ id }) => id);
    await runBatch(db, [forgetOldUploads(db, NOON + 89 * DAY, 1_000)]);
    expect(await left()).toHaveLength(3);
    await runBatch(db, [forgetOldUploads(db, NOON + 91 * DAY, 1_000)]);
    expect(await left()).toEqual([open.id]);
  });

  it("leave no rows of parts, whatever a crash left; those of an open one stay", async () => {
    const db = openDatabase(env.DB);
    const { id: organizationId } = await mintOrganization(db);
    const open = await mintUpload(db, organizationId);
    const done = await mintUpload(db, organizationId, { state: "completed" });
    const part = { organizationId, size: 1, attempts: 1 };
    const rows = [open.id, done.id, "upl_gone"].flatMap((uploadId) =>
      [1, 2].map((number) => ({ ...part, uploadId, number })),
    );
    await db.insert(uploadParts).values(rows);
    const left = async () => (await db.select().from(uploadParts)).map(({ uploadId }) => uploadId);
    await runBatch(db, [forgetLeftParts(db, NOON, 3)]);
    expect(await left()).toHaveLength(3);
    await runBatch(db, [forgetLeftParts(db, NOON, 3)]);
    expect(await left()).toEqual([open.id, open.id]);
  });
});
