import { EVENT_TYPES } from "../../events";
import { toIso } from "../../lib/time";
import { STANDARD_POLICY } from "../object/schedule";
import { makeBody, requestOf } from "./body";
import type { AttemptContext, Profile, ProfileRequest, SigningContext } from "./contract";
import { isSigningKey, v1aSignature } from "./ed25519";
import { judge } from "./judge";
import { checkWhsec, newWhsec, whsecKey } from "./secret";
import { secondsOf, standardContent, v1Signature } from "./sign";
import { eventDataPaths, pathsLike } from "./template-paths";

const ENVELOPE_PATHS = ["id", "type", "timestamp", "seq", "gap", "gap.from", "gap.to", "test"];

/** Standard Webhooks 1.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standard: Profile = {
  name: "standard",
  eventTypes: EVENT_TYPES,
  aliases: {},
  policy: STANDARD_POLICY,
  reservedHeaders: [],
  checkSecret: checkWhsec,
  newSecret: newWhsec,
  overlaps: true,
  overlapsByDefault: true,
  ...pathsLike(() => [...ENVELOPE_PATHS, ...eventDataPaths(EVENT_TYPES, "data")]),
  signature: { form: "standard", header: "webhook-signature", timestamp: "webhook-timestamp" },
  sign,
  request,
  judge,
};

async function request(context: AttemptContext): Promise<ProfileRequest> {
  const body = makeBody(context, {
    id: context.eventId,
    type: context.type,
    timestamp: toIso(context.recordedAt),
    seq: context.seq,
    ...(context.gap ? { gap: context.gap } : {}),
    ...(context.test ? { test: true } : {}),
    data: context.data,
  });
  return requestOf(context, body, await sign(context, body.text));
}

async function sign(context: SigningContext, body: string): Promise<Record<string, string>> {
  const timestamp = secondsOf(context.now);
  return {
    "webhook-id": context.eventId,
    "webhook-timestamp": timestamp,
    "webhook-signature": await signatures(context, standardContent(context.eventId, timestamp, body)),
  };
}

/** One signature per secret that signs now: the shared secrets and, with Ed25519 enabled, the private keys. */
async function signatures(context: SigningContext, content: BufferSource): Promise<string> {
  const keys = context.secrets.filter(isSigningKey);
  const shared = context.secrets.filter((secret) => !isSigningKey(secret));
  if (context.ed25519 && keys.length === 0) throw new Error("an endpoint that signs with Ed25519 has no key for it");
  const made = await Promise.all([
    ...shared.map((secret) => v1Signature(whsecKey(secret), content)),
    ...(context.ed25519 ? keys.map((key) => v1aSignature(key, content)) : []),
  ]);
  if (made.length === 0) throw new Error("an endpoint has no signing secret");
  return made.join(" ");
}
