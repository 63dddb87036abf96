import { embeddedEngine } from "../analysis";
import { readConfig } from "../config";
import { openDatabase, type Database } from "../db/client";
import { endpointObjects } from "../delivery";
import { guardPolicyOf } from "../lib/guard-policy";
import { inboxOn } from "../queues/inbox";
import { nudgesOn, type Nudges } from "../queues/senders";
import type { AnalysisParts } from "./analysis";
import type { DrainParts } from "./drain";
import type { IngestParts } from "./ingest";
import type { PullParts } from "./reconcile";
import { recordingAccess } from "./recording-access";
import { recordingDependents } from "./recording-work";
import type { RecordingDeps } from "./recordings";
import type { SweepParts } from "./sweep";

/** What the jobs need, made from the environment once per invocation. */
export type JobParts = {
  db: Database;
  nudges: Nudges;
  ingest: IngestParts;
  drain: DrainParts;
  recordings: RecordingDeps;
  analysis: AnalysisParts;
  sweep: SweepParts;
  now(): number;
};

export function jobParts(env: Env): JobParts {
  const config = readConfig(env);
  const db = openDatabase(env.DB);
  const nudges = nudgesOn(env);
  const bucket = env.BUCKET;
  const now = () => Date.now();
  const newWriter = () => crypto.randomUUID();
  const endpoints = endpointObjects(env.ENDPOINTS);
  const guardPolicy = guardPolicyOf(config);
  const recordings: RecordingDeps = {
    db,
    bucket,
    nudges,
    now,
    fetch: (input, init) => fetch(input, init),
    random: () => Math.random(),
    guardPolicy,
    accessFor: (recording) =>
      recordingAccess(db, config.masterKeys, recording, {
        fetch: (input, init) => fetch(input, init),
        now,
        guardPolicy,
      }),
    dependents: recordingDependents({ db, bucket }, now),
  };
  const pull: PullParts = {
    db,
    bucket,
    masterKeys: config.masterKeys,
    inbox: inboxOn(env, config.inbox),
    fetch: (input, init) => fetch(input, init),
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
    analysis: { db, bucket, now, engine: embeddedEngine() },
    sweep: { db, bucket, nudges, endpoints, recordings, pull, now, newWriter },
  };
}
