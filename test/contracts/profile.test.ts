import type { ProfileRequest } from "../../src/delivery/profiles";
import { pythonJson } from "../../src/lib/python-json";
import { base64Hmac, header, hexHmac, OTHER_WHSEC, WHSEC } from "../core/delivery/profiles/attempt";
import { profileContract } from "./profile.contract";

profileContract({
  name: "standard",
  secret: WHSEC,
  other: OTHER_WHSEC,
  verify: (request, secret) => hasStandardSignature(request, keyOf(secret)),
  verifyPrevious: (request, secret) => hasStandardSignature(request, keyOf(secret)),
  serialize: JSON.stringify,
  idOf: (body) => body.id,
  testOf: (body) => body.test,
  template: '{"event": "{{ type }}", "is": "call {{data.call.external_id}}", "custom": {{data.call.custom}}}',
});

profileContract({
  name: "audian",
  secret: WHSEC,
  other: OTHER_WHSEC,
  verify: async (request, secret) =>
    header(request.headers, "x-audian-signature") === (await hexHmac(secret, audianContent(request))),
  verifyPrevious: async (request, secret) =>
    header(request.headers, "x-audian-signature-previous") === (await hexHmac(secret, audianContent(request))),
  serialize: JSON.stringify,
  idOf: (body) => body.id,
  testOf: (body) => (body.data as Record<string, unknown>).test,
  template: '{"event": "{{event}}", "call": {{data.call}}, "error": "{{data.call.error}}"}',
});

profileContract({
  name: "voqo",
  secret: "voqo_test",
  other: "another voqo secret",
  verify: async (request, secret) =>
    header(request.headers, "x-webhook-signature") === (await hexHmac(secret, request.body)) &&
    (await hasStandardSignature(request, new TextEncoder().encode(secret))),
  verifyPrevious: async (request, secret) =>
    header(request.headers, "x-webhook-signature-previous") === (await hexHmac(secret, request.body)) &&
    (await hasStandardSignature(request, new TextEncoder().encode(secret))),
  serialize: JSON.stringify,
  idOf: (body) => body["_id"],
  testOf: (body) => (body.data as Record<string, unknown>).test,
  template: '{"_id": "{{_id}}", "said": "{{ data.transcript }}", "steps": {{data.timestamps}}}',
});

profileContract({
  name: "voicesense",
  secret: "qn38UciAEBTR1vlWPyPR205U438I6PAS",
  other: "aaaaUciAEBTR1vlWPyPR205U438I6PAS",
  verify: async (request, secret) =>
    header(request.headers, "x-voicesense-signature") === (await hexHmac(secret, request.body)),
  verifyPrevious: async (request, secret) =>
    header(request.headers, "x-voicesense-signature-previous") === (await hexHmac(secret, request.body)),
  serialize: JSON.stringify,
  idOf: (body) => body.StreamId,
  template: '{"Id": "{{ReferenceId}}", "Score": {{ScoreLeft.Scores.Engaged}}, "Error": "{{ ErrorMessage }}"}',
});

profileContract({
  name: "authentivoice",
  secret: "your-webhook-secret",
  other: "another-webhook-secret",
  verify: async (request, secret) =>
    header(request.headers, "x-authentivoice-signature") === (await hexHmac(secret, request.body)),
  serialize: pythonJson,
  idOf: (body) => body.id,
  testOf: (body) => (body.data as { metadata: Record<string, unknown> }).metadata.test,
  template: '{"what": "{{event}}", "why": "{{data.changes.reason}}", "scores": {{data.metadata.scores}}}',
});

function audianContent(request: ProfileRequest): string {
  return `${header(request.headers, "x-audian-timestamp")}.${request.body}`;
}

function keyOf(secret: string): Uint8Array {
  return Uint8Array.from(atob(secret.slice("whsec_".length)), (character) => character.charCodeAt(0));
}

async function hasStandardSignature(request: ProfileRequest, key: Uint8Array): Promise<boolean> {
  const [id, timestamp, signatures = ""] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    header(request.headers, name),
  );
  const expected = `v1,${await base64Hmac(key, `${id}.${timestamp}.${request.body}`)}`;
  return signatures.split(" ").includes(expected);
}
