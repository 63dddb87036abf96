import { embeddedEngine } from "../analysis";
import { readConfig } from "../config";
import { openDatabase, type Database } from "../db/client";
import { endpointObjects, type DrainDeps } from "../delivery";
import { guardPolicyOf } from "../lib/guard-policy";
import { outboundFetchOf } from "../lib/outbound/deployment";
import { inboxOn } from "../queues/inbox";
import { nudgesOn, type Nudges } from "../queues/senders";
import {
  type AnalysisDeps,
  type TakeNoticesDeps,
  recordingAccess,
  recordingDependents,
  type RecordingDeps,
} from "../pipeline";
import type { RecordingRow } from "../recordings";
import type { PullDeps } from "../sources";
import type { SweepDeps } from "./sweep";

/** What the jobs need, made from the environment once per invocation. */
export type JobDeps = {
  db: Database;
  nudges: Nudges;
  ingest: TakeNoticesDeps;
  drain: DrainDeps;
  recordings: RecordingDeps & { nudges: Nudges };
  analysis: AnalysisDeps & { nudges: Nudges };
  sweep: SweepDeps;
  now(): number;
};

export function jobDeps(env: Env): JobDeps {
  const config = readConfig(env);
  const db = openDatabase(env.DB);
  const nudges = nudgesOn(env);
  const bucket = env.BUCKET;
  const now = () => Date.now();
  const newWriter = () => crypto.randomUUID();
  const endpoints = endpointObjects(env.ENDPOINTS);
  const guardPolicy = guardPolicyOf(config);
  const fetch = outboundFetchOf(config);
  const recordings = {
    db,
    bucket,
    nudges,
    now,
    fetch,
    random: () => Math.random(),
    guardPolicy,
    accessFor: (recording: RecordingRow) =>
      recordingAccess(db, config.masterKeys, recording, {
        fetch,
        now,
        guardPolicy,
      }),
    dependents: recordingDependents({ db, bucket }, now),
  };
  const pull: PullDeps = {
    db,
    bucket,
    masterKeys: config.masterKeys,
    inbox: inboxOn(env, config.inbox),
    fetch,
    guardPolicy,
    now,
  };
  return {
    db,
    nudges,
    now,
    ingest: { db, bucket, nudges, now, newWriter, backedByTable: config.inbox === "table" },
    drain: { db, endpoints, now },
    recordings,
    analysis: { db, bucket, nudges, now, engine: embeddedEngine() },
    sweep: { db, bucket, nudges, endpoints, recordings, pull, now, newWriter },
  };
}
