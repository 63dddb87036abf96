import { describe, expect, it } from "vitest";
import { profiles } from "../../../../src/delivery/profiles";
import { checkHeaders, checkTemplate, MAX_RENDERED, maskHeaders } from "../../../../src/delivery/templates";
import { attemptOf } from "./attempt";

const { standard, voicesense, audian } = profiles;

function messagesOf(template: string, headers: Record<string, string> = {}): string[] {
  return checkTemplate(template, voicesense, headers).map(({ message }) => message);
}

async function rendered(template: string, data: Record<string, unknown>, headers: Record<string, string> = {}) {
  return (await standard.request(attemptOf("call.completed", { template, data, headers }))).body;
}

describe("checking a template", () => {
  it.for([
    ["a path outside the list", '{"a": "{{Nope}}"}', /"Nope" is no variable .* valid are PredictorState, /],
    ["an empty path", '{"a": "{{ }}"}', /"" is no variable/],
    ["a brace left open", '{"a": "{{StreamId"}', /no }} closes/],
    ["no JSON at all", "hello {{StreamId}}", /is no JSON/],
    ["JSON cut short", '{"a": "{{StreamId}}"', /is no JSON/],
    ["a variable as a bare key", "{ {{StreamId}}: 1 }", /is no JSON/],
    ["a variable that only works for numbers", '{"a": 1{{PredictorState}}}', /is no JSON/],
    ["a variable behind a backslash", '{"a": "\\{{StreamId}}"}', /is no JSON/],
    ["nothing", "  ", /must not be empty/],
    ["too much", `{"a": "${"é".repeat(33_000)}"}`, /longer than 65536 bytes/],
  ] as const)("refuses %s", ([, template, message]) => {
    expect(messagesOf(template)).toEqual([expect.stringMatching(message)]);
  });

  it("names every wrong path, each once", () => {
    const template = '{"a": "{{One}}", "b": {{Two.Three}}, "c": "{{ One }}", "d": "{{StreamId}}"}';
    expect(messagesOf(template).map((message) => message.split(" ")[0])).toEqual(['"One"', '"Two.Three"']);
  });

  it("knows escaped quotes and backslashes for what they are", async () => {
    const template = '{"a": "say \\"{{data.x}}\\" \\\\", "b": {{data.x}}}';
    expect(JSON.parse(await rendered(template, { x: 'q"\\' }))).toEqual({ a: 'say "q"\\" \\', b: 'q"\\' });
  });

  it("takes text where a header says what it is, and only there", () => {
    expect(messagesOf("score {{StreamId}}", { "Content-Type": "text/plain" })).toEqual([]);
    expect(messagesOf("score {{StreamId}}", { "content-type": "application/vnd.crm+json" })).toHaveLength(1);
    expect(messagesOf("score {{Nope}}", { "Content-Type": "text/plain" })).toHaveLength(1);
  });

  it("lets standard templates reach into records, lists and unknown values, and nowhere else", () => {
    const allowed = [
      "data.call.custom.queue",
      "data.recordings.0.audio_url",
      "data.conversation.action_results.0.status",
      "gap.from",
    ];
    for (const path of allowed) expect([path, standard.isTemplatePath(path)]).toEqual([path, true]);
    for (const path of ["data.call.nope", "data.recordings.x.audio_url", "data.call.custom.", "data.call.id.length"])
      expect([path, standard.isTemplatePath(path)]).toEqual([path, false]);
  });
});

describe("rendering a template", () => {
  const data = { x: `<a> & "b" 'c' \u0000`, n: 1e-7, o: { k: "ñ" }, nothing: null };

  it("keeps what a value holds out of the JSON around it", async () => {
    const evil = '", "admin": true, "x": "';
    expect(JSON.parse(await rendered('{"a": "{{data.x}}", "b": {{data.x}}}', { x: evil }))).toEqual({
      a: evil,
      b: evil,
    });
  });

  it("does not fill in variables that a value brings along", async () => {
    expect(JSON.parse(await rendered('{"a": "{{data.x}}"}', { x: "{{id}}" }))).toEqual({ a: "{{id}}" });
  });

  it("reads own keys only", async () => {
    const template = '{"a": {{data.__proto__}}, "b": {{data.constructor}}, "c": "{{data.x.length}}"}';
    expect(JSON.parse(await rendered(template, { x: "text" }))).toEqual({ a: null, b: null, c: "null" });
  });

  it("writes JSON again the profile's way", async () => {
    expect(await rendered('{ "a" : 1.0, "b": "\\u00f1" }', {})).toBe('{"a":1,"b":"ñ"}');
  });

  it("escapes for XML", async () => {
    const body = await rendered("<x n='{{data.n}}'>{{data.x}}{{data.nothing}}</x>", data, {
      "content-type": "text/xml",
    });
    expect(body).toBe("<x n='1e-7'>&lt;a&gt; &amp; &quot;b&quot; &apos;c&apos; \ufffdnull</x>");
  });

  it("escapes for forms", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = await rendered("x={{data.x}}&o={{data.o}}", { ...data, x: "a&b=c \ud800" }, headers);
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ x: "a&b=c \ufffd", o: '{"k":"ñ"}' });
  });

  it("leaves plain text as it is", async () => {
    expect(await rendered('{{data.o}} "{{data.n}}"', data, { "content-type": "text/csv" })).toBe('{"k":"ñ"} "1e-7"');
  });

  it("stops before a body fills the isolate", async () => {
    const template = `[${Array.from({ length: 5_000 }, () => "{{data.x}}").join(",")}]`;
    await expect(rendered(template, { x: "y".repeat(100_000) })).rejects.toThrow(String(MAX_RENDERED));
  });
});

describe("checking headers", () => {
  const problemsOf = (headers: Record<string, string>, template: string | null = null) =>
    checkHeaders(headers, audian, template).map(({ field, message }) => `${field} ${message}`);

  it("takes ordinary ones", () => {
    const headers = {
      Authorization: "Bearer abc",
      "X-Customer": "42",
      "Content-Type": "application/json; charset=utf-8",
      Accept: "",
    };
    expect(problemsOf(headers)).toEqual([]);
  });

  it.for([
    "Host",
    "content-length",
    "Transfer-Encoding",
    "Connection",
    "Keep-Alive",
    "TE",
    "Trailer",
    "Upgrade",
    "Proxy-Authorization",
    "Expect",
    "Content-Encoding",
    "webhook-id",
    "Webhook-Signature",
    "trunkline-test",
    "Trunkline-Anything",
    "X-Forwarded-For",
    "CF-Connecting-IP",
    "X-Audian-Signature",
    "x-audian-timestamp",
    "X-AUDIAN-DELIVERY-ID",
    "X-Audian-Signature-Previous",
  ])("keeps %s to those it belongs to", (name) => {
    expect(problemsOf({ [name]: "x" })).toEqual([expect.stringMatching(/ is reserved| belongs to the audian profile/)]);
  });

  it("leaves another dialect's headers free", () => {
    expect(problemsOf({ "X-Voicesense-Signature": "x" })).toEqual([]);
  });

  it.for(["", "X Y", "X:Y", "X\r\nEvil", "Ñ", "X\u0000"])("refuses the name %j", (name) => {
    expect(problemsOf({ [name]: "x" })).toHaveLength(1);
  });

  it.for(["a\r\nX-Evil: 1", "a\nb", "a\rb", "nul\u0000", "ñ", "\u007f"])("refuses the value %j", (value) => {
    expect(problemsOf({ "X-A": value })).toEqual(["headers.X-A must be printable ASCII on one line"]);
  });

  it("bounds their number and their length", () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`X-${index}`, "x"]));
    expect(problemsOf(many)).toHaveLength(1);
    expect(problemsOf({ "X-A": "x".repeat(1_025) })).toHaveLength(1);
    expect(problemsOf({ "X-A": "x".repeat(1_024) })).toEqual([]);
    expect(problemsOf({ ["X".repeat(101)]: "x" })).toHaveLength(1);
  });

  it("refuses the same name in two spellings", () => {
    expect(problemsOf({ "X-A": "1", "x-a": "2" })).toHaveLength(2);
  });

  it("takes another Content-Type only with a template", () => {
    expect(problemsOf({ "Content-Type": "text/plain" })).toHaveLength(1);
    expect(problemsOf({ "Content-Type": "text/plain" }, "{{event}}")).toEqual([]);
  });
});

describe("masking headers", () => {
  it("hides what the subscriber added, shortens signatures, and masks what is masked already no further", () => {
    const headers = {
      Authorization: "Bearer abc",
      "X-Author": "Ana",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,AAAAAAAAAAAAAAAAAAAA",
      "X-Audian-Signature": "8d6adf98949f8eca96df6de82b05871bcf68e15d7df630e0fc03d66297f8230c",
      "X-Audian-Timestamp": "1700000000",
      "X-Voqo-Signature": "another profile's",
      "trunkline-delivery": "dlv_1",
      "content-type": "application/json",
    };
    const masked = {
      Authorization: "[hidden]",
      "X-Author": "[hidden]",
      "webhook-signature": "v1,g0hM9SsE+… v1a,AAAAAAAA…",
      "X-Audian-Signature": "8d6adf98949f…",
      "X-Audian-Timestamp": "1700000000",
      "X-Voqo-Signature": "[hidden]",
      "trunkline-delivery": "dlv_1",
      "content-type": "application/json",
    };
    expect(maskHeaders(headers, audian)).toEqual(masked);
    expect(maskHeaders(masked, audian)).toEqual(masked);
  });
});
