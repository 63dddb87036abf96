import { explainProblem, listConnectors } from "../connectors";
import type { Database } from "../db/client";
import { listEndpoints, MAX_ENDPOINTS, readHealth, readUndelivered, troubleOf } from "../delivery";
import { may, type Digest } from "../identity";
import { DAY } from "../lib/time";
import { listFailedRecordings } from "../recordings";
import { judgeSources, listSources } from "../sources";
import {
  failureOfEndpoint,
  failureOfSource,
  failureOfStorage,
  failuresOfRecordings,
  type Failure,
} from "../ui/failures";

type Reader = Pick<Digest, "organizationId" | "audience">;

const MOST_SOURCES = 200;
const MOST_STORAGES = 200;
const MOST_RECORDINGS = 500;

/** What is wrong in an organization now, as far as somebody may know it. */
export async function readTroubles(
  db: Database,
  { organizationId, audience }: Reader,
  now: number,
): Promise<Failure[]> {
  const { reach } = audience;
  const [endpoints, sources, storages, recordings] = await Promise.all([
    may(audience, "endpoints:read") ? listEndpoints(db, { organizationId, limit: MAX_ENDPOINTS }) : [],
    may(audience, "sources:read") ? listSources(db, { organizationId, reach, limit: MOST_SOURCES }) : [],
    may(audience, "sources:read") ? listConnectors(db, { organizationId, reach, limit: MOST_STORAGES }) : [],
    may(audience, "recordings:read")
      ? listFailedRecordings(db, { organizationId, reach, since: now - DAY, limit: MOST_RECORDINGS })
      : [],
  ]);
  const verdicts = await judgeSources(db, organizationId, sources, now);
  return [
    ...(await endpointFailures(db, organizationId, endpoints, now)),
    ...sources.flatMap(({ id, name }) => {
      const verdict = verdicts.get(id);
      // What waits for a campaign has a notification of its own, and a source without calls is no failure.
      return verdict?.status === "failing" ? (failureOfSource(name, verdict) ?? []) : [];
    }),
    ...storages.flatMap(({ name, trouble }) => (trouble ? [failureOfStorage(name, trouble, explainProblem)] : [])),
    ...failuresOfRecordings(recordings),
  ];
}

async function endpointFailures(
  db: Database,
  organizationId: string,
  endpoints: Awaited<ReturnType<typeof listEndpoints>>,
  now: number,
): Promise<Failure[]> {
  if (endpoints.length === 0) return [];
  const healths = await readHealth(db, { organizationId, since: now - DAY });
  const undelivered = await readUndelivered(
    db,
    endpoints.map(({ id }) => id),
  );
  return endpoints.flatMap((endpoint) => {
    const health = healths.find(({ endpointId }) => endpointId === endpoint.id);
    const trouble = troubleOf(endpoint, health, undelivered.get(endpoint.id));
    return trouble?.isWrong ? [failureOfEndpoint(trouble)] : [];
  });
}
