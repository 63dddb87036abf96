import assert from "node:assert/strict";
import { test } from "node:test";
import { trunkline } from "../../client/trunkline.ts";

type Sent = { method: string; url: string; key: string | null; authorization: string | null; body: string };

/** A client whose server answers with these, in order; a status, or nothing at all. */
function clientOf(answers: (Response | "gone")[], attempts?: number) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  let keys = 0;
  const client = trunkline({
    url: "https://calls.example",
    key: "tk_1",
    ...(attempts === undefined ? {} : { attempts }),
    deps: {
      fetch: async (request) => {
        const { method, url, headers } = request;
        const [key, authorization] = [headers.get("idempotency-key"), headers.get("authorization")];
        sent.push({ method, url, key, authorization, body: await request.text() });
        const answer = answers.shift();
        if (answer === undefined || answer === "gone") throw new TypeError("fetch failed");
        return answer;
      },
      pause: async (milliseconds) => void waits.push(milliseconds),
      random: () => 0.5,
      newKey: () => `key-${(keys += 1)}`,
    },
  });
  return { client, sent, waits };
}

const page = () => Response.json({ data: [], next_cursor: null, prev_cursor: null, scanned_until: null });
const refused = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ code: "unavailable", detail: "Not now." }, { status, headers });

test("a read is typed and authenticated, and has no key of its own", async () => {
  const { client, sent } = clientOf([page()]);
  const { data, error } = await client.GET("/v1/calls", { params: { query: { state: "failed", limit: 5 } } });
  assert.equal(error, undefined);
  assert.deepEqual(data?.data, []);
  assert.equal(data?.prev_cursor, null);
  const [only] = sent;
  assert.deepEqual(
    [only?.method, only?.url, only?.key, only?.authorization],
    ["GET", "https://calls.example/v1/calls?state=failed&limit=5", null, "Bearer tk_1"],
  );
});

test("a write that the server refused is tried again, whole and under one key, as late as the server asks", async () => {
  const made = { id: "cmp_1", name: "Renewals" };
  const { client, sent, waits } = clientOf([
    refused(429, { "retry-after": "7" }),
    refused(503),
    Response.json(made, { status: 201 }),
  ]);
  const { data } = await client.POST("/v1/campaigns", { body: { name: "Renewals" } });
  assert.equal(data?.id, "cmp_1");
  assert.deepEqual(waits, [7_000, 750]);
  assert.deepEqual(
    sent.map(({ key, body }) => [key, body]),
    Array.from({ length: 3 }, () => ["key-1", '{"name":"Renewals"}']),
  );
});

test("each write has a key of its own, or the one that it is given", async () => {
  const { client, sent } = clientOf([refused(422), refused(422), refused(422)]);
  await client.POST("/v1/campaigns", { body: { name: "a" } });
  await client.POST("/v1/campaigns", { body: { name: "b" } });
  await client.POST("/v1/campaigns", { body: { name: "c" }, headers: { "Idempotency-Key": "mine" } });
  assert.deepEqual(
    sent.map(({ key }) => key),
    ["key-1", "key-2", "mine"],
  );
});

test("a POST whose fate is not known is sent again under its key, a change is not", async () => {
  const made = () => Response.json({ id: "cmp_1", name: "a" }, { status: 201 });
  const { client, sent, waits } = clientOf(["gone", refused(409, { "retry-after": "1" }), refused(502), made()]);
  const { data } = await client.POST("/v1/campaigns", { body: { name: "a" } });
  assert.equal(data?.id, "cmp_1");
  assert.deepEqual(new Set(sent.map(({ key }) => key)), new Set(["key-1"]));
  assert.deepEqual(waits, [375, 1_000, 1_500]);
  const change = { params: { path: { id: "cmp_1" } }, body: { name: "b" } };
  const unclear = clientOf([refused(502)]);
  assert.equal((await unclear.client.PATCH("/v1/campaigns/{id}", change)).response.status, 502);
  const lost = clientOf(["gone"]);
  await assert.rejects(lost.client.PATCH("/v1/campaigns/{id}", change), /fetch failed/);
  const read = clientOf(["gone", refused(502), page()]);
  assert.equal((await read.client.GET("/v1/calls")).response.status, 200);
  assert.deepEqual(read.waits, [375, 750]);
});

test("what is put off for long is not waited for", async () => {
  const { client, sent } = clientOf([refused(429, { "retry-after": "1800" })]);
  assert.equal((await client.GET("/v1/calls")).response.status, 429);
  assert.equal(sent.length, 1);
});

test("what stays refused is answered in the end, as a problem", async () => {
  const { client, sent } = clientOf([refused(503), refused(503)], 2);
  const { error, response } = await client.GET("/v1/calls");
  assert.equal(response.status, 503);
  assert.equal(error?.code, "unavailable");
  assert.equal(sent.length, 2);
});

test("no other failure is tried again", async () => {
  for (const status of [400, 401, 403, 404, 409, 412, 422]) {
    const { client, sent } = clientOf([refused(status)]);
    assert.equal((await client.GET("/v1/calls/{id}", { params: { path: { id: "x" } } })).response.status, status);
    assert.equal(sent.length, 1);
  }
});
