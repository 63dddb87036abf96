import { sql } from "drizzle-orm";
import { callIdOf, type CallKey } from "../calls";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import { readTogether, rowsOf, rowsTogether, type Query } from "../db/read-together";
import { sources, type InboundOutcome } from "../db/schema";
import type { IngestMessage } from "../queues/messages";
import { asSample, loadInboundBody, SAMPLE_SOURCE } from "../sources";
import { type CommonSettings, plainBodyOf, readerOf, platformOf } from "../platforms";
import type { CallNotices, ReportedNotice } from "./call-notices";

/** A message and what its bytes turned out to mean. `callIds` are the calls it speaks of. */
export type ReadMessage = { message: IngestMessage; outcome: InboundOutcome; reason: string | null; callIds: string[] };

type SourceRow = typeof sources.$inferSelect;

/**
 * Reads every message again from its raw bytes, the way the edge did, and gathers the notices by call. The edge's
 * verdict stands for what it turned away; what it took is decided here, so that a replay after a fix is read anew.
 * `otherwiseFed` are campaigns that get their calls from other platforms than these messages'
 * (`campaignsFedOtherwise`).
 */
export async function readNotices(
  db: Database,
  bucket: R2Bucket,
  messages: readonly IngestMessage[],
): Promise<{ read: ReadMessage[]; reported: CallNotices[]; otherwiseFed: ReadonlySet<string> }> {
  const [bySource, otherwiseFed] = await sourcesOf(db, messages);
  const reported = new Map<string, CallNotices>();
  const read: ReadMessage[] = [];
  for (const sent of messages) {
    const source = sent.sourceId === null ? undefined : bySource.get(sent.sourceId);
    read.push(await readMessage(bucket, withOwner(sent, source), source, reported));
  }
  return { read, reported: [...reported.values()], otherwiseFed };
}

/** The organization that an unproven request is logged for: the owner of the source its path names, or none. */
function withOwner(message: IngestMessage, source: SourceRow | undefined): IngestMessage {
  if (message.organizationId !== "" || message.sourceId === null) return message;
  return source?.kind === message.sourceKind && source.deletedAt === null
    ? { ...message, organizationId: source.organizationId }
    : { ...message, sourceId: null };
}

async function readMessage(
  bucket: R2Bucket,
  message: IngestMessage,
  source: SourceRow | undefined,
  reported: Map<string, CallNotices>,
): Promise<ReadMessage> {
  const turnedAway = (outcome: InboundOutcome, reason: string | null): ReadMessage => ({
    message,
    outcome,
    reason,
    callIds: [],
  });
  if (message.verdict !== "accepted") return turnedAway(message.verdict, message.reason);
  const reader = platformOf(message.sourceKind);
  const { sourceId } = message;
  if (!reader || sourceId === null) return turnedAway("refused", "unknown_source");
  // Ingest knows no state of a source whose path is shared; a person who replays has decided otherwise.
  if (source?.state === "paused" && !message.replay) return turnedAway("ignored", "source_paused");
  // Samples that were removed stay away, also those that were on their way.
  if (sourceId.startsWith(SAMPLE_SOURCE) && source?.deletedAt !== null) return turnedAway("ignored", "samples_removed");
  const body = await loadInboundBody(bucket, message);
  if (!body) return turnedAway("refused", "body_not_kept");
  const config = {
    id: sourceId,
    organizationId: message.organizationId,
    settings: (source?.settings ?? {}) as CommonSettings,
  };
  const read = readerOf(reader, message.form);
  if (!read) return turnedAway("refused", "unreadable_form");
  const plain = await plainBodyOf(body, new Headers(message.headers), reader.bodyCap);
  if (!plain.ok) return turnedAway("refused", plain.error.reason);
  const reading = await read(plain.value, message.headers["content-type"] ?? "", config);
  if (!reading.ok) return turnedAway("refused", reading.error.reason);
  if (reading.value.kind === "ignored") return turnedAway("ignored", reading.value.reason);
  const callIds: string[] = [];
  const found = reading.value.facts;
  for (const facts of message.form === "sample" ? asSample(found, message.headers) : found) {
    const name = { organizationId: message.organizationId, sourceId, externalId: facts.externalId };
    const key: CallKey = { ...name, id: await callIdOf(name), sourceKind: message.sourceKind };
    gather(reported, key, source, {
      facts,
      receivedAt: message.receivedAt,
      replay: message.replay,
      campaignLimit: message.campaignLimit,
      listed: message.form === "listed",
    });
    callIds.push(key.id);
  }
  return { message, outcome: "accepted", reason: null, callIds };
}

function gather(
  reported: Map<string, CallNotices>,
  key: CallKey,
  source: SourceRow | undefined,
  notice: ReportedNotice,
): void {
  const one = reported.get(key.id) ?? {
    key,
    sourceCampaignId: source?.campaignId ?? null,
    campaignOfAccount: (source?.settings as CommonSettings | undefined)?.campaigns ?? {},
    notices: [],
  };
  reported.set(key.id, { ...one, notices: [...one.notices, notice], canLookUp: canLookUp(source) });
}

function canLookUp(source: SourceRow | undefined): boolean {
  return source !== undefined && source.credentials !== null && platformOf(source.kind)?.pull?.one !== undefined;
}

async function sourcesOf(
  db: Database,
  messages: readonly IngestMessage[],
): Promise<[bySource: Map<string, SourceRow>, otherwiseFed: ReadonlySet<string>]> {
  const ids = [...new Set(messages.flatMap(({ sourceId }) => sourceId ?? []))];
  if (ids.length === 0) return [new Map(), new Set()];
  const queries = [
    rowsOf(sources, sql`WHERE id IN ${valueList(ids)}`),
    campaignsFedOtherwise(messages.filter(namesItsCampaign)),
  ] as const;
  const [rows, fed] = rowsTogether(await readTogether(db, queries), queries);
  return [new Map(rows.map((row) => [row.id, row])), new Set(fed.map(({ name }) => name))];
}

/** How a campaign is named in `otherwiseFed`, for messages of one platform. */
export function fedName(sourceKind: string, campaignId: string): string {
  return `${sourceKind} ${campaignId}`;
}

/**
 * Whether each notice of the message's platform names its campaign, so that it may name one that is not the platform's.
 */
export function namesItsCampaign({ sourceKind }: Pick<IngestMessage, "sourceKind">): boolean {
  const platform = platformOf(sourceKind);
  return platform?.authentication === "api_key" && platform.namesCampaign;
}

/** The campaigns that sources are bound to, none of them of the platform whose notice may name the campaign. */
function campaignsFedOtherwise(messages: readonly IngestMessage[]): Query<{ name: string }> {
  const asked = new Map(
    messages.map(({ organizationId, sourceKind }) => [
      `${organizationId} ${sourceKind}`,
      { organizationId, sourceKind },
    ]),
  );
  const name = sql<string>`asked.value ->> 'sourceKind' || ' ' || ${sources.campaignId}`;
  return {
    columns: { name },
    from: sql`FROM json_each(${JSON.stringify([...asked.values()])}) AS asked
      JOIN ${sources} ON ${sources.organizationId} = asked.value ->> 'organizationId'
      WHERE ${sources.campaignId} IS NOT NULL AND ${sources.deletedAt} IS NULL
      GROUP BY ${name} HAVING sum(${sources.kind} = asked.value ->> 'sourceKind') = 0`,
  };
}
