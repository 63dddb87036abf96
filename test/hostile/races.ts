import { createHash } from "node:crypto";
import { isObject, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { ANURA_TEMPLATE, renderAnura } from "../../scripts/demo/anura-template.ts";
import { sendNotice } from "../../scripts/demo/follow.ts";
import { sampleCall } from "../../scripts/demo/sample-call.ts";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import type { Ground, Harness } from "./harness.ts";
import { faultsOf } from "./soak.ts";

const WRITERS = 12;

/**
 * Many writers of one thing: one call, one endpoint, one range of one upload. Each has one outcome, and it is whole.
 */
export const races: Harness = {
  name: "races",
  async run(ground) {
    const rounds = ground.long ? 50 : 4;
    const faults: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      faults.push(...(await oneCall(ground)), ...(await oneEndpoint(ground, round)), ...(await oneUpload(ground)));
    }
    return { figure: `${rounds * 3} races of ${WRITERS} writers, ${faults.length} mixtures`, faults };
  },
};

const writers = Array.from({ length: WRITERS }, (_, index) => index);

async function oneCall({ running }: Ground): Promise<string[]> {
  const truth = readTruth();
  const recording = await serveRecording();
  try {
    const variables = sampleCall({ audioUrl: recording.url, seconds: truth.durationSeconds, now: Date.now() });
    const body = renderAnura(ANURA_TEMPLATE, running.connection.campaignNumber, variables);
    const sent = await Promise.all(writers.map(() => sendNotice(running.connection, body)));
    const calls = [...new Set(sent.map(({ callId }) => callId))];
    if (calls.length !== 1) return [`one notice made ${calls.length} calls`];
    return await faultsOf(running.connection, calls);
  } finally {
    recording.close();
  }
}

async function oneEndpoint({ running }: Ground, round: number): Promise<string[]> {
  const { url, apiKey, receiverUrl } = running.connection;
  const endpoint = { url: `${receiverUrl}/unused`, events: ["delivery.parked"] };
  const made = await request(url, "/v1/endpoints", { method: "POST", token: apiKey, body: endpoint });
  const path = `/v1/endpoints/${textAt(made.body, ["id"])}`;
  const bodies = writers.map((writer) => ({
    url: `${receiverUrl}/unused?w=${round}-${writer}`,
    description: `w=${round}-${writer}`,
  }));
  const answers = await Promise.all(bodies.map((body) => request(url, path, { method: "PATCH", token: apiKey, body })));
  const { body } = await request(url, path, { token: apiKey });
  await request(url, path, { method: "DELETE", token: apiKey });
  const refused = answers.filter(({ status }) => status >= 500).length;
  const isWhole = isObject(body) && bodies.some((one) => one.url === body.url && one.description === body.description);
  return [
    ...(refused > 0 ? [`${refused} of ${WRITERS} changes of an endpoint answered 5xx`] : []),
    ...(isWhole ? [] : [`a mixture: ${JSON.stringify(body)}`]),
  ];
}

/** Everybody sends other bytes for the same range: one is taken, and what is kept is what it sent. */
async function oneUpload({ running }: Ground): Promise<string[]> {
  const { url, apiKey } = running.connection;
  const files = writers.map((writer) => wav(40_000, writer + 1));
  const tus = { "tus-resumable": "1.0.0", "x-api-key": apiKey };
  const made = await fetch(`${url}/v1/uploads/tus`, {
    method: "POST",
    headers: {
      ...tus,
      "upload-length": "40000",
      "upload-metadata": `filename ${btoa("a.wav")},filetype ${btoa("audio/wav")}`,
    },
  });
  const location = made.headers.get("location");
  if (made.status !== 201 || location === null)
    return [`an upload could not begin: ${made.status} ${await made.text()}`];
  const at = new URL(location, url);
  const address = `${url}${at.pathname}`;
  const answers = await Promise.all(
    files.map((body) =>
      fetch(address, {
        method: "PATCH",
        headers: { ...tus, "upload-offset": "0", "content-type": "application/offset+octet-stream" },
        body,
      }).then(async (answer) => (await answer.arrayBuffer(), answer.status)),
    ),
  );
  const winners = writers.filter((writer) => answers[writer] === 204);
  const faults = answers.some((status) => status >= 500) ? [`a PATCH answered ${answers.join(", ")}`] : [];
  if (winners.length !== 1)
    return [...faults, `${winners.length} of ${WRITERS} PATCHes of one range were taken: ${answers.join(", ")}`];
  const sums = files.map((file) => createHash("sha256").update(file).digest("hex"));
  if (!(await isKept(url, apiKey, sums[winners[0] ?? 0] ?? "")))
    faults.push("what is kept is not what the one who was answered 204 sent");
  return faults;
}

/** Whether a recording with this hash is among the newest, as soon as what was sent has become one. */
async function isKept(url: string, token: string, sum: string): Promise<boolean> {
  for (let turn = 0; turn < 200; turn += 1) {
    const { body } = await request(url, "/v1/recordings?limit=20", { token });
    const data = valueAt(body, ["data"]);
    if ((Array.isArray(data) ? data : []).filter(isObject).some(({ sha256 }) => sha256 === sum)) return true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return false;
}

/** A WAV of noise, another one for each seed. */
function wav(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const file = Buffer.alloc(size);
  file.write("RIFF", 0).toString();
  file.writeUInt32LE(size - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8_000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(size - 44, 40);
  for (let at = 44, state = seed; at < size; at += 1) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    file[at] = state >>> 16;
  }
  return new Uint8Array(file);
}
