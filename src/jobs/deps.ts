import { activeRules, engineRunner, searchedBy, type RuleRow } from "../analysis";
import type { WorkOnJobDeps } from "../bulk";
import type { CallRow } from "../calls";
import type { Database } from "../db/client";
import { depsOf } from "../deps";
import { drainInPlace, endpointSigner, type DrainDeps } from "../delivery";
import { within } from "../lib/deadline";
import { remembered } from "../lib/remembered";
import { shareInFlight } from "../lib/share-in-flight";
import { MINUTE } from "../lib/time";
import {
  endsAlone,
  recordingAccess,
  recordingDependents,
  type ActDeps,
  type AnalysisDeps,
  type FollowDeps,
  type RecordingDeps,
  type TakeNoticesDeps,
  newKnownServers,
  type SlowLanes,
  type KnownServers,
} from "../pipeline";
import type { RunDeps } from "../connectors";
import type { WorkOnErasureDeps } from "../privacy";
import type { ReviewDeps } from "../quality";
import type { EventsMessage } from "../queues/messages";
import type { keepSearch } from "../search";
import type { Nudges } from "../queues/senders";
import { webAudio } from "../recordings";
import { loadAccess, operatorChannelOf, uploadedAudio } from "../sources";
import { actionLetters } from "./action-letters";
import { alarmLetters } from "./alarm-letters";
import { bringInOf, noticeUrlOf, tellMoreOf } from "./bring-in";
import { digestLetters } from "./digests";
import { reportLetters } from "./report-letters";
import { readTroubles } from "./troubles";
import { indexSoon, withIndexing, type IndexSoonDeps } from "./index-soon";
import type { SourceLanes, SweepDeps } from "./sweep";

/** The deps of queue and cron verbs, where they need more than `Deps`. */
export type JobDeps = {
  db: Database;
  nudges: Nudges;
  ingest: TakeNoticesDeps;
  drain: DrainDeps;
  recordings: RecordingDeps & FollowDeps & { lanes: SlowLanes; knownServers: KnownServers };
  analysis: AnalysisDeps & FollowDeps;
  connectors: RunDeps;
  acting: ActDeps;
  sweep: SweepDeps;
  bulk: WorkOnJobDeps;
  erasing: WorkOnErasureDeps;
  reviews: ReviewDeps;
  index: Parameters<typeof keepSearch>[0];
  indexSoon: IndexSoonDeps;
  now(): number;
};

/** Of this isolate, and lost with it, as are the channels. A changed one counts a minute later. */
const servers = newKnownServers();
const channels = remembered<number>(MINUTE, 1_000);
const rules = remembered<RuleRow[]>(MINUTE / 2, 1_000);

export function jobDeps(env: Env, knownServers = servers): JobDeps {
  const deps = depsOf(env);
  const { config, db, nudges, now, endpointObjects: endpoints, eventStreams } = deps;
  const drain = { db, endpoints, streams: eventStreams, now, within };
  // Delivery and pipeline do not know each other: what one needs of the other is passed in here.
  const follow = {
    drainInPlace: (streams: readonly EventsMessage[]) => drainInPlace(drain, streams),
    writeEnd: endsAlone(db, now),
  };
  const isMarked = config.inbox === "table";
  const indexing: IndexSoonDeps = { ...deps, keepMarks: isMarked };
  // What merges notices changes what calls are found by; what ends recordings does not, and of analyses only words do.
  const followIndexed = { ...follow, drainInPlace: withIndexing(indexing, follow.drainInPlace) };
  // The recordings of one batch ask for their source at the same time.
  const accessOf = shareInFlight((sourceId) => loadAccess(db, config.masterKeys, sourceId));
  const web = webAudio({
    ...deps,
    accessFor: (recording) => recordingAccess(accessOf, recording, deps),
  });
  const rulesOf = (organizationId: string) => rules(organizationId, now(), () => activeRules(db, organizationId));
  const laneNamed = (name: string) => env.SOURCE_LANES.get(env.SOURCE_LANES.idFromName(name));
  // Questions have an object of their own: they do not wait for recordings, nor recordings for them.
  const lanes: SourceLanes = {
    // A lane of the version before gives nothing.
    wake: async (sourceId) => (await laneNamed(sourceId).wake(sourceId)) ?? [],
    ask: (sourceId) => laneNamed(`questions ${sourceId}`).ask(sourceId),
    look: (connectorId) => laneNamed(`connector ${connectorId}`).look(connectorId),
    act: (organizationId) => laneNamed(`actions ${organizationId}`).act(organizationId),
  };
  const recordings = {
    ...deps,
    ...follow,
    lanes,
    knownServers,
    openers: { "https:": web, "http:": web, "upload:": uploadedAudio(deps) },
    dependents: recordingDependents({ ...deps, rulesOf }, now),
  };
  const index = { ...deps, isMarked, foundBy: (calls: readonly CallRow[]) => searchedBy(deps, calls) };
  const operatorChannel = (source: { organizationId: string; id: string }) =>
    channels(source.id, now(), () => operatorChannelOf(db, source));
  // Its tags and events change what calls are found by.
  const acting: ActDeps = {
    ...deps,
    ...followIndexed,
    operatorChannel,
    endpointSigner: endpointSigner(deps),
    actionLetter: actionLetters(db, config.publicUrl),
  };
  return {
    db,
    nudges,
    now,
    acting,
    ingest: { ...deps, ...followIndexed, rulesOf, backedByTable: config.inbox === "table" },
    drain,
    recordings,
    analysis: {
      ...deps,
      ...follow,
      runEngine: engineRunner(deps),
      wordsCome: (call) => indexSoon(indexing, [call]),
      rulesOf,
      operatorChannel,
    },
    bulk: deps,
    erasing: deps,
    reviews: deps,
    connectors: {
      ...deps,
      masterKeys: config.masterKeys,
      bringIn: bringInOf(deps),
      tellMore: tellMoreOf(deps),
      noticeUrl: (id) => noticeUrlOf(config.publicUrl, id),
    },
    index,
    indexSoon: indexing,
    sweep: {
      ...deps,
      index,
      ...followIndexed,
      rulesOf,
      lanes,
      endpoints,
      recordings,
      pull: deps,
      erasing: deps,
      acting,
      sendDigest: deps.mailer
        ? digestLetters(deps.mailer, config.publicUrl, (digest) => readTroubles(deps.db, digest, digest.now))
        : undefined,
      sendReport: deps.mailer ? reportLetters(deps.mailer, config) : undefined,
      notifyAdmin: deps.mailer && config.adminEmail ? alarmLetters(deps.mailer, config) : undefined,
    },
  };
}
