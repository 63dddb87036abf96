import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, isObject, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { readFixture } from "../../scripts/demo/serve-recording.ts";
import { SIGNERS } from "../bench/signers.ts";
import { cleanUp, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

const PATIENCE = 60_000;
const ACCOUNT = `AC${"1".repeat(32)}`;
const TOKEN = "an-auth-token-of-thirty-two-chars";

describe("platforms of every kind, on npm start", () => {
  let place: Place;
  let running: Running;

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
  });
  after(() => cleanUp(place, running));

  const api = (path: string, method = "GET", body?: unknown) =>
    request(running.connection.url, path, { method, token: running.connection.apiKey, ...(body ? { body } : {}) });

  async function newSource(body: Record<string, unknown>): Promise<string> {
    const given = { campaign_id: running.connection.campaignId, ...body };
    return textAt(expectSuccess(await api("/v1/sources", "POST", given), "POST /v1/sources"), ["id"]);
  }

  async function callsOf(sourceId: string): Promise<Record<string, unknown>[]> {
    const list = valueAt((await api("/v1/calls?limit=100")).body, ["data"]);
    return (Array.isArray(list) ? list : []).filter((call) => valueAt(call, ["source", "id"]) === sourceId);
  }

  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(200);
    }
    throw new Error(`${what} did not come to pass`);
  }

  for (const signer of SIGNERS) {
    test(`${signer.name}: a notice becomes a call, a forged one nothing`, async () => {
      const { kind, secret, settings } = signer;
      const sourceId = await newSource({ kind, name: signer.name, secret, settings });
      const url = `${running.connection.url}/webhook/${kind}/${sourceId}`;
      const { headers, body } = signer.sign("call-1", url);
      const post = (bytes: string) => fetch(url, { method: "POST", headers, body: bytes });
      const forged = body.includes(secret)
        ? body.replace(secret, `${secret.slice(0, -1)}X`)
        : `${body.slice(0, -3)}${body.endsWith("000") ? "111" : "000"}`;
      assert.equal((await post(forged)).status, 401);
      const taken = await post(body);
      assert.equal(taken.status, 200, await taken.text());
      assert.equal((await post(body)).status, 200);
      const [call, ...more] = await until("the call", async () => {
        const calls = await callsOf(sourceId);
        return calls.length > 0 ? calls : undefined;
      });
      assert.deepEqual(more, []);
      assert.equal(call?.external_id, "call-1");
      assert.equal(call?.state, "completed");
      assert.equal(call?.campaign_id, running.connection.campaignId);
      assert.equal(call?.from_e164, "+5491167950079");
    });
  }

  test("a call that Twilio never announced is found by comparison, and comes in with its recording", async () => {
    const twilio = new FakeTwilio();
    const apiUrl = await twilio.listen();
    try {
      const sourceId = await newSource({
        kind: "twilio",
        name: "Twilio",
        secret: TOKEN,
        settings: { api_url: apiUrl },
        credentials: { account_sid: ACCOUNT, auth_token: TOKEN },
      });
      const now = Date.now();
      const span = { from: new Date(now - 86_400_000).toISOString(), until: new Date(now - 1_000).toISOString() };
      const asked = await api(`/v1/sources/${sourceId}/reconciliations`, "POST", span);
      assert.equal(asked.status, 202, JSON.stringify(asked.body));
      const call = await until("the missing call", async () => (await callsOf(sourceId))[0]);
      assert.equal(call.external_id, `CA${"2".repeat(32)}`);
      assert.equal(call.state, "completed");
      const report = await until("the report", async () => {
        const list = valueAt((await api(`/v1/sources/${sourceId}/reconciliations`)).body, ["data"]);
        const done = (Array.isArray(list) ? list : [])
          .filter(isObject)
          .find((one) => one.state === "completed" && one.asked);
        return done;
      });
      assert.deepEqual([report.listed, report.missing, report.loss_rate], [1, 1, 1]);
      await until("the recording", async () => {
        const detail = (await api(`/v1/calls/${String(call.id)}`)).body;
        const recordings = valueAt(detail, ["recordings"]);
        const isKept = (one: unknown) => valueAt(one, ["state"]) === "completed";
        return Array.isArray(recordings) && recordings.some(isKept) ? true : undefined;
      });
      assert.deepEqual(twilio.refused, []);
    } finally {
      await twilio.close();
    }
  });
});

/**
 * As much of Twilio's API as a comparison and a recording need; what comes without the account's key is written down.
 * Based on: Twilio's API reference 2010-04-01, the resources Calls and Recordings: names, dates as RFC 2822, lengths as
 * text.
 */
class FakeTwilio {
  readonly refused: string[] = [];
  readonly #server: Server;
  readonly #audio = readFixture("two-party-call.mp3");

  constructor() {
    this.#server = createServer((incoming, response) => {
      const expected = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString("base64")}`;
      if (incoming.headers.authorization !== expected) {
        this.refused.push(incoming.url ?? "");
        response.writeHead(401).end();
        return;
      }
      const { pathname } = new URL(incoming.url ?? "/", "http://twilio");
      if (/\/Recordings\/RE[^/]*\.mp3$/.test(pathname)) {
        response
          .writeHead(200, { "content-type": "audio/mpeg", "content-length": this.#audio.length })
          .end(this.#audio);
        return;
      }
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(this.#list(pathname)));
    });
  }

  #list(pathname: string): unknown {
    const began = new Date(Date.now() - 7_200_000).toUTCString();
    const ended = new Date(Date.now() - 7_000_000).toUTCString();
    const sid = `CA${"2".repeat(32)}`;
    const recording = `RE${"3".repeat(32)}`;
    if (pathname.endsWith("/Recordings.json")) {
      const uri = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${recording}.json`;
      const row = {
        sid: recording,
        call_sid: sid,
        account_sid: ACCOUNT,
        status: "completed",
        duration: "30",
        date_created: ended,
        start_time: began,
        uri,
      };
      return { recordings: [row], next_page_uri: null };
    }
    const call = {
      sid,
      account_sid: ACCOUNT,
      from: "+14155550100",
      to: "+14155550101",
      direction: "inbound",
      status: "completed",
      start_time: began,
      end_time: ended,
      duration: "200",
      parent_call_sid: null,
    };
    return { calls: [call], next_page_uri: null };
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
