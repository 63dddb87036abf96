import { sweepFindings, sweepOriginals, sweepTranscripts, sweepWaveforms } from "../analysis";
import { forgetOldJobs, nudgeOpenJobs } from "../bulk";
import { dueConnectors, forgetAwaited, forgetFilesOfDeleted } from "../connectors";
import { runBatch, type Database } from "../db/client";
import { forgetOldHealth, forgetTestReceivers, type EndpointObjects, retryUndelivered } from "../delivery";
import { sweepSpills, takeOverdueStreams } from "../events";
import { forgetOldAttempts } from "../identity";
import { noteSweepBegan, noteSweepEnded, raiseAlarms, type NotifyAdmin } from "../health";
import type { MasterKeys } from "../lib/seal";
import {
  forgetOldKeys,
  forgetOldNotifications,
  notifyPeople,
  sendDueDigests,
  sweepAnswers,
  type SendDigest,
} from "../identity";
import { HOUR, MINUTE, SECOND } from "../lib/time";
import type { Nudges } from "../queues/senders";
import {
  assignDue,
  completeReviews,
  forgetOldSamples,
  freeTasksOfGoneTeams,
  handOnOfGone,
  noteViolations,
} from "../quality";
import { sweepOrphans, sweepRenditions } from "../recordings";
import { noteNewestKey } from "../sealing";
import { sweepSearch } from "../search";
import {
  forgetUnowned,
  forgetOldCounts,
  forgetOldReconciliations,
  forgetLeftParts,
  forgetOldUploads,
  sweepInboundBodies,
  sweepOpenUploads,
  sweepUploadedFiles,
  openDueComparisons,
  sourcesToAsk,
  type PullDeps,
} from "../sources";
import {
  backfillWaveforms,
  finalizeCalls,
  giveUpActions,
  giveUpAnalyses,
  giveUpRecordings,
  nudgeDueActions,
  nudgeDueAnalyses,
  nudgeDueRecordings,
  nudgeOpenMoves,
  processOverdueCalls,
  type ActDeps,
  type FollowDeps,
  type RecordingDeps,
  type SlowLanes,
  type AnalysisDeps,
} from "../pipeline";
import { followClocks, nextNight, nudgeOpenErasures, startPasses, type RetentionDeps } from "../privacy";
import { countDayOfReports, forgetOldRuns, sendDueReports, sumPeriods, type SendReport } from "../reports";
import { countDays, countDeliveries, raiseUsageAlerts } from "../usage";

/**
 * `ask` has the platform of a source asked what there is to ask it, `look` has a connector look into its storage, `act` has
 * the post-call actions of an organization done. All answer at once, like `wake`.
 */
export type SourceLanes = SlowLanes & {
  ask(sourceId: string): Promise<void>;
  look(connectorId: string): Promise<void>;
  act(organizationId: string): Promise<void>;
};

export type SweepDeps = {
  db: Database;
  bucket: R2Bucket;
  index: Parameters<typeof sweepSearch>[0];
  nudges: Nudges;
  lanes: SourceLanes;
  endpoints: EndpointObjects;
  recordings: RecordingDeps;
  drainInPlace: FollowDeps["drainInPlace"];
  writeEnd: RecordingDeps["writeEnd"];
  pull: PullDeps;
  erasing: RetentionDeps;
  acting: ActDeps;
  rulesOf: AnalysisDeps["rulesOf"];
  masterKeys: MasterKeys;
  /** Undefined where the deployment sends no mail. */
  sendDigest?: SendDigest | undefined;
  /** Undefined likewise. */
  sendReport?: SendReport | undefined;
  /** Undefined where there is no way to the admin but the log. */
  notifyAdmin?: NotifyAdmin | undefined;
  now(): number;
  newWriter(): string;
};

/** A drain that is this late was lost in a crash: normally it takes a second or two. */
const DRAIN_OVERDUE = 10 * SECOND;

const AT_ONCE = 500;

/** Connectors whose lanes are woken in one turn. */
const CONNECTORS_AT_ONCE = 200;

/** Lanes woken in one turn to ask their platforms. */
const SOURCES_ASKED = { limit: 200, perOrganization: 40 };

/**
 * Picks up work that has no message left: due rows, undrained streams, undelivered events, calls whose end never came.
 * Each part runs even if another failed.
 */
export async function sweep(deps: SweepDeps): Promise<void> {
  const { db, nudges, endpoints } = deps;
  const now = deps.now();
  const jobs: Record<string, () => Promise<unknown>> = {
    began: () => noteSweepBegan(db, now),
    streams: async () => nudges.events(await takeOverdueStreams(db, now - DRAIN_OVERDUE, AT_ONCE)),
    recordings: () => nudgeDueRecordings(deps, now),
    analyses: () => nudgeDueAnalyses(deps, now),
    actions: () => nudgeDueActions(deps, now),
    undelivered: () => retryUndelivered(db, endpoints, () => deps.now()),
    recordingsGivenUp: () => giveUpRecordings({ ...deps, ...deps.recordings, nudges }, now),
    analysesGivenUp: () => giveUpAnalyses(deps, now),
    actionsGivenUp: () => giveUpActions(deps.acting, now),
    calls: () => finalizeCalls(deps, now),
    processed: () => processOverdueCalls(deps, now),
    reviews: () => completeReviews(deps, now),
    tasksOfGoneTeams: () => freeTasksOfGoneTeams(db, AT_ONCE),
    tasksOfGonePeople: async () => isQuarterly(now) && handOnOfGone(deps, now),
    assignments: () => assignDue(deps, now),
    serviceLevels: () => noteViolations(deps, now),
    operatorMoves: () => nudgeOpenMoves(deps, now),
    jobs: () => nudgeOpenJobs(deps, now),
    erasures: () => nudgeOpenErasures(deps, now),
    retentionStarts: async () => isHourly(now) && startPasses(db, nextNight(now)),
    search: () => sweepSearch(deps.index),
    oldJobs: async () => isHourly(now) && forgetOldJobs(db, now, AT_ONCE),
    openUploads: () => sweepOpenUploads({ ...deps, inbox: deps.pull.inbox }, now),
    uploadedFiles: async () => isHourly(now) && sweepUploadedFiles(deps.bucket, now, { pages: 10 }),
    orphans: async () => isHourly(now) && sweepOrphans(db, deps.bucket, now, { pages: 4 }),
    findings: async () => isHourly(now) && sweepFindings(db, deps.bucket, now, { pages: 4 }),
    waveforms: async () => isHourly(now) && sweepWaveforms(db, deps.bucket, now, { pages: 4 }),
    renditions: async () => isHourly(now) && sweepRenditions(db, deps.bucket, now, { pages: 4 }),
    originals: async () => isHourly(now) && sweepOriginals(db, deps.bucket, now, { pages: 4 }),
    transcripts: async () => isHourly(now) && sweepTranscripts(db, deps.bucket, now, { pages: 4 }),
    spills: async () => isHourly(now) && sweepSpills(db, deps.bucket, now, { pages: 4 }),
    testReceivers: () => forgetTestReceivers(db, now),
    unowned: async () => isHourly(now) && forgetUnowned(db, now, AT_ONCE),
    inboundBodies: async () => isHourly(now) && sweepInboundBodies(db, deps.bucket, now, { pages: 4 }),
    oldRows: async () =>
      isDaily(now) &&
      runBatch(
        db,
        [
          forgetOldSamples,
          forgetOldCounts,
          forgetOldReconciliations,
          forgetLeftParts,
          forgetOldUploads,
          forgetFilesOfDeleted,
          forgetAwaited,
          forgetOldRuns,
        ].map((forget) => forget(db, now, 10 * AT_ONCE)),
      ),
    signInAttempts: async () => isHourly(now) && runBatch(db, [forgetOldAttempts(db, now, 10 * AT_ONCE)]),
    idempotencyKeys: () => runBatch(db, [forgetOldKeys(db, now, AT_ONCE)]),
    storedAnswers: async () => isHourly(now) && sweepAnswers(deps, now, 4),
    usage: async () => isQuarterly(now) && countDays(db, DAYS_COUNTED, countDayOfReports, now),
    // Apart from the days: what a sweep does goes on side by side, and a mark that this misses is summed with the next.
    periodsOfReports: async () => isQuarterly(now) && sumPeriods(db, PERIODS_SUMMED, now),
    usageAlerts: async () => isQuarterly(now) && raiseUsageAlerts(db, now),
    usageOfDeliveries: async () => isHourly(now) && runBatch(db, [countDeliveries(db, now)]),
    health: async () => isHourly(now) && runBatch(db, forgetOldHealth(db, now)),
    masterKey: async () => isHourly(now) && noteNewestKey(db, deps.masterKeys, now),
    notifications: () => notifyPeople(db),
    digests: async () => deps.sendDigest && sendDueDigests(db, deps.sendDigest, now),
    reports: () => sendDueReports(deps),
    oldNotifications: async () => isDaily(now) && forgetOldNotifications(db, now, 10 * AT_ONCE),
    connectors: async () => {
      const due = await dueConnectors(db, now, CONNECTORS_AT_ONCE);
      await Promise.all(due.map((id) => deps.lanes.look(id)));
    },
    comparisons: () => openDueComparisons(deps),
    // After the comparisons that are due are open. Platforms are asked in lanes: the sweep waits for none of them.
    questions: async () => {
      const sources = await sourcesToAsk(db, now, SOURCES_ASKED);
      await Promise.all(sources.map((sourceId) => deps.lanes.ask(sourceId)));
    },
    // Last, because these take longest.
    olderWaveforms: () => backfillWaveforms(deps),
    retention: () => followClocks(deps.erasing, RETENTION_BUDGET),
  };
  let failed = 0;
  jobs["alarms"] = () => raiseAlarms(db, deps.notifyAdmin, now);
  jobs["ended"] = () => noteSweepEnded(db, failed, deps.now());
  for (const [job, run] of Object.entries(jobs)) {
    try {
      await run();
    } catch (cause) {
      failed += 1;
      console.error(JSON.stringify({ event: "sweep.failed", job, error: String(cause) }));
    }
  }
}

/** The sweep runs every minute; listing a bucket is a class A operation and can wait for the full hour. */
function isHourly(now: number): boolean {
  return Math.floor(now / MINUTE) % 60 === 0;
}

/** Days of organizations that are counted anew in one turn. */
const DAYS_COUNTED = 200;
/** Weeks and months of reports, each some dozens of rows. */
const PERIODS_SUMMED = 50;

/**
 * What the steps of retention clocks may take in one turn (privacy/passes.ts): about half of the 1,000 statements of D1 that
 * an invocation has, which are ten steps that erase fifty calls each; less than half of its 10,000 requests to R2 and
 * objects, of which such a step takes some 400; and no longer than until the next turn begins.
 */
const RETENTION_BUDGET = { statements: 500, requests: 4_000, time: 40 * SECOND };

/** What reads all calls of a day can wait for the quarter of an hour. */
function isQuarterly(now: number): boolean {
  return Math.floor(now / MINUTE) % 15 === 0;
}

/** What reads a whole table can wait for the day. */
function isDaily(now: number): boolean {
  return isHourly(now) && Math.floor(now / HOUR) % 24 === 3;
}
