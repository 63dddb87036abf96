import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Webhook as Reference } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { eventExamples } from "./profiles.ts";
import { makeRequest, ODD_VALUES, tampered } from "./requests.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const TYPES = Object.keys(eventExamples);

const LIBRARIES: [
  string,
  { new (secret: string): { verify(body: string, headers: Record<string, string>): unknown } },
][] = [
  ["standardwebhooks", Reference],
  ["svix", Svix],
];

for (const [library, Webhook] of LIBRARIES) {
  describe(`the npm package ${library}`, () => {
    for (const [name, odd] of ODD_VALUES) {
      test(`verifies ${name}, and not with one letter changed`, async () => {
        for (const type of TYPES) {
          const request = await makeRequest("standard", type, SECRET, odd);
          const payload = new Webhook(SECRET).verify(request.body, request.headers);
          assert.deepEqual(payload, JSON.parse(request.body));
          assert.throws(
            () => new Webhook(SECRET).verify(tampered(request).body, request.headers),
            /No matching signature/,
          );
          assert.throws(() => new Webhook(OLD).verify(request.body, request.headers), /No matching signature/);
        }
      });
    }

    test("verifies with the old and the new secret during a rotation, Ed25519 beside them", async () => {
      const key = `whsk_${Buffer.alloc(32, 7).toString("base64")}`;
      const overrides = { secrets: [SECRET, key, OLD], ed25519: true };
      const request = await makeRequest("standard", "call.completed", SECRET, "Hello", overrides);
      for (const secret of [SECRET, OLD]) new Webhook(secret).verify(request.body, request.headers);
    });

    test("verifies a body made from a template", async () => {
      const template = '{ "what": "{{type}}", "call": {{data.call}} }';
      const request = await makeRequest("standard", "call.completed", SECRET, "ñ", { template });
      new Webhook(SECRET).verify(request.body, request.headers);
    });
  });
}
