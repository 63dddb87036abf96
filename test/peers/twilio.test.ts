import assert from "node:assert/strict";
import { describe, test } from "node:test";
import twilio from "twilio";
import { verify } from "./twilio-source.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const URL_OF_SOURCE = "https://calls.example.com/webhook/twilio/src_1";
const FORM = "application/x-www-form-urlencoded";

type Params = Record<string, string | string[]>;

const FORMS: [string, Params][] = [
  ["a status callback", { CallSid: "CA1", CallStatus: "completed", From: "+15551230001", To: "+15551230002" }],
  ["unicode", { CallSid: "CA1", CallerName: "Peña, Łódź, 日本語, العربية 🎧 👩‍👩‍👧", Ñame: "1" }],
  ["values that look like separators", { CallSid: "CA1", Digits: "a=b&c=d;e", Text: "100% + 5 \r\n\t%2B%zz" }],
  ["plus and spaces", { From: "+15551230001", To: " + + ", "A B+C": "x y+z" }],
  ["empty values", { CallSid: "", From: "", To: "" }],
  [
    "keys that sort by code unit",
    { b: "1", B: "2", a: "3", "10": "4", "9": "5", _: "6", é: "7", "😀": "8", "\uffee": "9" },
  ],
  ["keys that begin alike", { a: "1", aa: "2", "a ": "3", A: "4", "a.": "5" }],
  ["a key several times", { MediaUrl: ["b", "a", "c"], CallSid: "CA1" }],
  ["a key several times with one value", { MediaUrl: ["b", "a", "b", "a"], CallSid: "CA1" }],
  ["hostile keys", { ["__proto__x"]: "1", constructor: "2", toString: "3" }],
  ["no field at all", {}],
];

const ADDRESSES = [
  URL_OF_SOURCE,
  `${URL_OF_SOURCE}?a=1&b=two%20words`,
  "https://calls.example.com:443/webhook/twilio/src_1",
  "https://calls.example.com:8443/webhook/twilio/src_1",
  "http://127.0.0.1:8787/webhook/twilio/src_1",
  "http://calls.example.com/webhook/twilio/src_1",
];

function encode(params: Params): string {
  const pairs = Object.entries(params).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs).toString();
}

describe("the npm package twilio", () => {
  for (const [name, params] of FORMS) {
    for (const url of ADDRESSES) {
      test(`signs ${name} for ${url}, and we take it`, async () => {
        const signature = twilio.getExpectedTwilioSignature(TOKEN, url, params);
        assert.equal(twilio.validateRequest(TOKEN, signature, url, params), true);
        const body = encode(params);
        assert.equal(await verify({ url, body, signature, contentType: FORM, secrets: [TOKEN] }), true);
        assert.equal(await verify({ url, body, signature, contentType: FORM, secrets: ["another", TOKEN] }), true);
      });

      test(`did not sign what is changed in ${name} for ${url}, and we refuse it`, async () => {
        const signature = twilio.getExpectedTwilioSignature(TOKEN, url, params);
        const asked = { url, body: encode(params), signature, contentType: FORM, secrets: [TOKEN] };
        for (const changed of [
          { ...asked, secrets: [`${TOKEN.slice(1)}0`] },
          { ...asked, url: `${url}${url.includes("?") ? "&" : "?"}x=1` },
          { ...asked, url: url.replace("src_1", "src_2") },
          { ...asked, body: encode({ ...params, zz: "1" }) },
          { ...asked, body: encode({ ...params, CallSid: "CA2" }) },
          { ...asked, signature: twilio.getExpectedTwilioSignature(`${TOKEN}x`, url, params) },
        ]) {
          const reference = { ...params, ...Object.fromEntries(new URLSearchParams(changed.body)) };
          if (changed.secrets === asked.secrets && changed.signature === signature)
            assert.equal(twilio.validateRequest(TOKEN, signature, changed.url, reference), false);
          assert.equal(await verify(changed), false);
        }
      });
    }
  }

  test("signs an address with the port that we are not named with, and the other way around", async () => {
    const params = { CallSid: "CA1" };
    const withPort = "https://calls.example.com:443/webhook/twilio/src_1";
    for (const [signed, asked] of [
      [withPort, URL_OF_SOURCE],
      [URL_OF_SOURCE, withPort],
    ] as const) {
      const signature = twilio.getExpectedTwilioSignature(TOKEN, signed, params);
      assert.equal(twilio.validateRequest(TOKEN, signature, asked, params), true);
      assert.equal(
        await verify({ url: asked, body: encode(params), signature, contentType: FORM, secrets: [TOKEN] }),
        true,
      );
    }
  });

  for (const body of ['{"CallSid":"CA1"}', '{ "CallSid" : "CA1", "name": "Peña 🎧" }\n', "", "[]"]) {
    test(`signs the hash of the JSON ${JSON.stringify(body)}, and we take that body and no other`, async () => {
      const url = `${URL_OF_SOURCE}?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
      const signature = twilio.getExpectedTwilioSignature(TOKEN, url, {});
      assert.equal(twilio.validateRequestWithBody(TOKEN, signature, url, body), true);
      const asked = { url, body, signature, contentType: "application/json", secrets: [TOKEN] };
      assert.equal(await verify(asked), true);
      assert.equal(twilio.validateRequestWithBody(TOKEN, signature, url, `${body} `), false);
      assert.equal(await verify({ ...asked, body: `${body} ` }), false);
      assert.equal(await verify({ ...asked, url: url.slice(0, -1) }), false);
    });
  }

  test("signs a form, which is not taken for JSON with the same signature", async () => {
    const signature = twilio.getExpectedTwilioSignature(TOKEN, URL_OF_SOURCE, {});
    const asked = { url: URL_OF_SOURCE, signature, secrets: [TOKEN] };
    assert.equal(await verify({ ...asked, body: '{"CallSid":"CA1"}', contentType: "application/json" }), false);
    assert.equal(await verify({ ...asked, body: "CallSid=CA1", contentType: FORM }), false);
  });
});
