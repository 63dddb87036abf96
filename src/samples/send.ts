import { callIdOf, erasedAmong, type CallFacts } from "../calls";
import { readCampaign } from "../campaigns";
import type { Database } from "../db/client";
import { invalid, type DomainError } from "../errors";
import { actorText, isLimited, recordAct, type Act, type Within } from "../identity";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import { bodyOfSample, isExampleId, newUnique, sampleIdOf, type CommonSettings, type Platform } from "../platforms";
import {
  attachFile,
  comesByUpload,
  INBOUND_PREFIX,
  INLINE_BODY_MAX,
  keepInbound,
  readGuided,
  sampleHeaders,
  type SampleRecording,
  type SourceTarget,
  type SourceView,
} from "../sources";
import { bodyOf, MAX_BYTES, type LoadDeps } from "./load";

/** `sourceLimit`: whether the source may be sent one more notice this minute. */
export type SendDeps = LoadDeps & { sourceLimit(sourceId: string): Promise<boolean> };

/** What is sent: a notice, as JSON or as its text; absent for the platform's example. */
export type GivenSample = {
  sample?: unknown;
  /** The campaign whose number an example names, by id or number, where the platform's notices name one. */
  campaign?: string;
  /** The id of its place in the log, where the same may be sent twice. */
  inboundId?: string;
};

/** Where a sample is in the log, and the call that it makes a moment later. */
export type SentSample = { inboundId: string; callIds: string[] };

/** The recording of the samples that an example has the length of. */
const AUDIO = "billing";
/** As the edge answers above a source's limit, which counts by the minute. */
const RETRY_AFTER_SECONDS = 60;

/**
 * Sends a notice to a source as its platform would: it is read as the edge reads one, kept in the log, queued, and made
 * a call of the source that subscribers hear of. It needs no proof, because one of the organization sends it, and says
 * that it is a sample: by its form in the log, by the call's tag, and by counting nowhere as a notice of the platform. A
 * call without a recording's link gets one of the deployment's samples. The call's id is the notice's with a mark, so
 * that a sample and the real call that a notice was of are two. Gives what is wrong, field by field.
 */
export async function sendSample(
  deps: SendDeps,
  target: SourceTarget,
  given: GivenSample,
  act: Act,
): Promise<Result<SentSample, DomainError>> {
  const { db } = deps;
  const found = await readGuided(db, target, given.campaign);
  if (!found.ok) return found;
  const { source, platform, campaign } = found.value;
  if (comesByUpload(platform) || !platform.example) return conflict(UPLOADS_ONLY);
  if (source.state === "paused") return conflict("The source is paused: resume it first.");
  const settings = source.settings as CommonSettings;
  const example = platform.example({ now: act.now, unique: newUnique(), settings, campaign });
  const { sample = example } = given;
  if (example === "" && isBlank(sample)) return err(invalid("sample", NO_EXAMPLE));
  const read = await readSample(platform, source, sample);
  if (!read.ok) return read;
  const { body, contentType, facts } = read.value;
  const [externalId, ...others] = new Set(facts.map((one) => sampleIdOf(one.externalId)));
  if (externalId === undefined || others.length > 0) return err(invalid("sample", SEVERAL_CALLS));
  const limit = await campaignLimitOf(db, target, source, facts);
  if (!limit.ok) return limit;
  const { organizationId, id: sourceId } = source;
  const callId = await callIdOf({ organizationId, sourceId, externalId });
  if ((await erasedAmong(db, [callId])).size > 0) return conflict(ERASED);
  if (!(await deps.sourceLimit(sourceId)))
    return err({ kind: "too_many", message: OVER_LIMIT, retryAfter: RETRY_AFTER_SECONDS });
  const inboundId = given.inboundId ?? newId(INBOUND_PREFIX, act.now);
  const recording = await recordingFor(deps, source, { callId, inboundId }, facts, act);
  const what = {
    organizationId,
    action: "source.sample_sent" as const,
    resourceType: "source",
    resourceIds: [sourceId],
  };
  await recordAct(db, { ...what, after: { inbound_id: inboundId, call_ids: [callId] } }, act);
  await keepInbound(deps, {
    id: inboundId,
    organizationId,
    sourceId,
    sourceKind: source.kind,
    receivedAt: act.now,
    path: `/v1/sources/${sourceId}/samples`,
    form: "sample",
    headers: sampleHeaders(contentType, actorText(act.actor), recording),
    body,
    verdict: "accepted",
    status: 202,
    campaignLimit: limit.value,
    proven: true,
  });
  return ok({ inboundId, callIds: [callId] });
}

const UPLOADS_ONLY = "Calls of this source come as uploads: upload a recording instead.";
const NO_EXAMPLE = "cannot be made up from this source's mapping: give one";
const SEVERAL_CALLS = "speaks of several calls: send one at a time";
const ERASED = "A call of this id was erased: give the sample another id.";
const OVER_LIMIT = "This source has sent more requests this minute than it may. Send this one again.";

function conflict(message: string): Result<never, DomainError> {
  return err({ kind: "conflict", message });
}

function isBlank(sample: unknown): boolean {
  return typeof sample === "string" && sample.trim() === "";
}

type ReadSample = { body: Uint8Array<ArrayBuffer>; contentType: string; facts: CallFacts[] };

/** The sample as the platform would send it, and what it says of its call. */
async function readSample(
  platform: Platform,
  source: SourceView,
  sample: unknown,
): Promise<Result<ReadSample, DomainError>> {
  const { body, contentType } = bodyOfSample(platform, sample);
  if (body.length > INLINE_BODY_MAX) return err(invalid("sample", `may have at most ${INLINE_BODY_MAX} bytes`));
  const config = { ...source, settings: source.settings as CommonSettings };
  const reading = await platform.read(body, contentType, config);
  if (!reading.ok) {
    const { errors = [], message } = reading.error;
    return err(errors.length > 0 ? { kind: "invalid", fields: errors } : invalid("sample", message));
  }
  if (reading.value.kind === "ignored") return err(invalid("sample", reading.value.message));
  return ok({ body, contentType, facts: reading.value.facts });
}

/**
 * The one campaign that the sample may concern, where whoever sends it does not reach all: the one its call belongs to, by
 * the number in it, by its account, or by its source. The same limit as that of an API key of one campaign: the consumer
 * refuses a sample whose call has been moved elsewhere.
 */
async function campaignLimitOf(
  db: Database,
  within: Within,
  source: SourceView,
  facts: readonly CallFacts[],
): Promise<Result<string | null, DomainError>> {
  const { organizationId, reach } = within;
  if (!isLimited(reach)) return ok(null);
  const { campaigns = {} } = source.settings as CommonSettings;
  const number = facts.flatMap(({ campaignNumber }) => campaignNumber ?? [])[0];
  const account = facts.flatMap((one) => one.account ?? []).find((one) => Object.hasOwn(campaigns, one));
  const ofSource = (account === undefined ? undefined : campaigns[account]) ?? source.campaignId;
  const id = number === undefined ? ofSource : String(number);
  const named = id === null ? undefined : await readCampaign(db, { organizationId, reach, id });
  return named?.ok ? ok(named.value.id) : err(invalid("sample", "names no campaign of this organization"));
}

/**
 * A recording of the deployment's samples, kept for the call of a sample that has ended well and whose recording no
 * server has: the notice names none, or it is an example. Null where none goes with it, or the deployment lacks it.
 */
async function recordingFor(
  deps: SendDeps,
  { organizationId, id, kind, campaignId }: SourceView,
  { callId, inboundId }: { callId: string; inboundId: string },
  facts: readonly CallFacts[],
  act: Act,
): Promise<SampleRecording | null> {
  const hasTalk = facts.some(({ outcome }) => outcome === "completed" || outcome === "ended");
  const isElsewhere = facts.some(
    ({ externalId, recordings }) => !isExampleId(externalId) && recordings.some(({ url }) => url !== null),
  );
  if (!hasTalk || isElsewhere) return null;
  const audio = await deps.sampleAudio(AUDIO).catch(() => null);
  if (audio === null) return null;
  const head = { fileName: `${AUDIO}.mp3`, mediaType: "audio/mpeg", body: bodyOf(audio), maxBytes: MAX_BYTES };
  const call = { organizationId, source: { id, kind }, callId, campaignId, inboundId };
  const attached = await attachFile(deps, call, head, act);
  return attached.ok ? attached.value : null;
}
