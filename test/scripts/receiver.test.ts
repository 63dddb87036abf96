import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { request, valueAt } from "../../scripts/api-client.ts";
import { startReceiver, type Receiver } from "../../scripts/receiver.ts";
import type { Delivery } from "../../scripts/receiver/store.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("the local receiver", () => {
  let folder = "";
  let file = "";
  let receiver: Receiver;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "trunkline-receiver-"));
    file = join(folder, "received.jsonl");
    receiver = await startReceiver({ port: 0, file, secret: SECRET });
  });
  afterEach(async () => {
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function deliver(id: string, seq: number, callId = "call_1", secret = SECRET): Promise<number> {
    const body = JSON.stringify({
      type: "call.completed",
      timestamp: new Date().toISOString(),
      id,
      seq,
      data: { call: { id: callId } },
    });
    const now = new Date();
    const signature = new Webhook(secret).sign(id, now, body);
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": signature,
    };
    return (await fetch(receiver.url, { method: "POST", body, headers })).status;
  }

  async function list(query = ""): Promise<Delivery[]> {
    return valueAt((await request(receiver.url, `/deliveries${query}`)).body, ["deliveries"]) as Delivery[];
  }

  test("answers 200 to a good signature and 401 to a bad one, and stores both", async () => {
    assert.equal(await deliver("evt_1", 1), 200);
    assert.equal(await deliver("evt_2", 2, "call_1", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 401);
    const seen = (await list()).map(({ id, seq, callId, verified, status }) => ({ id, seq, callId, verified, status }));
    assert.deepEqual(seen, [
      { id: "evt_1", seq: 1, callId: "call_1", verified: true, status: 200 },
      { id: "evt_2", seq: 2, callId: "call_1", verified: false, status: 401 },
    ]);
  });

  test("lists by call and from a point on", async () => {
    await deliver("evt_1", 1);
    await deliver("evt_2", 1, "call_2");
    await deliver("evt_3", 2);
    assert.deepEqual(
      (await list("?call_id=call_1")).map((one) => one.id),
      ["evt_1", "evt_3"],
    );
    assert.deepEqual(
      (await list("?after=1")).map((one) => one.id),
      ["evt_2", "evt_3"],
    );
  });

  test("remembers over a restart, even when its file was torn", async () => {
    await deliver("evt_1", 1);
    appendFileSync(file, '{"n":2,"id":"ev');
    await receiver.close();
    receiver = await startReceiver({ port: 0, file, secret: SECRET });
    await deliver("evt_2", 2);
    await receiver.close();
    receiver = await startReceiver({ port: 0, file, secret: SECRET });
    assert.deepEqual(
      (await list()).map((one) => [one.n, one.id]),
      [
        [1, "evt_1"],
        [2, "evt_2"],
      ],
    );
  });

  test("fails as its behaviour is set", async () => {
    await request(receiver.url, "/behaviour", { method: "POST", body: { failNext: 1, status: 500 } });
    assert.deepEqual([await deliver("evt_1", 1), await deliver("evt_1", 1)], [500, 200]);
    await request(receiver.url, "/behaviour", { method: "POST", body: { failRate: 1, failsEach: 2 } });
    assert.deepEqual(
      [await deliver("evt_2", 2), await deliver("evt_2", 2), await deliver("evt_2", 2)],
      [503, 503, 200],
    );
    const refused = await request(receiver.url, "/behaviour", { method: "POST", body: { failRate: 2 } });
    assert.equal(refused.status, 400);
  });

  test("forgets when asked, and asks to retry later before it has a secret", async () => {
    await deliver("evt_1", 1);
    await request(receiver.url, "/deliveries", { method: "DELETE" });
    assert.deepEqual(await list(), []);
    await receiver.close();
    receiver = await startReceiver({ port: 0, file: join(folder, "other.jsonl") });
    assert.equal(await deliver("evt_1", 1), 503);
    receiver.trust(SECRET);
    assert.equal(await deliver("evt_1", 1), 200);
  });

  test("its page shows names as text", async () => {
    await deliver("evt_1", 1, "<script>");
    const page = await (await fetch(receiver.url)).text();
    assert.ok(page.includes("&#60;script&#62;") && !page.includes("<script>"));
  });
});
