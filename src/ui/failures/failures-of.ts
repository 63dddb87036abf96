import type { Failure } from "./sentence";
import { codeOfReason } from "./sentence";

// What the core stores of failures, as what sentences are made of. The shapes are the core's own.

export type EndpointTrouble = {
  code: string;
  host: string;
  status: number | null;
  since: number | null;
  failures: number;
  waiting: number;
};

export function failureOfEndpoint({ host: who, failures: count, ...trouble }: EndpointTrouble): Failure {
  return { about: "delivery", who, count, ...trouble };
}

type Attempt = { status: number | null; startedAt: number };

/** The last attempt of a delivery that failed, of so many since the first. */
export function failureOfAttempts(who: string, code: string, attempts: readonly Attempt[], count: number): Failure {
  const status = attempts.at(-1)?.status ?? null;
  return { about: "delivery", code, who, since: attempts[0]?.startedAt ?? null, count, status };
}

export type SourceVerdict = {
  status: "active" | "paused" | "quiet" | "failing" | "never";
  trouble: { reason: string; event: "refused" | "dead" | "quarantined"; requests: number; since: number } | null;
  lastNoticeAt: number | null;
};

/** What is wrong with a source, or keeps it from making calls; undefined where all is well. */
export function failureOfSource(who: string, { status, trouble, lastNoticeAt }: SourceVerdict): Failure | undefined {
  if (trouble) {
    const { reason: code, event, requests: count, since } = trouble;
    return { about: "notice", code, who, since, inHourSince: true, count, event };
  }
  const of = (code: "never" | "quiet" | "source_paused", since: number | null): Failure => {
    return { about: "notice", code, who, since, count: null, event: code };
  };
  if (status === "paused") return of("source_paused", null);
  if (status === "never") return of("never", null);
  return status === "quiet" ? of("quiet", lastNoticeAt) : undefined;
}

/** What is known of a storage's problem, by its code. */
export type ExplainProblem = (code: string, language: "en" | "es") => { cause: string; remedy: string } | undefined;

/** What keeps a storage from being read, after so many looks since the first. */
export function failureOfStorage(
  who: string,
  { code, since, count }: { code: string; since: number; count: number },
  explainProblem: ExplainProblem,
): Failure {
  const of = (language: "en" | "es") => {
    const { cause = "", remedy = "" } = explainProblem(code, language) ?? {};
    return [cause, remedy] as const;
  };
  return { about: "storage", code, who, since, count, explained: { en: of("en"), es: of("es") } };
}

type InboundRequest = {
  outcome: "accepted" | "ignored" | "refused" | "quarantined" | "dead";
  reason: string | null;
  receivedAt: number;
};

/** What became of one request; undefined where nothing is to be done about it. */
export function failureOfRequest(who: string, { outcome, reason, receivedAt }: InboundRequest): Failure | undefined {
  if (reason === null || outcome === "ignored") return undefined;
  return { about: "notice", code: reason, who, since: receivedAt, count: 1, event: outcome };
}

type RecordingWork = {
  url: string | null;
  sourceKind: string;
  reason: string | null;
  attempts: number;
  createdAt: number;
};

export function failureOfRecording({ url, sourceKind, reason, attempts, createdAt }: RecordingWork): Failure {
  const who = (url === null ? undefined : URL.parse(url)?.host) || sourceKind;
  return { about: "recording", code: codeOfReason(reason), who, since: createdAt, count: attempts };
}

/** Recordings that failed alike, counted together: by host and code. */
export function failuresOfRecordings(rows: readonly RecordingWork[]): Failure[] {
  const groups = new Map<string, Failure>();
  for (const row of rows) {
    const one = failureOfRecording(row);
    const key = `${one.who} ${one.code}`;
    const known = groups.get(key);
    const since = Math.min(known?.since ?? row.createdAt, row.createdAt);
    groups.set(key, { ...one, about: "recordings", count: (known?.count ?? 0) + 1, since });
  }
  return [...groups.values()];
}

type AnalysisWork = { engine: string; reason: string | null; attempts: number; createdAt: number };

export function failureOfAnalysis({ engine, reason, attempts, createdAt }: AnalysisWork): Failure {
  return { about: "analysis", code: codeOfReason(reason), who: engine, since: createdAt, count: attempts };
}
