import { exports } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { mintOrganization } from "../../factories";
import { db } from "./client";

// The commands of the subscribers' documentation as they are printed, run against the whole Worker. Only host,
// credentials and ids are replaced, as its readers would.

const AUDIAN_CREATE = `curl -X POST https://api.audian.com:8443/v2/webhooks \\
-H "X-Auth-Token: YOUR_API_KEY" \\
-H "Content-Type: application/json" \\
-d '{
"url": "https://your-domain.com/webhooks",
"events": ["*"],
"active": true
}'`;

const AUDIAN_TEST = `curl -X POST https://api.audian.com:8443/v2/webhooks/{webhook_id}/test \\
-H "X-Auth-Token: YOUR_API_KEY" \\
-H "Content-Type: application/json" \\
-d '{
"event": "call.completed"
}'`;

const AUDIAN_LOGS = `curl https://api.audian.com:8443/v2/webhooks/{webhook_id}/logs \\
-H "X-Auth-Token: YOUR_API_KEY"`;

const AUDIAN_LIST = `curl https://api.audian.com:8443/v2/webhooks \\
-H "X-Auth-Token: YOUR_API_KEY"`;

const AUDIAN_UPDATE = `curl -X PATCH https://api.audian.com:8443/v2/webhooks/{webhook_id} \\
-H "X-Auth-Token: YOUR_API_KEY" \\
-H "Content-Type: application/json" \\
-d '{
"events": ["call.completed", "call.failed", "recording.completed"],
"active": true
}'`;

const AUDIAN_DELETE = `curl -X DELETE https://api.audian.com:8443/v2/webhooks/{webhook_id} \\
-H "X-Auth-Token: YOUR_API_KEY"`;

const AUDIAN_ROTATE = `curl -X POST https://api.audian.com:8443/v2/webhooks/{webhook_id}/rotate-secret \\
-H "X-Auth-Token: YOUR_API_KEY"`;

const AUTHENTIVOICE_BLOCK = `{
  "url": "https://your-api.com/webhook/authentivoice",
  "events": ["analysis.completed", "fraud.high_risk"],
  "secret": "your-webhook-secret",
  "retryPolicy": {
    "maxRetries": 3,
    "backoffMultiplier": 2
  }
}`;

const AUTHENTIVOICE_TEST = `curl -X POST https://api.authentivoice.com/v1/webhooks/test \\
  -H "X-API-Key: your-api-key" \\
  -H "Content-Type: application/json" \\
  -d '{"webhookId": "webhook-123"}'`;

const AUTHENTIVOICE_ANALYSES = `curl -X GET https://api.authentivoice.com/v1/analyses \\
  -H "X-API-Key: your-api-key" \\
  -H "Authorization: Bearer your-jwt-token"`;

/** Runs a printed command: what stands for the host, the key and the id is put in. */
async function curl(command: string, key: string, webhookId = "") {
  const text = command
    .replace(/https:\/\/api\.(?:audian\.com:8443|authentivoice\.com)/, "https://trunkline.test")
    .replace(/YOUR_API_KEY|your-api-key/, key)
    .replace(/\{webhook_id\}|webhook-123/, webhookId);
  const [, method = "GET"] = /-X (\w+)/.exec(text) ?? [];
  const [url = ""] = /https:\/\/trunkline\.test\S*/.exec(text) ?? [];
  const headers = [...text.matchAll(/-H "([^:]+): ([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]);
  const [, body = null] = /-d '([^']*)'/.exec(text) ?? [];
  return ask(new Request(url, { method, headers: headers as [string, string][], body }));
}

async function ask(request: Request) {
  const response = await exports.default.fetch(request);
  const answer = await response.text();
  return { status: response.status, body: answer === "" ? null : JSON.parse(answer) };
}

/** Stands in for the subscriber: takes everything. */
function subscriber(): { url: string; headers: Record<string, string>; body: string }[] {
  const hits: { url: string; headers: Record<string, string>; body: string }[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    hits.push({ url: request.url, headers: Object.fromEntries(request.headers), body: await request.text() });
    return Response.json({ received: true });
  });
  return hits;
}

async function hexHmac(secret: string, text: string): Promise<string> {
  const bytes = (value: string) => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(text)));
  return [...signature].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

afterEach(() => vi.restoreAllMocks());

describe("the commands that are printed", () => {
  it("work as Audian prints them", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const hits = subscriber();
    const made = await curl(AUDIAN_CREATE, key);
    expect(made.status).toBe(201);
    expect(Object.keys(made.body)).toEqual(["id", "url", "events", "active", "created_at", "signing_secret"]);
    const { id, signing_secret: secret } = made.body;

    const tested = await curl(AUDIAN_TEST, key, id);
    expect(tested.body).toMatchObject({
      webhook_id: id,
      event: "call.completed",
      status: "delivered",
      response_status: 200,
    });
    const [hit] = hits;
    expect(hit?.url).toBe("https://your-domain.com/webhooks");
    expect(hit?.headers["x-audian-signature"]).toBe(
      await hexHmac(secret, `${hit?.headers["x-audian-timestamp"]}.${hit?.body}`),
    );
    expect(JSON.parse(hit?.body ?? "")).toMatchObject({ id: tested.body.id, event: "call.completed" });

    const logs = await curl(AUDIAN_LOGS, key, id);
    expect(logs.body).toEqual({
      data: [
        {
          id: tested.body.id,
          webhook_id: id,
          event: "call.completed",
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          status: "delivered",
          response_status: 200,
          attempts: 1,
        },
      ],
      pagination: { page: 1, limit: 50, total: 1 },
    });

    expect((await curl(AUDIAN_LIST, key)).body.data).toMatchObject([{ id, active: true }]);
    const changed = await curl(AUDIAN_UPDATE, key, id);
    expect(changed.body).toMatchObject({
      events: ["call.completed", "call.failed", "recording.completed"],
      active: true,
    });

    const rotated = await curl(AUDIAN_ROTATE, key, id);
    expect(rotated.body).toEqual({ id, signing_secret: expect.stringMatching(/^whsec_/) });
    await curl(AUDIAN_TEST, key, id);
    const last = hits.at(-1);
    expect(last?.headers["x-audian-signature"]).toBe(
      await hexHmac(rotated.body.signing_secret, `${last?.headers["x-audian-timestamp"]}.${last?.body}`),
    );

    expect((await curl(AUDIAN_DELETE, key, id)).status).toBe(204);
    expect((await curl(AUDIAN_TEST, key, id)).status).toBe(404);
    expect(hits).toHaveLength(2);
  });

  it("work as AuthentiVoice prints them", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const hits = subscriber();
    const headers = { "x-api-key": key, "content-type": "application/json" };
    const url = "https://trunkline.test/v1/webhooks";
    const made = await ask(new Request(url, { method: "POST", headers, body: AUTHENTIVOICE_BLOCK }));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ profile: "authentivoice", signing_secret: "your-webhook-secret" });

    const tested = await curl(AUTHENTIVOICE_TEST, key, made.body.id);
    expect(tested.body).toMatchObject({ test: true, state: "delivered", event: { type: "analysis.completed" } });
    const [hit] = hits;
    expect(hit?.url).toBe("https://your-api.com/webhook/authentivoice");
    expect(hit?.headers["x-authentivoice-signature"]).toBe(await hexHmac("your-webhook-secret", hit?.body ?? ""));
    expect(JSON.parse(hit?.body ?? "")).toMatchObject({
      id: tested.body.event.id,
      event: "analysis.completed",
      data: { metadata: { test: true } },
      retryCount: 0,
    });
  });

  it("work with a key and a token, as AuthentiVoice prints them", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const headers = { "x-api-key": key };
    const made = await ask(new Request("https://trunkline.test/v1/tokens", { method: "POST", headers }));
    const printed = AUTHENTIVOICE_ANALYSES.replace("your-jwt-token", made.body.access_token);
    expect(await curl(printed, key)).toEqual({ status: 200, body: expect.objectContaining({ data: [] }) });
    const stranger = await mintOrganization(db);
    expect((await curl(printed, stranger.key)).status).toBe(401);
  });
});
