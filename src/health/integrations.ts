import { and, eq, gte } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiHours } from "../db/schema";
import { listConnectors, statusOf, successRateOf, type ConnectorKindName, type ConnectorView } from "../connectors";
import { listEndpoints, MAX_ENDPOINTS, nameOfEndpoint, readHealth, troubleOf, type EndpointTrouble } from "../delivery";
import type { Reach, Within } from "../identity";
import { DAY, HOUR } from "../lib/time";
import {
  listSources,
  reportSources,
  sourceNeedsSomeone,
  standingOf,
  type HealthReport,
  type SourceStanding,
} from "../sources";
import { causeOfApi, causeOfConnector, causeOfEndpoint, causeOfSource, type IntegrationCause } from "./causes";

export type { IntegrationCause } from "./causes";

/** What is connected. More kinds may come. */
export const INTEGRATION_KINDS = ["source", "connector", "endpoint", "api"] as const;
export type IntegrationKind = (typeof INTEGRATION_KINDS)[number];

/**
 * `active`: it works. `paused`, `off`: somebody chose so, or it was switched off. `quiet`: nothing in 24 hours. `never`:
 * nothing yet. `limited`: requests were turned away for their number. `failing`: most fails.
 */
export const INTEGRATION_STATUSES = ["active", "limited", "quiet", "never", "paused", "off", "failing"] as const;
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];

/** One integration. `id` is null for the API, which is one. Times in milliseconds. */
export type Integration = {
  kind: IntegrationKind;
  id: string | null;
  name: string;
  status: IntegrationStatus;
  /** Of an endpoint when it last took an event: a try that failed is none. */
  lastSyncAt: number | null;
  /** Of the last 24 hours, between 0 and 1; null when nothing came. */
  successRate: number | null;
  /** What is wrong; null where nothing is. */
  cause: IntegrationCause | null;
  trouble: IntegrationTrouble;
  /** Of a connector: what kind of storage it looks into. */
  storage?: ConnectorKindName;
  /** Of a connector: the source that its calls belong to. */
  sourceId?: string;
};

/** What is known of what is wrong, for the sentence about it; null where nothing more is known than the cause. */
export type IntegrationTrouble =
  | ({ of: "source" } & Pick<HealthReport, "status" | "trouble" | "lastNoticeAt">)
  | { of: "connector"; code: string }
  | ({ of: "endpoint" } & EndpointTrouble)
  | null;

/** What pages say of an integration: of a source what every page of sources says. */
export function standingOfIntegration({ status, trouble }: Integration): IntegrationStatus | SourceStanding {
  return trouble?.of === "source" ? standingOf(trouble) : status;
}

/**
 * The cause that people are told; null where there is nothing to tell. What a source that takes most turned away is no cause
 * of its status, and is told all the same.
 */
export function causeToTell(one: Integration): IntegrationCause | null {
  return one.cause ?? (integrationNeedsSomeone(one) ? "source_refused" : null);
}

/** Whether a person has to do something about it: not where they chose it, and not before anything came. */
export function integrationNeedsSomeone({ status, cause, trouble }: Integration): boolean {
  if (trouble?.of === "source") return sourceNeedsSomeone(standingOf(trouble));
  return cause !== null && !["paused", "never"].includes(status) && cause !== "endpoint_off";
}

/** `sees`: the parts that the reader may know of. */
export type IntegrationsQuery = {
  organizationId: string;
  reach: Reach;
  sees: { sources: boolean; endpoints: boolean; api: boolean };
};

const MOST_SOURCES = 200;
const MOST_CONNECTORS = 100;
const HOURS = 24;

/** The integrations of an organization, those that fail first. */
export async function readIntegrations(db: Database, query: IntegrationsQuery, now: number): Promise<Integration[]> {
  const { sees } = query;
  const [sources, storages, endpoints, api] = await Promise.all([
    sees.sources ? readSources(db, query, now) : [],
    sees.sources ? readConnectors(db, query) : [],
    sees.endpoints ? readEndpoints(db, query.organizationId, now) : [],
    sees.api ? readApi(db, query.organizationId, now) : [],
  ]);
  const order = (one: Integration) => (one.status === "failing" ? 0 : one.cause === null ? 2 : 1);
  const own = besideStorages(sources, ({ id }) => id, storages);
  return [...own, ...storages, ...endpoints, ...api].toSorted((one, other) => order(one) - order(other));
}

/** Without the sources that calls of a storage belong to: such a one is no other integration than the storage. */
export function besideStorages<Source>(
  sources: readonly Source[],
  idOf: (source: Source) => string | null,
  storages: readonly Integration[],
): Source[] {
  const ofStorages = new Set<string | null | undefined>(storages.map(({ sourceId }) => sourceId));
  return sources.filter((source) => !ofStorages.has(idOf(source)));
}

async function readSources(db: Database, query: IntegrationsQuery, now: number): Promise<Integration[]> {
  const { organizationId, reach } = query;
  const sources = await listSources(db, { organizationId, reach, limit: MOST_SOURCES });
  if (sources.length === 0) return [];
  const reports = await reportSources(db, organizationId, sources, HOURS, now);
  return sources.flatMap((source) => {
    const report = reports.get(source.id);
    if (!report) return [];
    return {
      kind: "source" as const,
      id: source.id,
      name: source.name,
      status: report.status,
      lastSyncAt: report.lastNoticeAt,
      successRate: report.successRate,
      cause: causeOfSource(report),
      trouble: { of: "source" as const, ...report },
    };
  });
}

/**
 * What is said of several in one figure: the success of the one that does worst, which a mean would hide, and which one
 * that is, the first of equals; null where none has a rate.
 */
export function worstOf<Rated>(
  all: readonly Rated[],
  rateOf: (one: Rated) => number | null,
): { rate: number; one: Rated } | null {
  const rated = all.flatMap((one) => {
    const rate = rateOf(one);
    return rate === null ? [] : [{ rate, one }];
  });
  return rated.length === 0 ? null : rated.reduce((worst, next) => (next.rate < worst.rate ? next : worst));
}

/** The storages within a reach that are looked into for recordings. */
export async function readConnectors(db: Database, within: Within): Promise<Integration[]> {
  return (await listConnectors(db, { ...withinOf(within), limit: MOST_CONNECTORS })).map(ofConnector);
}

function withinOf({ organizationId, reach }: Within): Within {
  return { organizationId, reach };
}

function ofConnector(connector: ConnectorView): Integration {
  const { id, name, lastRunAt, trouble } = connector;
  const status = statusOf(connector);
  return {
    kind: "connector",
    storage: connector.kind,
    sourceId: connector.sourceId,
    id,
    name,
    status: status === "waiting" ? "never" : status,
    lastSyncAt: lastRunAt,
    successRate: successRateOf(connector),
    cause: causeOfConnector(status, trouble?.code),
    trouble: status === "failing" && trouble ? { of: "connector", code: trouble.code } : null,
  };
}

async function readEndpoints(db: Database, organizationId: string, now: number): Promise<Integration[]> {
  const [endpoints, healths] = await Promise.all([
    listEndpoints(db, { organizationId, limit: MAX_ENDPOINTS }),
    readHealth(db, { organizationId, since: now - DAY }),
  ]);
  return endpoints.flatMap((endpoint) => {
    const health = healths.find(({ endpointId }) => endpointId === endpoint.id);
    if (!health) return [];
    const judged = causeOfEndpoint(endpoint, health);
    const wrong = judged.cause === null ? null : troubleOf(endpoint, health);
    return {
      kind: "endpoint" as const,
      id: endpoint.id,
      name: nameOfEndpoint(endpoint),
      ...judged,
      trouble: wrong && { of: "endpoint" as const, ...wrong },
      lastSyncAt: health.lastSuccessAt,
      successRate: health.successRate,
    };
  });
}

async function readApi(db: Database, organizationId: string, now: number): Promise<Integration[]> {
  const hours = await db
    .select()
    .from(apiHours)
    .where(and(eq(apiHours.organizationId, organizationId), gte(apiHours.hour, now - DAY)));
  const sum = (name: "requests" | "limited" | "failed") => hours.reduce((all, hour) => all + hour[name], 0);
  const requests = sum("requests");
  const lately = hours.filter(({ hour }) => hour > now - 2 * HOUR);
  return [
    {
      kind: "api",
      id: null,
      name: "API",
      ...causeOfApi(lately, requests),
      trouble: null,
      lastSyncAt: hours.length === 0 ? null : Math.max(...hours.map(({ lastAt }) => lastAt)),
      successRate: requests === 0 ? null : (requests - sum("limited") - sum("failed")) / requests,
    },
  ];
}
