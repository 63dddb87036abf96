import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import { after, before, describe, test } from "node:test";
import { isObject, request, textAt, toText, valueAt } from "../../scripts/api-client.ts";
import { AUDIO_PORT, databaseIn, moveAhead, objectDatabasesIn, rowsOf } from "../fixtures/state/manifest.ts";
import { unpackState, type Manifest } from "../fixtures/state/manifest.ts";
import { sineWav } from "../worker/sine-wav.ts";
import { arrivalsOf } from "./calls.ts";
import { cleanUp, eventually, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

type Event = { stream: string; seq: number; id: string };

// Everything was under way at once, and what was in flight waits for its lease.
const RECOVERY = 180_000;
const HOUR = 3_600_000;
const TONE = sineWav(10);
const tokenOf = (authorization: string | undefined) =>
  Buffer.from((authorization ?? "").replace(/^Basic /, ""), "base64").toString();

function firstRecording(call: unknown): unknown {
  const recordings = valueAt(call, ["recordings"]);
  return Array.isArray(recordings) ? recordings[0] : undefined;
}

/** The file store of the fixture's calls; Twilio's asks for the account's own token. */
function serveAudio(twilioLogin: string): Promise<Server> {
  const server = createServer((incoming, response) => {
    const isTwilio = incoming.url?.startsWith("/2010-04-01/") ?? false;
    if (isTwilio && tokenOf(incoming.headers.authorization) !== twilioLogin) return void response.writeHead(401).end();
    response.writeHead(200, { "content-type": "audio/wav", "content-length": TONE.length });
    response.end(incoming.method === "HEAD" ? undefined : TONE);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(AUDIO_PORT, "127.0.0.1", () => resolve(server));
  });
}

describe("a state folder that 6fec4ac left when it was killed", () => {
  let place: Place;
  let running: Running;
  let manifest: Manifest;
  let audio: Server;
  /** Of deliveries that were open, and of everything that was recorded by then. */
  let open: Event[] = [];
  let recorded: Event[] = [];
  let waiting: string[] = [];
  let calls: string[] = [];
  let underWay = 0;

  before(async () => {
    place = await newPlace({ isNew: true });
    manifest = unpackState("6fec4ac.tar.gz", place.stateDir);
    // Killed an hour ago: what waited for its next try is due.
    moveAhead(place.stateDir, Date.now() - manifest.madeAt - HOUR);
    const database = databaseIn(place.stateDir);
    recorded = rowsOf<Event>(database, "SELECT stream, seq, id FROM events ORDER BY stream, seq");
    open = objectDatabasesIn(place.stateDir).flatMap((file) =>
      rowsOf<Event>(file, "SELECT stream, seq, event_id AS id FROM deliveries WHERE open = 1 ORDER BY stream, seq"),
    );
    waiting = rowsOf<{ message: string }>(database, "SELECT message FROM inbox").map(({ message }) => {
      const body = Buffer.from(textAt(JSON.parse(message), ["body"]), "base64").toString();
      return textAt(JSON.parse(body), ["external_id"]);
    });
    for (const work of ["recordings WHERE state = 'pending'", "analyses WHERE state NOT IN ('completed', 'failed')"])
      underWay += rowsOf(database, `SELECT id FROM ${work}`).length;
    calls = rowsOf<{ id: string }>(database, "SELECT id FROM calls").map(({ id }) => id);
    audio = await serveAudio(`${manifest.twilio.accountSid}:${manifest.twilio.secret}`);
    running = await nodeStart(place);
  });
  after(async () => {
    audio?.close().closeAllConnections();
    await cleanUp(place, running);
  });

  const get = (path: string) => request(running.connection.url, path, { token: running.connection.apiKey });

  /** A call by the id its platform gave it, once it was processed. */
  async function processed(externalId: string): Promise<string> {
    const found = await eventually(
      `the call ${externalId}`,
      async () => {
        const page = await get("/v1/calls?limit=200");
        const list = valueAt(page.body, ["data"]);
        return (Array.isArray(list) ? list : []).find((one) => valueAt(one, ["external_id"]) === externalId) as unknown;
      },
      isObject,
      RECOVERY,
    );
    const id = textAt(found, ["id"]);
    await settled(id);
    return id;
  }

  async function settled(callId: string): Promise<unknown> {
    await eventually(
      `the events of ${callId}`,
      async () => toText((await get(`/v1/calls/${callId}/events?limit=200`)).body),
      (events) => events.includes('"call.processed"'),
      RECOVERY,
    );
    return (await get(`/v1/calls/${callId}`)).body;
  }

  test("has what it should: deliveries, notices, recordings and analyses under way", () => {
    assert.ok(open.length >= 10 && waiting.length >= 5 && calls.length >= 10 && underWay >= 2);
  });

  test("is the same organization, by the same key", () => {
    assert.equal(running.connection.campaignId, manifest.campaignId);
  });

  test("its notices become calls, and its recordings and analyses end", async () => {
    for (const externalId of waiting) await processed(externalId);
    for (const callId of calls) await settled(callId);
    const notReady = await settled(manifest.recordingNotReady);
    assert.deepEqual(valueAt(firstRecording(notReady), ["state"]), "completed");
  });

  test("its open deliveries go out in order, with the ids they had and signatures that verify", async () => {
    for (const stream of new Set(open.map((event) => event.stream))) {
      const wanted = open.filter((event) => event.stream === stream);
      const arrivals = await eventually(
        `deliveries of ${stream}`,
        async () => (await arrivalsOf(running.connection, stream)).filter((one) => one.status === 200),
        (taken) => wanted.every((event) => taken.some((one) => one.id === event.id)),
        RECOVERY,
      );
      assert.ok(arrivals.every((one) => one.verified));
      const taken = [...new Set(arrivals.map((one) => one.seq))];
      assert.deepEqual(
        taken,
        Array.from(taken, (_, index) => index + 1),
      );
      const ids = new Map(arrivals.map((one) => [one.seq, one.id]));
      for (const event of recorded.filter((one) => one.stream === stream)) assert.equal(ids.get(event.seq), event.id);
    }
  });

  test("its sealed secrets open: a signed notice is taken, and a recording fetched with credentials", async () => {
    const { standard, twilio } = manifest;
    const body = JSON.stringify({ external_id: "signed", from: "+541155550100", started_at: new Date().toISOString() });
    const [id, timestamp] = ["msg_signed", String(Math.floor(Date.now() / 1000))];
    const key = Buffer.from(standard.secret.replace(/^whsec_/, ""), "base64");
    const signature = `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
    const proof = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
    const signed = await fetch(`${running.connection.url}/webhook/standard/${standard.id}`, {
      method: "POST",
      headers: { ...proof, "content-type": "application/json" },
      body,
    });
    assert.equal(signed.status, 200, await signed.text());

    const address = `${running.connection.url}/webhook/twilio/${twilio.id}`;
    const sid = `CA${"7".repeat(32)}`;
    const path = `2010-04-01/Accounts/${twilio.accountSid}/Recordings/RE${"8".repeat(32)}`;
    const common = { CallSid: sid, AccountSid: twilio.accountSid };
    const ended = {
      ...common,
      CallStatus: "completed",
      CallDuration: "10",
      From: "+541155550100",
      To: "+541155550199",
    };
    const kept = {
      ...common,
      RecordingSid: `RE${"8".repeat(32)}`,
      RecordingStatus: "completed",
      RecordingUrl: `http://127.0.0.1:${AUDIO_PORT}/${path}`,
    };
    for (const fields of [{ ...ended, Direction: "inbound" }, kept]) {
      const text = Object.entries(fields)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => name + value)
        .join("");
      const proven = createHmac("sha1", twilio.secret)
        .update(address + text)
        .digest("base64");
      const answer = await fetch(address, {
        method: "POST",
        headers: { "x-twilio-signature": proven },
        body: new URLSearchParams(fields),
      });
      assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
    }
    // Its first notice alone ends the call, with no recording to wait for: the second may come after `call.processed`.
    const callId = await processed(sid);
    const call = await eventually(
      `the recording of ${sid}`,
      async () => (await get(`/v1/calls/${callId}`)).body,
      (found) => ["completed", "failed"].includes(String(valueAt(firstRecording(found), ["state"]))),
      RECOVERY,
    );
    assert.equal(valueAt(firstRecording(call), ["state"]), "completed");
  });

  test("its half-done upload goes on where it was and becomes a call", async () => {
    const file = sineWav(manifest.upload.seconds);
    const url = `${running.connection.url}/v1/uploads/tus/${manifest.upload.id}`;
    const headers = { "x-api-key": running.connection.apiKey, "tus-resumable": "1.0.0" };
    const offset = Number((await fetch(url, { method: "HEAD", headers })).headers.get("upload-offset"));
    assert.equal(offset, file.length / 2);
    const more = { ...headers, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
    assert.equal((await fetch(url, { method: "PATCH", headers: more, body: file.slice(offset) })).status, 204);
    const call = await get(`/v1/calls/${await processed("half-done")}`);
    assert.equal(valueAt(firstRecording(call.body), ["sha256"]), createHash("sha256").update(file).digest("hex"));
  });

  test("every event of every call that was there has been delivered in the end", async () => {
    for (const callId of calls) {
      const events = valueAt((await get(`/v1/calls/${callId}/events?limit=200`)).body, ["data"]);
      assert.ok(Array.isArray(events) && events.length > 0);
      await eventually(
        `every event of ${callId}`,
        async () => (await arrivalsOf(running.connection, callId)).filter((one) => one.status === 200),
        (taken) => events.every((event) => taken.some((one) => one.id === textAt(event, ["id"]))),
        RECOVERY,
      );
    }
  });
});
