import { actionsOfCall, type CallActionsRow } from "../../actions";
import {
  listAnalyses,
  publicState,
  readFindings,
  readCallTranscript,
  readMadeTranscript,
  readScoreSets,
  readWaveform,
  recentMeasures,
  snapshotScores,
  transcriptChoices,
  type AnalysisRow,
  type CallTranscript,
  type Findings,
  type Peaks,
  type TranscriptChoice,
} from "../../analysis";
import { listTags, readCall, readCallEnd, taskIdOf, type CallRow } from "../../calls";
import { readRedactions, type CampaignRow } from "../../campaigns";
import type { Database } from "../../db/client";
import {
  listEndpoints,
  MAX_ENDPOINTS,
  type DeliveryLogEntry,
  type EndpointObjects,
  type EndpointRow,
} from "../../delivery";
import type { DomainError } from "../../errors";
import { actorText, FULL_REACH, may, type Caller } from "../../identity";
import {
  listReviews,
  readAlertOfCall,
  readOpinions,
  readScorecard,
  type AlertRow,
  type Opinions,
  type ReadReview,
} from "../../quality";
import { ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { remembered } from "../../lib/remembered";
import { MINUTE } from "../../lib/time";
import { gatesAmong, listRecordings, readGates, type AudioGate, type RecordingRow } from "../../recordings";
import { namesOfReports } from "../../reports";
import { listSources, operatorChannelOf, type SourceView } from "../../sources";
import { mediansOf, type Medians } from "./compared-measures";
import { readComments, withNames, type Comments } from "../comments/read";
import { campaignsFor, playbackLinks } from "./read";
import type { Work } from "./work-panel";

/** What an endpoint has of a call; null where its log did not answer. */
export type Subscriber = { endpoint: EndpointRow; deliveries: DeliveryLogEntry[] | null };

export type CallParts = {
  call: CallRow;
  /** When it ended; undefined while it goes on. */
  end: Awaited<ReturnType<typeof readCallEnd>>;
  recordings: readonly RecordingRow[];
  analyses: readonly AnalysisRow[];
  /** Its post-call actions; undefined where it has none. */
  actions: CallActionsRow | undefined;
  campaigns: readonly CampaignRow[];
  source: SourceView | undefined;
  subscribers: readonly Subscriber[];
  /** Whether any webhook is set up, also one that is newer than the call; undefined for whoever may not see them. */
  hasWebhooks: boolean | undefined;
  /** What of its recordings is served, those left out that are served as they came. */
  gates: ReadonlyMap<string, AudioGate>;
  /** By recording. */
  links: ReadonlyMap<string, string>;
  findings: Findings | null;
  /** The one that is asked for, else the newest that an engine made; the platform's own is in the call. */
  transcript: CallTranscript | null;
  /** All that it has. */
  transcripts: readonly TranscriptChoice[];
  /** What engines and the platform found of it in figures, of each analysis. */
  scored: readonly ReturnType<typeof snapshotScores>[];
  /** Its alert, where it has one that the visitor may see. */
  alert: AlertRow | undefined;
  /** The waveform of the recording that is played; null where there is none, or the visitor may not listen. */
  peaks: Peaks | null;
  operatorChannel: number;
  /** What is usual in its campaign; null where too little is known. */
  medians: Medians | null;
  /** Those that are finished, and the visitor's own. */
  reviews: readonly ReadReview[];
  /** Its task, where it has one that the visitor may see. */
  work: Work | null;
  /** What is said of it, as far as the visitor may read it. */
  comments: Comments;
  /** Tags of this call and of others. */
  knownTags: readonly string[];
};

const MOST_TAGS = 200;
const MOST_PARTS = 50;
const MOST_SOURCES = 200;
const MOST_DELIVERIES = 100;
/** Of so many newest calls of a campaign the median is taken. */
const MEDIAN_OF = 50;
/** Whoever listens goes from call to call of a campaign, whose medians hardly move meanwhile. */
const MEDIANS_KEPT_FOR = MINUTE;
const MEDIANS_KEPT = 200;
const knownMedians = remembered<Medians | null>(MEDIANS_KEPT_FOR, MEDIANS_KEPT);
/** More logs than this are not asked for one page. */
const MOST_LOGS = 20;

type ReadDeps = {
  db: Database;
  bucket: R2Bucket;
  masterKeys: MasterKeys;
  endpointObjects: Pick<EndpointObjects, "log">;
  now(): number;
};

/** The transcript that a page is to show. */
export type WantedTranscript = Parameters<typeof readCallTranscript>[3];

/** A call with everything its page shows: two round trips, and a question to each endpoint that may know it. */
export async function readCallParts(
  deps: ReadDeps,
  caller: Caller,
  callId: string,
  wanted: WantedTranscript = {},
): Promise<Result<CallParts, DomainError>> {
  const { db, bucket } = deps;
  const { organizationId, reach } = caller;
  const ofCall = { organizationId, reach, filter: { callId }, limit: MOST_PARTS };
  const seesDeliveries = may(caller, "deliveries:list");
  const viewer = { id: actorText(caller.actor), seesAll: false };
  const reader = { ...viewer, seesAll: may(caller, "reviews:assign") };
  const [
    call,
    end,
    recordings,
    analyses,
    campaigns,
    sources,
    endpoints,
    tags,
    reviewed,
    opinions,
    acted,
    said,
    redactions,
  ] = await Promise.all([
    readCall(db, { organizationId, reach, id: callId }),
    readCallEnd(db, { organizationId, reach, callId }),
    listRecordings(db, ofCall),
    listAnalyses(db, ofCall),
    campaignsFor(db, caller),
    listSources(db, { organizationId, reach, limit: MOST_SOURCES }),
    seesDeliveries ? listEndpoints(db, { organizationId, limit: MAX_ENDPOINTS }) : [],
    may(caller, "calls:write") ? listTags(db, { organizationId, reach, limit: MOST_TAGS }) : [],
    may(caller, "reviews:read") ? listReviews(db, viewer, ofCall) : { rows: [] },
    may(caller, "reviews:read") ? readOpinions(db, reader, { organizationId, reach, id: taskIdOf(callId) }) : null,
    actionsOfCall(db, { organizationId, callId }),
    readComments(db, caller, callId),
    readRedactions(db, organizationId),
  ]);
  if (!call.ok) return call;
  const recordingRows = recordings.rows.map((row) => row.recording);
  const analysisRows = analyses.rows.map((row) => row.analysis);
  const analysed = analysisRows.find((row) => row.findings !== null && publicState(row) === "completed");
  const stored = recordingRows.find(({ state }) => state === "completed");
  const { campaignId } = call.value;
  const channelOf = (sourceId: string) => {
    const channel = sources.find(({ id }) => id === sourceId)?.settings["operator_channel"];
    return typeof channel === "number" ? channel : 0;
  };
  const readMedians = async (inCampaign: string, engineVersion: string) => {
    const query = { organizationId, reach, campaignId: inCampaign, engineVersion, limit: MEDIAN_OF };
    return mediansOf(await recentMeasures(db, query), channelOf);
  };
  const known = sources.find(({ id }) => id === call.value.sourceId);
  // Of more analyses than were read, one may be that which holds a recording back.
  const gates =
    analysisRows.length < MOST_PARTS
      ? gatesAmong(redactions, [call.value], recordingRows, analysisRows)
      : readGates(db, { callId, organizationId, recordingIds: recordingRows.map(({ id }) => id) });
  const [links, operatorChannel, findings, peaks, subscribers, transcript, medians, scored, work, comments, alert] =
    await Promise.all([
      playbackLinks(deps, caller, recordingRows),
      known ? channelOf(known.id) : operatorChannelOf(db, { organizationId, id: call.value.sourceId }),
      analysed ? readFindings(bucket, analysed).catch(() => null) : null,
      stored?.key && may(caller, "recordings:play") ? readWaveform(bucket, stored.key).catch(() => null) : null,
      Promise.all(
        endpoints
          .filter(({ createdAt }) => createdAt <= call.value.updatedAt)
          .slice(0, MOST_LOGS)
          .map(async (endpoint) => ({ endpoint, deliveries: await deliveriesOf(deps, endpoint, callId) })),
      ),
      readShown(bucket, call.value, analysisRows, wanted).catch(() => null),
      analysed && campaignId !== null
        ? knownMedians(JSON.stringify([organizationId, campaignId, analysed.engineVersion, reach]), deps.now(), () =>
            readMedians(campaignId, analysed.engineVersion),
          )
        : null,
      Promise.all(analysisRows.map((row) => readScored(bucket, row))),
      opinions?.ok ? readWork(db, opinions.value) : null,
      withNames(db, organizationId, said),
      // Without a risk nothing was ever raised.
      may(caller, "alerts:read") && analysisRows.some(({ risk }) => risk !== null)
        ? readAlertOfCall(db, { organizationId, reach, callId })
        : undefined,
    ]);
  return ok({
    call: call.value,
    end,
    recordings: recordingRows,
    analyses: analysisRows,
    actions: acted,
    campaigns,
    source: known,
    subscribers,
    hasWebhooks: seesDeliveries ? endpoints.length > 0 : undefined,
    gates: await gates,
    links,
    findings,
    peaks,
    transcript,
    transcripts: transcriptChoices(call.value, analysisRows),
    scored,
    alert,
    operatorChannel,
    medians,
    reviews: reviewed.rows,
    work,
    comments,
    knownTags: tags.map(({ tag }) => tag),
  });
}

/** The transcript that is asked for; where there is none such, the newest that an engine made. */
async function readShown(
  bucket: R2Bucket,
  call: CallRow,
  rows: readonly AnalysisRow[],
  wanted: WantedTranscript,
): Promise<CallTranscript | null> {
  const found = wanted.engine === undefined ? null : await readCallTranscript(bucket, call, rows, wanted);
  return found ?? readMadeTranscript(bucket, rows);
}

/** The task of a call with the names of its reviewers and, where they differ, what they were asked. */
async function readWork(db: Database, opinions: Opinions): Promise<Work> {
  const { task, reviews, consensus } = opinions;
  const people = [
    task.assigneeId ?? [],
    consensus?.decidedBy ?? [],
    reviews.map(({ reviewerId }) => reviewerId),
  ].flat();
  const [first] = reviews;
  const isAsked = (consensus?.differing ?? []).length > 0 && !opinions.isWithheld && first?.scorecardId;
  const target = { organizationId: task.organizationId, reach: FULL_REACH };
  const [names, card] = await Promise.all([
    namesOfReports(db, task.organizationId, { reviewer: people }),
    isAsked
      ? readScorecard(db, { ...target, id: first.scorecardId ?? "", version: first.scorecardVersion ?? 1 })
      : undefined,
  ]);
  return { opinions, names, definition: card?.ok ? card.value.definition : null };
}

/** The figures of an analysis with their why; without it where the storage does not answer. */
async function readScored(bucket: R2Bucket, row: AnalysisRow): Promise<ReturnType<typeof snapshotScores>> {
  return snapshotScores(row, await readScoreSets(bucket, row).catch(() => undefined));
}

async function deliveriesOf(
  { endpointObjects }: Pick<ReadDeps, "endpointObjects">,
  endpoint: EndpointRow,
  callId: string,
): Promise<DeliveryLogEntry[] | null> {
  try {
    const query = { stream: callId, limit: MOST_DELIVERIES, newest: true, brief: true };
    const entries = await endpointObjects.log(endpoint, query);
    return entries.toSorted((one, other) => one.seq - other.seq);
  } catch (cause) {
    console.error(JSON.stringify({ event: "page.log_failed", endpoint: endpoint.id, error: String(cause) }));
    return null;
  }
}
