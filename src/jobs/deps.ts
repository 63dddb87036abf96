import type { Database } from "../db/client";
import { depsOf } from "../deps";
import type { DrainDeps } from "../delivery";
import {
  recordingAccess,
  recordingDependents,
  type AnalysisDeps,
  type RecordingDeps,
  type TakeNoticesDeps,
} from "../pipeline";
import type { Nudges } from "../queues/senders";
import { webAudio } from "../recordings";
import { uploadedAudio } from "../sources";
import type { SweepDeps } from "./sweep";

/** What the verbs of the queues and crons are given, where that is more than everybody's deps. */
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
  const deps = depsOf(env);
  const { config, db, nudges, now, endpointObjects: endpoints } = deps;
  const web = webAudio({
    ...deps,
    accessFor: (recording) => recordingAccess(db, config.masterKeys, recording, deps),
  });
  const recordings = {
    ...deps,
    openers: { "https:": web, "http:": web, "upload:": uploadedAudio(deps) },
    dependents: recordingDependents(deps, now),
  };
  return {
    db,
    nudges,
    now,
    ingest: { ...deps, backedByTable: config.inbox === "table" },
    drain: { db, endpoints, now },
    recordings,
    analysis: deps,
    sweep: { ...deps, endpoints, recordings, pull: deps },
  };
}
