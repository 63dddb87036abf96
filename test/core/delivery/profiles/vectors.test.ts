import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { profiles } from "../../../../src/delivery/profiles";
import { attemptOf, hexHmac } from "./attempt";

// Signatures worked out elsewhere, some published by the platforms themselves. The template is how these bodies come
// about: the vectors' bodies are not events of ours.
describe("published signatures", () => {
  it("of Voicesense: the seed's own sample", async () => {
    const request = await profiles.voicesense.request(
      attemptOf("analysis.completed", { secrets: ["qn38UciAEBTR1vlWPyPR205U438I6PAS"], template: '{"test":"body"}' }),
    );
    expect(request.body).toBe('{"test":"body"}');
    expect(request.headers["X-Voicesense-Signature"]).toBe(
      "a30d5e4941a55d747bbaf39efb54ed5d1784cbd373686fe9e24375071bc0d73f",
    );
  });

  it("of AuthentiVoice: a body in Python's form", async () => {
    const template = '{"event":"call.completed","data":{"call_id":"call_1"}}';
    const request = await profiles.authentivoice.request(
      attemptOf("analysis.completed", { secrets: ["av_test"], template }),
    );
    expect(request.body).toBe('{"event": "call.completed", "data": {"call_id": "call_1"}}');
    expect(request.headers["X-AuthentiVoice-Signature"]).toBe(
      "19abd14c7b47d703d76e1aca853536654bbc3c13277010d46949f67b6cb0b286",
    );
  });

  it("of Voqo", async () => {
    const template = '{ "event": "call.completed", "data": { "call_id": "call_1" } }';
    const request = await profiles.voqo.request(attemptOf("call.processed", { secrets: ["voqo_test"], template }));
    expect(request.body).toBe('{"event":"call.completed","data":{"call_id":"call_1"}}');
    expect(request.headers["X-Webhook-Signature"]).toBe(
      "fa627b751bf701d44c28efc40c055c5dba3d7f81d764049584d3f73e2643cdb6",
    );
  });

  it("of Audian", async () => {
    const template = '{"event":"call.completed","data":{"call_id":"call_1"}}';
    const request = await profiles.audian.request(
      attemptOf("call.completed", { secrets: ["whsec_test"], template, now: 1_700_000_000_999 }),
    );
    expect(request.headers["X-Audian-Timestamp"]).toBe("1700000000");
    expect(request.headers["X-Audian-Signature"]).toBe(
      "8d6adf98949f8eca96df6de82b05871bcf68e15d7df630e0fc03d66297f8230c",
    );
  });

  it("of Standard Webhooks", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    // The vector's body has a space that JSON.stringify does not write: its type lets it through as it is.
    const request = await profiles.standard.request(
      attemptOf("call.completed", {
        secrets: [secret],
        eventId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        now: 1_614_265_330_000,
        template: '{"test": 2432232314}',
        headers: { "content-type": "text/plain" },
      }),
    );
    expect(request.body).toBe('{"test": 2432232314}');
    expect(request.headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    const sent = new Date(1_614_265_330_000);
    expect(new Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", sent, request.body)).toBe(
      request.headers["webhook-signature"],
    );
  });

  it("would differ for a compact body where the receiver dumps Python's form", async () => {
    expect(await hexHmac("av_test", '{"event":"call.completed","data":{"call_id":"call_1"}}')).toBe(
      "48dd95609f14ea128fae0da6f65e030f23d2683a478d68d4ea21990bfeab45a5",
    );
  });
});
