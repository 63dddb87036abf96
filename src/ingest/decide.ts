import { callIdOf } from "../calls";
import { canDecode, contentEncodingsOf } from "../lib/http/content-encoding";
import { ok, type Result } from "../lib/result";
import {
  inflatedBodyOf,
  plainBodyOf,
  type InboundRequest,
  type KeyedPlatform,
  type ReadingConfig,
  type Refusal,
  type SignedPlatform,
  type Platform,
  type SourceConfig,
} from "../platforms";
import { admitKey, admitSource, type Memory } from "./admit";
import { NOBODY, type Decision, type EdgeRefusal, type Outcome, type Sender } from "./decision";
import type { IngestDeps } from "./deps";
import { exceedsHeaderCap } from "./header-cap";
import { UNKNOWN_TTL } from "./lookup-cache";
import { readBody, type BodyProblem } from "./read-body";
import type { Gateway } from "./refusal-gate";

/**
 * Checks API key, source, body limit and content, in this order, so that no body is read before its key is valid.
 * The path that all organizations share names no source.
 */
export async function decideKeyed(
  gateway: Gateway,
  source: KeyedPlatform,
  deps: IngestDeps,
  memory: Memory,
): Promise<Decision> {
  if (exceedsHeaderCap(gateway.headers)) return unread(NOBODY, tooManyHeaders());
  const admitted = await admitKey(gateway.headers, source, gateway.sourceId, deps, memory);
  if (!admitted.ok) return unread(admitted.error.sender, admitted.error.refusal);
  const { sender, config } = admitted.value;
  return decideBody(gateway, source, sender, deps, async (inbound) => {
    if (config.state === "paused") return ok(PAUSED);
    return ok(await read(source, inbound, config));
  });
}

/**
 * Checks the headers, the source, the body limit, then answers a handshake or verifies the signature over the raw
 * bytes, and then reads the content.
 */
export async function decideSigned(
  gateway: Gateway,
  source: SignedPlatform,
  deps: IngestDeps,
  memory: Memory,
): Promise<Decision> {
  const { headers, sourceId = "" } = gateway;
  if (exceedsHeaderCap(headers)) return unread(NOBODY, tooManyHeaders());
  const likely = source.precheck(headers, deps.now());
  if (!likely.ok) return unread(NOBODY, likely.error);
  const admitted = await admitSource(source.kind, sourceId, deps, memory);
  if (!admitted.ok) return unread(NOBODY, admitted.error);
  const config = admitted.value;
  const sender = { organizationId: config.organizationId, sourceId: config.id, campaignLimit: null, proven: false };
  return decideBody(gateway, source, sender, deps, async (inbound) => {
    const judged = await judgeSigned(source, inbound, config, deps.now());
    if (judged.ok || judged.error.status !== 401) return judged;
    // A secret that was just rotated may already be used by the platform and not be in our cache yet.
    const anew = await admitSource(source.kind, sourceId, deps, memory, UNKNOWN_TTL);
    return anew.ok && anew.value !== config ? judgeSigned(source, inbound, anew.value, deps.now()) : judged;
  });
}

async function judgeSigned(
  source: SignedPlatform,
  inbound: InboundRequest,
  config: SourceConfig,
  now: number,
): Promise<Result<Outcome, Refusal>> {
  const handshake = await source.handshake?.(inbound, config, now);
  if (handshake) return handshake.ok ? ok({ verdict: "handshake", ...handshake.value }) : handshake;
  const verified = await source.verify(inbound, config, now);
  if (!verified.ok) {
    // Most platforms sign the bytes they send; some sign the content and then compress it.
    const inflated = await inflatedBodyOf(inbound.body, inbound.headers, source.bodyCap);
    if (!inflated.ok) return inflated.error.status === 413 ? inflated : verified;
    if (inflated.value === inbound.body) return verified;
    const anew = await source.verify({ ...inbound, body: inflated.value }, config, now);
    if (!anew.ok) return anew;
  }
  return ok(config.state === "paused" ? PAUSED : await read(source, inbound, config));
}

// `judge` fails when the sender could not be verified, and gives the outcome otherwise.
async function decideBody(
  { request, headers }: Gateway,
  source: Platform,
  sender: Sender,
  deps: IngestDeps,
  judge: (inbound: InboundRequest) => Promise<Result<Outcome, Refusal>>,
): Promise<Decision> {
  const encodings = contentEncodingsOf(headers.get("content-encoding"));
  if (!canDecode(encodings)) {
    await request.body?.cancel();
    return unread(sender, unsupportedEncoding());
  }
  const body = await readBody(request, headers, source.bodyCap);
  if (!body.ok) {
    const bodySize = body.error.kind === "too_large" ? body.error.size : 0;
    return { ...unread(sender, bodyRefusal(body.error, source.bodyCap)), bodySize };
  }
  const judged = await judge({
    // Asked for by the few platforms that sign it: for the others no address is parsed.
    get url() {
      return deps.publicAddressOf(request);
    },
    headers,
    body: body.value,
  });
  const bodySize = body.value.length;
  if (judged.ok) {
    const proven = judged.value.verdict === "handshake" ? judged.value.proven : true;
    return { sender: { ...sender, proven }, outcome: judged.value, body: body.value, bodySize };
  }
  return { sender, outcome: { verdict: "refused", refusal: judged.error }, body: body.value, bodySize };
}

async function read(source: Platform, request: InboundRequest, config: ReadingConfig): Promise<Outcome> {
  const plain = await plainBodyOf(request.body, request.headers, source.bodyCap);
  if (!plain.ok) return { verdict: "refused", refusal: plain.error };
  const reading = await source.read(plain.value, request.headers.get("content-type") ?? "", config);
  if (!reading.ok) return { verdict: "refused", refusal: reading.error };
  if (reading.value.kind === "ignored")
    return { verdict: "ignored", reason: reading.value.reason, message: reading.value.message };
  const { facts } = reading.value;
  const { organizationId, id: sourceId } = config;
  const callIds = await Promise.all(facts.map(({ externalId }) => callIdOf({ organizationId, sourceId, externalId })));
  // A notice may contain several facts about one call.
  return { verdict: "accepted", facts, callIds: [...new Set(callIds)] };
}

const PAUSED: Outcome = {
  verdict: "ignored",
  reason: "source_paused",
  message: "The source is paused: the request is kept and can be replayed.",
};

function unread(sender: Sender, refusal: EdgeRefusal): Decision {
  return { sender, outcome: { verdict: "refused", refusal }, body: null, bodySize: 0 };
}

function tooManyHeaders(): EdgeRefusal {
  return { status: 431, reason: "headers_too_large", message: "The request's headers are larger than 16 kB." };
}

function unsupportedEncoding(): EdgeRefusal {
  const message = "Send the body as it is, or with Content-Encoding gzip or deflate.";
  return { status: 415, reason: "unsupported_encoding", message };
}

function bodyRefusal(problem: BodyProblem, cap: number): EdgeRefusal {
  return problem.kind === "too_large"
    ? { status: 413, reason: "body_too_large", message: `The body is larger than ${cap} bytes.` }
    : { status: 400, reason: "body_cut_short", message: "The body ended before it was complete." };
}
