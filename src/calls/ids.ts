import { sql, type SQL, type SQLWrapper } from "drizzle-orm";
import { digestOf } from "../lib/id";

// Ids of a call and of its records are derived, so that ingest can answer with them without reading the database and
// every repetition of a notice gets the same answer. Each contains the call's part, by which the call is found.

/** The id of a call: the same for every notice of one conversation. */
export async function callIdOf(key: { organizationId: string; sourceId: string; externalId: string }): Promise<string> {
  return `call_${await digestOf([key.organizationId, key.sourceId, key.externalId])}`;
}

/** The id of the one task a call can have. */
export function taskIdOf(callId: string): string {
  return `task_${partOf(callId)}`;
}

/** The same in SQL, from a column or an expression that is a call's id: the task is found by its primary key. */
export function taskIdIn(callId: SQLWrapper): SQL {
  // What follows `call_`.
  return sql`'task_' || substr(${callId}, 6)`;
}

/** The id of the one alert a call can have. */
export function alertIdOf(callId: string): string {
  return `alr_${partOf(callId)}`;
}

/** The id of a recording of a call, from the platform's id of it. */
export async function recordingIdOf(callId: string, externalId: string): Promise<string> {
  return `rec_${partOf(callId)}_${(await digestOf([externalId])).slice(0, 8)}`;
}

/** The id of the analysis of a recording by one engine. */
export function analysisIdOf(recordingId: string, engine: string): string {
  return `ana_${recordingId.slice("rec_".length)}_${engine}`;
}

/** The id of what the platform of a call found itself. */
export function platformAnalysisIdOf(callId: string): string {
  return `ana_${partOf(callId)}_platform`;
}

/** The id of what rules found of a call that has no recording here. */
export function rulesAnalysisIdOf(callId: string): string {
  return `ana_${partOf(callId)}_rules`;
}

export function callIdOfRecording(recordingId: string): string {
  return `call_${partOf(recordingId)}`;
}

export function callIdOfAnalysis(analysisId: string): string {
  return `call_${partOf(analysisId)}`;
}

/** The call of a task. */
export function callIdOfTask(taskId: string): string {
  return `call_${partOf(taskId)}`;
}

function partOf(id: string): string {
  return id.split("_")[1] ?? "";
}
