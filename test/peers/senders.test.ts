import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PYTHON } from "./receiver.ts";
import { ODD_VALUES } from "./requests.ts";

// What a platform's own printed code makes of a body, our verification takes: the platform as a sender.

type Verified = { ok: boolean };
type Verify = (request: object, config: object, now: number) => Promise<Verified>;

const SECRET = "0LGzYB8tIzqQ5R7yZ2cVn3fXk1mWp4Ju";

const SENDERS = {
  voqo: (signature: string) => ({
    "X-Webhook-Signature": signature,
    "X-Webhook-Timestamp": String(Math.floor(Date.now() / 1000)),
  }),
  voicesense: (signature: string) => ({ "X-Voicesense-Signature": signature }),
  authentivoice: (signature: string) => ({ "X-AuthentiVoice-Signature": signature }),
};

/** Bodies as platforms of every make write them: compact, spaced out, and with what serialisers do not agree on. */
const BODIES: [string, string][] = [
  ...ODD_VALUES.filter(([name]) => name !== "a lone surrogate").flatMap(([name, odd]): [string, string][] => [
    [`${name}, compact`, JSON.stringify({ event: "call_ended", data: { odd } })],
    [`${name}, spaced out`, JSON.stringify({ event: "call_ended", data: { odd } }, null, 3)],
  ]),
  ["floats", '{"a":[1.0,-0.0,-0,1.50,1e3,1E-5,1e16,1e22,123456789.125,0.1,5e-324,1.7976931348623157e308]}'],
  ["long integers", '{"id":123456789012345678901234567890,"negative":-9007199254740993}'],
  ["keys like numbers", '{"10":1,"9":2,"a":3,"1":4}'],
  ["escapes", '{"a":"\\u00e9\\/\\b\\ud83c\\udfa7 é 🎧","\\u0041":"\\u2028\u2028"}'],
  ["a list", '[1, "two" ,{ }, [ ], null,true,false]'],
];

async function verifierOf(platform: string): Promise<Verify> {
  // Makes Node resolve imports without extension; not a literal, for the reason given there.
  await import("./profiles.ts");
  const path = `../../src/platforms/${platform}/verify`;
  return ((await import(path)) as { verify: Verify }).verify;
}

function signaturesOf(platform: string, secret: string): string[] {
  const script = join(import.meta.dirname, "sign-as-printed.py");
  const input = JSON.stringify({ secret, bodies: BODIES.map(([, body]) => body) });
  const { stdout, stderr } = spawnSync(PYTHON, [script, platform], { input, encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout) as string[];
}

for (const [platform, headersOf] of Object.entries(SENDERS)) {
  describe(`the printed code as a sender: ${platform}'s`, () => {
    async function isTaken(body: string, signature: string, secret = SECRET): Promise<boolean> {
      const verify = await verifierOf(platform);
      const request = {
        url: "https://trunkline.test/",
        headers: new Headers(headersOf(signature)),
        body: new TextEncoder().encode(body),
      };
      return (await verify(request, { secrets: [secret], settings: {} }, Date.now())).ok;
    }

    test("signs what we take, and nothing else", async () => {
      const signatures = signaturesOf(platform, SECRET);
      assert.equal(signatures.length, BODIES.length);
      for (const [index, [name, body]] of BODIES.entries()) {
        const signature = signatures[index] ?? "";
        assert.equal(await isTaken(body, signature), true, name);
        assert.equal(await isTaken(body.replace(/[a-z]/, "_"), signature), false, `${name}, one letter changed`);
        assert.equal(await isTaken(body, signature, `${SECRET}x`), false, `${name}, another secret`);
      }
    });
  });
}
