import { connect } from "node:net";
import { inParallel, pick, type Harness } from "./harness.ts";

const PATHS = [
  "/",
  "/health",
  "/openapi.json",
  "/webhook/anura/",
  "/webhook/twilio/src_x",
  "/webhook/zoom/%00",
  "/webhook/nothing/x",
  "/v1/calls",
  "/v1/calls/call_x",
  "/v1/endpoints",
  "/v1/sources",
  "/v1/uploads",
  "/v1/uploads/tus",
  "/upload/",
  "/tasks",
  "/v1/recordings/rec_x/audio",
  "/recordings/rec_x/audio?expires=x&signature=%ff",
  "/v2/webhooks",
  "/operator/organizations",
  "/v1/inbound?limit=-1&cursor=%zz",
  "/..%2f..%2fetc/passwd",
  "//evil.example/",
  "/%E0%A4%A",
];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const TYPES = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "text/xml",
  "application/json; charset=utf-16",
  "application/offset+octet-stream",
  "",
  "x",
  "application/json;;;=",
];
const BODIES = [
  "",
  "{",
  "{}",
  "[]",
  "null",
  "0",
  '""',
  "\u0000",
  '{"a":'.repeat(2000),
  "[".repeat(20_000),
  '{"__proto__":{"x":1}}',
  "a=1&a=2&%zz=%",
  '{"calling":{},"called":[],"dialtime":1e999,"duration":"-1","campaign_id":{}}',
  '{"audio_file_mp3":"javascript:alert(1)"}',
  '--x\r\nContent-Disposition: form-data; name="file"; filename="\u0000"\r\n\r\nabc\r\n--x--\r\n',
  "--x",
  "\ufeff{}",
  `{"dialtime":"2026-02-10 10:30:45","calling":"${"9".repeat(5000)}"}`,
  "<a>".repeat(5000),
  "\ud800",
];
const HEADERS = [
  "X-API-Key: ",
  "X-API-Key: tk_'\"; drop",
  "Authorization: Basic ====",
  "Authorization: Bearer",
  "Content-Encoding: gzip",
  "Content-Encoding: br, zstd",
  "Accept: ;q=",
  "Range: bytes=-",
  'If-None-Match: "',
  "Tus-Resumable: 9",
  "Upload-Length: -1",
  "Upload-Metadata: ====",
  "Upload-Offset: 1e9",
  "X-Twilio-Signature: x",
  "Expect: 100-continue",
  "Cookie: \u00ff=\u0001",
  "Idempotency-Key: " + "k".repeat(4000),
  "Origin: null",
  "Accept-Encoding: *;q=0",
];

/**
 * No HTTP, or HTTP that the runtime does not take: answered before any code of ours, also with a 500 or 501 of its own
 * (docs/understand/adr/0029-the-runtime-on-its-own-socket.md). They are counted by themselves.
 */
const MALFORMED = [
  "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: [x\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
  "GET /health HTTP/1.1\r\n\r\n",
  "GET http://y/health HTTP/1.1\r\nHost: x\r\n\r\n",
  "POST /webhook/anura/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
  "POST /webhook/anura/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
  "POST /webhook/anura/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
  "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
  "BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
  "get / HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
  "GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
];

/**
 * Requests that are HTTP and nothing else that makes sense, with the demo key, with none, left in the middle or not;
 * raw bytes, and what the runtime does not take. None of the first may be answered with a 5xx, and nothing may end what
 * answers.
 */
export const garbage: Harness = {
  name: "garbage",
  async run({ place, running, long, random }) {
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    const inputs = Array.from({ length: long ? 20_000 : 1500 }, (_, index) => index);
    let left = 0;
    let malformed = 0;
    await inParallel(inputs, 16, async () => {
      const kind = random();
      if (kind < 0.1) {
        left += 1;
        await send(place.port, noise(random), true);
        return;
      }
      if (kind < 0.15) {
        malformed += 1;
        await send(place.port, Buffer.from(pick(random, MALFORMED), "latin1"), false);
        return;
      }
      const path = pick(random, PATHS);
      const method = pick(random, METHODS);
      const body = Buffer.from(pick(random, BODIES));
      const leaves = kind < 0.3;
      const head = [
        `${method} ${path} HTTP/1.1`,
        "Host: localhost",
        "Connection: close",
        ...(random() < 0.5 ? [`X-API-Key: ${running.connection.apiKey}`] : []),
        ...(random() < 0.8 ? [`Content-Type: ${pick(random, TYPES)}`] : []),
        ...Array.from({ length: Math.floor(random() * 3) }, () => pick(random, HEADERS)),
        `Content-Length: ${leaves ? body.length + 5000 : body.length}`,
      ];
      const bytes = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
      const status = await send(place.port, bytes, leaves);
      if (leaves) left += 1;
      if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      // 501 and 503 too: none of these inputs asks for something that a healthy server would have to put off.
      if (status !== undefined && status >= 500)
        faults.push(`${status} to ${method} ${path} ${head.slice(3).join(" | ")}`);
      if (status === undefined && !leaves) faults.push(`no answer to ${method} ${path} ${head.slice(3).join(" | ")}`);
    });
    const health = await fetch(`http://127.0.0.1:${place.port}/health`)
      .then(({ status }) => status)
      .catch(() => 0);
    if (health !== 200) faults.push(`health afterwards: ${health}`);
    const deaths = (running.output().match(/crashed unexpectedly|starting another/g) ?? []).length;
    for (let death = 0; death < deaths; death += 1) faults.push("the runtime ended");
    const answered = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
    return {
      figure: `${inputs.length} inputs, ${left} left in the middle, ${malformed} no HTTP, ${deaths} deaths; ${answered.join(", ")}`,
      faults,
    };
  },
};

/** Bytes that are no request, or are hardly one. */
function noise(random: () => number): Buffer {
  const bytes = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 400) }, () => Math.floor(random() * 256)));
  const starts = [
    "",
    "\u0016\u0003\u0001",
    "GET ",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "PRI * HTTP/2.0\r\n\r\n",
  ];
  return Buffer.concat([Buffer.from(pick(random, starts), "latin1"), bytes]);
}

/** The status of the answer; undefined when the connection ended without one. */
function send(port: number, bytes: Buffer, leave: boolean): Promise<number | undefined> {
  return new Promise((resolve) => {
    let status: number | undefined;
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(bytes, () => {
        if (leave) socket.destroy();
      });
    });
    socket.setTimeout(60_000, () => socket.destroy());
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      const found = Number(/^HTTP\/1\.[01] (\d{3})/.exec(chunk.toString("latin1"))?.[1]);
      if (found === 100) return;
      if (Number.isInteger(found)) status ??= found;
      socket.destroy();
    });
    socket.on("close", () => resolve(status));
  });
}
