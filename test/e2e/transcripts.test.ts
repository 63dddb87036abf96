import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { expectSuccess, request, textAt, valueAt } from "../../scripts/api-client.ts";
import type { Phrase } from "../../scripts/fixture/phrases.ts";
import { startTranscriber, type RunningTranscriber } from "../../scripts/transcriber/server.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { cleanUp, eventually, newPlace, npmStart, type Place, type Running } from "./trunkline.ts";

const AUDIO = join(PROJECT, "test/fixtures/audio");
const PHRASES = JSON.parse(readFileSync(join(AUDIO, "ten-phrases.truth.json"), "utf8")) as Phrase[];

/** In milliseconds. */
const TOLERANCE = 300;
const PATIENCE = 180_000;

type Recorded = { name: string; type: string };
type Word = { text: string; start_ms: number; end_ms: number };
type Segment = { speaker: string | null; channel: number; words: Word[] };

describe("a recording is transcribed by a real server beside npm start", () => {
  let place: Place;
  let running: Running;
  let transcriber: RunningTranscriber;

  before(async () => {
    transcriber = await startTranscriber(0);
    place = { ...(await newPlace()), env: { TRANSCRIBE_URL: transcriber.url } };
    running = await npmStart(place);
  });
  after(async () => {
    await cleanUp(place, running);
    await transcriber.close();
  });

  test("each phrase is there, of its speaker, within 300 ms, and found by search", () =>
    hears({ name: "ten-phrases.mp3", type: "audio/mpeg" }));

  // The server takes WAV alone: what the engine gets is what Trunkline decodes, one channel at a time.
  test("so it is of AAC in M4A", () => hears({ name: "ten-phrases.m4a", type: "audio/mp4" }));

  async function hears(file: Recorded): Promise<void> {
    const { url, apiKey: token } = running.connection;
    const settings = { engines: ["local"], language: "en" };
    const campaign = { name: `Heard ${file.name}`, settings };
    const made = await request(url, "/v1/campaigns", { method: "POST", token, body: campaign });
    const callId = await upload(running, textAt(expectSuccess(made, "making the campaign"), ["id"]), file);
    const answer = await eventually(
      "the transcript",
      () => request(url, `/v1/calls/${callId}/transcript`, { token }),
      ({ status }) => status === 200,
      PATIENCE,
    );
    const segments = valueAt(answer.body, ["segments"]) as Segment[];
    for (const phrase of PHRASES) {
      const speaker = phrase.channel === 0 ? "operator" : "customer";
      const found = find(segments, phrase, speaker);
      assert.ok(found, `"${phrase.text}" of the ${speaker} is not in ${JSON.stringify(segments)}`);
      const [start, end] = found;
      for (const [name, heard, known] of [
        ["begins", start, phrase.start * 1000],
        ["ends", end, phrase.end * 1000],
      ] as const)
        assert.ok(Math.abs(heard - known) <= TOLERANCE, `"${phrase.text}" ${name} at ${heard} ms, known ${known} ms`);
      const query = new URLSearchParams({ q: `"${plain(phrase.text)}"` });
      await eventually(
        `the search for "${phrase.text}"`,
        () => request(url, `/v1/search?${query.toString()}`, { token }),
        ({ body }) => (valueAt(body, ["data"]) as { id: string }[]).some(({ id }) => id === callId),
        PATIENCE,
      );
    }
  }
});

/** When the first and the last word of a phrase are said, in the words of one speaker. */
function find(segments: readonly Segment[], phrase: Phrase, speaker: string): [number, number] | undefined {
  const wanted = plain(phrase.text).split(" ");
  const words = segments.filter((one) => one.speaker === speaker).flatMap((one) => one.words);
  const at = words.findIndex((_, from) =>
    wanted.every((text, index) => plain(words[from + index]?.text ?? "") === text),
  );
  const [first, last] = [words[at], words[at + wanted.length - 1]];
  return first && last ? [first.start_ms, last.end_ms] : undefined;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z ]/g, "");
}

async function upload(running: Running, campaignId: string, { name, type }: Recorded): Promise<string> {
  const form = new FormData();
  form.set("campaign_id", campaignId);
  form.set("file", new File([readFileSync(join(AUDIO, name))], name, { type }));
  const { url, apiKey } = running.connection;
  const response = await fetch(`${url}/v1/uploads`, { method: "POST", headers: { "x-api-key": apiKey }, body: form });
  const body: unknown = await response.json();
  return textAt(expectSuccess({ status: response.status, body }, "uploading the recording"), ["call_id"]);
}
