import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import type { ProfileName } from "./profiles.ts";
import { makeRequest, ODD_VALUES, tampered } from "./requests.ts";
import { PYTHON, RECEIVERS, startReceiver, type Receiver } from "./receiver.ts";

// The sample receivers that the platforms print in their own documents accept what we send, and refuse it once it was
// changed.

type Peer = {
  name: string;
  command(port: number): [string, ...string[]];
  env?: Record<string, string>;
  path: string;
  profile: ProfileName;
  types: string[];
  secret: string;
  template: string;
};

const AUDIAN_SECRET = "whsec_abcdef1234567890";
const audian = {
  env: { AUDIAN_WEBHOOK_SECRET: AUDIAN_SECRET },
  path: "/webhooks",
  profile: "audian" as const,
  types: ["call.completed", "call.failed", "recording.completed", "call.processed", "task.created"],
  secret: AUDIAN_SECRET,
  template: '{ "event": "{{event}}", "id": "{{id}}", "data": {{data}}, "n": 1.50 }',
};
function uvicorn(app: string): Peer["command"] {
  return (port) => [PYTHON, "-m", "uvicorn", "--app-dir", RECEIVERS, `${app}:app`, "--port", String(port)];
}

const PEERS: Peer[] = [
  {
    ...audian,
    name: "Audian's, Express",
    command: () => [
      process.execPath,
      "--require",
      join(RECEIVERS, "any-port.cjs"),
      join(RECEIVERS, "express-audian.cjs"),
    ],
  },
  {
    ...audian,
    name: "Audian's, Flask",
    command: (port) => [
      PYTHON,
      "-m",
      "flask",
      "--app",
      join(RECEIVERS, "flask-audian.py"),
      "run",
      "--port",
      String(port),
    ],
  },
  {
    name: "Voqo's, FastAPI",
    command: uvicorn("fastapi-voqo"),
    path: "/webhook",
    profile: "voqo",
    types: ["call.processed"],
    secret: "your_webhook_secret",
    template: '{ "id": "{{_id}}", "said": "{{data.transcript}}", "call": {{data}} }',
  },
  {
    name: "AuthentiVoice's, FastAPI",
    command: uvicorn("fastapi-authentivoice"),
    env: { WEBHOOK_SECRET: "your-webhook-secret" },
    path: "/webhook/authentivoice",
    profile: "authentivoice",
    types: ["analysis.created", "analysis.completed", "analysis.failed"],
    secret: "your-webhook-secret",
    template:
      '{"id":"{{id}}","event":"{{event}}","why":"{{data.changes.reason}}","scores":{{data.metadata.scores}},"x":0.00001}',
  },
];

for (const peer of PEERS) {
  describe(`the printed receiver: ${peer.name}`, () => {
    let receiver: Receiver;
    const { profile, types, secret, path, template } = peer;

    before(async () => {
      receiver = await startReceiver((port) => peer.command(port), peer.env);
    });
    after(() => receiver.stop());

    for (const [name, odd] of ODD_VALUES) {
      test(`accepts ${name}, first and retried`, async () => {
        for (const type of types) {
          for (const attempt of [1, 3]) {
            const request = await makeRequest(profile, type, secret, odd, { attempt });
            assert.equal(await receiver.post(path, request), 200, `${type}, attempt ${attempt}`);
          }
        }
      });

      test(`accepts ${name} in a template`, async () => {
        for (const type of types) {
          // A template may hold the value twice, and these bodies stay below 100 kB.
          const small = name === "90 kB" ? String(odd).slice(0, 20_000) : odd;
          const request = await makeRequest(profile, type, secret, small, { template });
          assert.equal(await receiver.post(path, request), 200, type);
        }
      });
    }

    test("has really been sent 90 kB", async () => {
      const [, odd] = ODD_VALUES.find(([name]) => name === "90 kB") ?? [];
      const sizes = await Promise.all(
        types.map((type) => makeRequest(profile, type, secret, odd).then(({ body }) => Buffer.byteLength(body))),
      );
      assert.ok(Math.max(...sizes) > 90_000, sizes.join());
    });

    test("refuses a body in which one letter differs", async () => {
      for (const type of types) {
        const request = await makeRequest(profile, type, secret, "Hello");
        assert.equal(await receiver.post(path, request), 200);
        assert.equal(await receiver.post(path, tampered(request)), 401);
      }
    });

    test("refuses another secret", async () => {
      for (const type of types) {
        assert.equal(await receiver.post(path, await makeRequest(profile, type, `${secret}x`, "Hello")), 401);
      }
    });
  });
}
