import type { Database } from "../db/client";
import { depsOf } from "../deps";
import type { DrainDeps } from "../delivery";
import {
  recordingAccess,
  recordingDependents,
  type AnalysisDeps,
  type RecordingDeps,
  type TakeNoticesDeps,
  newKnownServers,
  type SlowLanes,
  type KnownServers,
} from "../pipeline";
import type { Nudges } from "../queues/senders";
import { webAudio } from "../recordings";
import { uploadedAudio } from "../sources";
import type { SourceLanes, SweepDeps } from "./sweep";

/** The deps of queue and cron verbs, where they need more than `Deps`. */
export type JobDeps = {
  db: Database;
  nudges: Nudges;
  ingest: TakeNoticesDeps;
  drain: DrainDeps;
  recordings: RecordingDeps & { nudges: Nudges; lanes: SlowLanes; knownServers: KnownServers };
  analysis: AnalysisDeps & { nudges: Nudges };
  sweep: SweepDeps;
  now(): number;
};

/** Of this isolate, and lost with it. */
const servers = newKnownServers();

export function jobDeps(env: Env, knownServers = servers): JobDeps {
  const deps = depsOf(env);
  const { config, db, nudges, now, endpointObjects: endpoints } = deps;
  const web = webAudio({
    ...deps,
    accessFor: (recording) => recordingAccess(db, config.masterKeys, recording, deps),
  });
  const laneNamed = (name: string) => env.SOURCE_LANES.get(env.SOURCE_LANES.idFromName(name));
  // Questions have an object of their own: they do not wait for recordings, nor recordings for them.
  const lanes: SourceLanes = {
    // A lane of the version before gives nothing.
    wake: async (sourceId) => (await laneNamed(sourceId).wake(sourceId)) ?? [],
    ask: (sourceId) => laneNamed(`questions ${sourceId}`).ask(sourceId),
  };
  const recordings = {
    ...deps,
    lanes,
    knownServers,
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
    sweep: { ...deps, lanes, endpoints, recordings, pull: deps },
  };
}
