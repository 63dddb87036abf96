import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEngine, runsOf, snapshotAnalysis } from "../../src/analysis";
import { updateCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { depsOf } from "../../src/deps";
import { FULL_REACH } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { ACT_AT_NOON, mintCampaign, mintOrganization, NOON } from "../factories";
import { anuraNotice } from "../fixtures/anura-notice";
import m4aUrl from "../fixtures/audio/ten-phrases.m4a?url&inline";
import mp3Url from "../fixtures/audio/ten-phrases.mp3?inline";
import truth from "../fixtures/audio/ten-phrases.truth.json";
import { newPipeline, type Pipeline } from "./pipeline";

const db = openDatabase(env.DB);
const bytesOf = (url: string) => Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (char) => char.charCodeAt(0));
const M4A = bytesOf(m4aUrl);
const MP3 = bytesOf(mp3Url);

/** A piece of sound that an engine was sent. */
type Piece = { rate: number; channels: number; bits: number; samples: Int16Array };

let line: Pipeline;
let sent: Piece[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  line = newPipeline();
  sent = [];
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function readWav(bytes: Uint8Array): Piece {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  expect([tag(0), tag(8), tag(36)]).toEqual(["RIFF", "WAVE", "data"]);
  return {
    rate: view.getUint32(24, true),
    channels: view.getUint16(22, true),
    bits: view.getUint16(34, true),
    samples: new Int16Array(bytes.slice(44).buffer),
  };
}

/** Has a recording heard by an engine of this kind. */
async function hear(
  kind: "openai" | "deepgram",
  audio: Uint8Array<ArrayBuffer>,
  type: string,
  answer?: () => Response,
) {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const input = { name: "ears", kind, url: "https://transcribe.test", model: null, microsPerMinute: 0, key: "k" };
  expect((await createEngine(depsOf(line.env), organization.id, input, ACT_AT_NOON)).ok).toBe(true);
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaign.id };
  await updateCampaign({ db }, target, { settings: { engines: ["ears"] } }, ACT_AT_NOON);
  sent = [];
  line.audio = () => new Response(audio, { headers: { "content-type": type } });
  line.transcriber = async (request) => {
    const file = kind === "openai" ? (await request.formData()).get("file") : await request.arrayBuffer();
    sent.push(readWav(new Uint8Array(file instanceof ArrayBuffer ? file : await (file as File).arrayBuffer())));
    if (answer) return answer();
    return kind === "openai"
      ? Response.json({ text: "", language: "english", words: [] })
      : Response.json({ results: { channels: [{ alternatives: [{ transcript: "", words: [] }] }] } });
  };
  const headers = { "x-api-key": organization.key, "content-type": "application/json" };
  expect((await line.post("/webhook/anura/", anuraNotice({}), headers)).status).toBe(200);
  await line.run();
  const [row] = await db.select().from(schema.analyses).where(eq(schema.analyses.organizationId, organization.id));
  return row!;
}

/** The level of a piece in each tenth of a second, in dB. */
function levels({ samples, rate }: Piece): number[] {
  const step = rate / 10;
  return Array.from({ length: Math.floor(samples.length / step) }, (_, at) => {
    const part = samples.subarray(Math.round(at * step), Math.round((at + 1) * step));
    const power = part.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / Math.max(1, part.length);
    return Math.max(-60, 10 * Math.log10(power + 1e-12));
  });
}

function likeness(one: readonly number[], other: readonly number[]): number {
  const length = Math.min(one.length, other.length);
  const mean = (list: readonly number[]) => list.slice(0, length).reduce((sum, value) => sum + value, 0) / length;
  const [first, second] = [mean(one), mean(other)];
  let [both, own, others] = [0, 0, 0];
  for (let at = 0; at < length; at += 1) {
    both += (one[at]! - first) * (other[at]! - second);
    own += (one[at]! - first) ** 2;
    others += (other[at]! - second) ** 2;
  }
  return both / Math.sqrt(own * others);
}

describe("AAC in M4A", () => {
  it.each(["openai", "deepgram"] as const)(
    "reaches an engine of the kind %s as WAV, one channel at a time",
    async (kind) => {
      await hear(kind, MP3, "audio/mpeg");
      const known = sent;
      const row = await hear(kind, M4A, "audio/mp4");
      expect(snapshotAnalysis(row)).toMatchObject({ state: "completed", engines: [{}, { state: "completed" }] });
      expect(row.findings).toMatchObject({
        format: { container: "mp4", codec: "aac", sampleRate: 44_100, channels: 2 },
      });
      expect(known.length).toBeGreaterThanOrEqual(2);
      expect(sent).toHaveLength(known.length);
      for (const [at, piece] of sent.entries()) {
        const other = known[at]!;
        expect([piece.channels, piece.bits, piece.rate]).toEqual([1, 16, 22_050]);
        expect(Math.abs(piece.samples.length / piece.rate - other.samples.length / other.rate)).toBeLessThan(0.15);
        // The same sound at the same time, and that of no other channel.
        expect(likeness(levels(piece), levels(other))).toBeGreaterThan(0.95);
      }
      // Not more than is said is sent, and nothing of what is said is wanting.
      const said = truth.reduce((sum, { start, end }) => sum + end - start, 0);
      const seconds = sent.reduce((sum, { samples, rate }) => sum + samples.length / rate, 0);
      expect(seconds).toBeGreaterThan(said);
      expect(seconds).toBeLessThan(2 * 41);
    },
  );

  it("is not decoded to its end for an engine that refuses its key", async () => {
    const refused = () => Response.json({ error: { message: "bad key" } }, { status: 401 });
    const row = await hear("openai", M4A, "audio/mp4", refused);
    expect(runsOf(row)[0]).toMatchObject({ state: "failed", reason: "refused: HTTP 401: bad key" });
    expect(sent.length).toBeLessThanOrEqual(4);
  });

  it("whose index is missing fails by name, and no engine is asked", async () => {
    const row = await hear("openai", M4A.slice(0, M4A.length / 2), "audio/mp4");
    for (let minute = 0; minute < 5; minute += 1) {
      vi.setSystemTime(Date.now() + MINUTE);
      await line.cron();
      await line.run();
    }
    const [ended] = await db.select().from(schema.analyses).where(eq(schema.analyses.id, row.id));
    expect(ended?.state).toBe("failed");
    expect(ended?.reason).toMatch(/^corrupt: /);
    expect(runsOf(ended!)[0]).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/^not_decoded: corrupt/),
    });
    expect(sent).toEqual([]);
  });
});
