import { expectSuccess, request, valueAt } from "../api-client.ts";
import { readStateDir } from "../start/settings.ts";
import { Trouble } from "../trouble.ts";
import { PROJECT } from "../wrangler.ts";
import { ANURA_TEMPLATE, renderAnura } from "./anura-template.ts";
import { connect, type Connection } from "./connect.ts";
import { followDeliveries, followEvents, readDeliveries, sendNotice, type CallEvent } from "./follow.ts";
import { countIn, loadSampleCalls } from "./load-samples.ts";
import { Progress } from "./progress.ts";
import { sampleCall } from "./sample-call.ts";
import { readTruth, serveRecording, type Truth } from "./serve-recording.ts";
import { noteOf, renderDeliveries, renderMeasures, renderStep } from "./timeline.ts";

const PATIENCE = 60_000;

/** What is waited for after each step, shown to the user. */
const NEXT: { [type: string]: string } = {
  "call.completed": "fetching the recording",
  "recording.completed": "making the task",
  "task.created": "analysing",
  "analysis.created": "analysing",
  "analysis.completed": "closing the call",
};

/** `npm run demo`: one call, end to end, against a running `npm start`; or sample calls. Resolves with the exit code. */
export async function demo(env: { [name: string]: string | undefined }, args: readonly string[] = []): Promise<number> {
  const count = countIn(args);
  const connection = await connect(readStateDir(env, PROJECT));
  if (count !== undefined) return loadSampleCalls(connection, count);
  const truth = readTruth();
  const recording = await serveRecording();
  const progress = new Progress();
  try {
    return await tellOneCall(connection, truth, recording.url, progress);
  } finally {
    progress.stop();
    recording.close();
  }
}

async function tellOneCall(
  connection: Connection,
  truth: Truth,
  audioUrl: string,
  progress: Progress,
): Promise<number> {
  const variables = sampleCall({ audioUrl, seconds: truth.durationSeconds, now: Date.now() });
  const body = renderAnura(ANURA_TEMPLATE, connection.campaignNumber, variables);
  progress.print(`A notice as Anura sends it, to ${connection.url}/webhook/anura/:\n\n${body}\n`);
  progress.waitFor("sending the notice");
  const began = Date.now();
  const deadline = began + PATIENCE;
  const accepted = await sendNotice(connection, body);
  progress.print(renderStep(accepted.status, accepted.tookMs, accepted.tookMs, accepted.callId));

  const events = await tellEvents(connection, accepted.callId, { began, deadline, truth, progress });
  const failure = events.find((event) => event.type.endsWith(".failed"));
  progress.waitFor("waiting for the deliveries");
  const arrived = await followDeliveries(connection, accepted.callId, events.at(-1)?.seq ?? 0, deadline);
  const deliveries = await readDeliveries(connection, accepted.callId);
  progress.stop();
  progress.print(`\nWhat the subscriber at ${connection.receiverUrl} received, in order:\n`);
  for (const line of renderDeliveries(deliveries, events)) progress.print(line);
  if (!arrived) throw timedOut(connection, accepted.callId, "the last delivery");
  await printLinks(connection, accepted.callId, progress);
  if (failure)
    throw new Trouble(
      `${failure.type}: ${noteOf(failure) || "no reason given"} (see ${connection.stateDir}/server.log)`,
    );
  return 0;
}

type Telling = { began: number; deadline: number; truth: Truth; progress: Progress };

/** Prints the call's events as they happen, until the call is processed. */
async function tellEvents(
  connection: Connection,
  callId: string,
  { began, deadline, truth, progress }: Telling,
): Promise<CallEvent[]> {
  const events: CallEvent[] = [];
  let before = began;
  progress.waitFor("waiting for the call");
  const processed = await followEvents(
    connection,
    callId,
    (event) => {
      events.push(event);
      progress.print(renderStep(event.type, event.recordedAt - began, event.recordedAt - before, noteOf(event)));
      if (event.type === "analysis.completed")
        for (const line of renderMeasures(event.data, truth)) progress.print(line);
      before = event.recordedAt;
      progress.waitFor(NEXT[event.type] ?? "waiting");
    },
    (event) => event.type === "call.processed",
    deadline,
  );
  if (!processed) throw timedOut(connection, callId, "call.processed");
  return events;
}

async function printLinks(connection: Connection, callId: string, progress: Progress): Promise<void> {
  const path = `/v1/calls/${callId}`;
  const call = expectSuccess(await request(connection.url, path, { token: connection.apiKey }), `reading ${path}`);
  const link = valueAt(Array.isArray(call.recordings) ? call.recordings[0] : null, ["audio_url"]);
  progress.print("");
  if (typeof link === "string") progress.print(`Listen:    ${link}`);
  progress.print(`The call:  curl -sS -H "X-API-Key: ${connection.apiKey}" ${connection.url}${path}`);
}

function timedOut(connection: Connection, callId: string, what: string): Trouble {
  return new Trouble(
    `${what} did not come within ${PATIENCE / 1000} s: look at ${connection.stateDir}/server.log, ` +
      `GET ${connection.url}/v1/calls/${callId} and ${connection.receiverUrl}`,
  );
}
