import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import { readTogether, rowsOf, rowsTogether, type Query } from "../db/read-together";
import { campaigns, type PiiKind } from "../db/schema";
import { defaultRedactions } from "../campaigns";
import { directoryOf, directoryQueries, operatorIdOf, type Directory } from "../operators";
import { callQueries, campaignsIn, type CallFile } from "./consequences";
import type { Campaign } from "./place-in-campaign";
import { campaignOf, type CallNotices } from "./call-notices";

/** A call with what hangs on it, as the database has it; `call` is undefined for a new one. */
export type Known = Omit<CallFile, "call" | "rules"> & { call: CallFile["call"] | undefined };

export type Read = {
  known: ReadonlyMap<string, Known>;
  campaigns: readonly Campaign[];
  /** What organizations take out of their calls without a campaign, by id; those left out that take out nothing. */
  defaults: ReadonlyMap<string, readonly PiiKind[]>;
  directory: Directory;
  /** The ids derived from the operators' names that were reported or known, by `organization name`. */
  nameIds: ReadonlyMap<string, string>;
};

/** Reads, at one moment, everything that folding and placing these calls depends on. */
export async function readKnown(db: Database, reported: readonly CallNotices[]): Promise<Read> {
  const callIds = reported.map((one) => one.key.id);
  const nameIds = await nameIdsOf(reported.flatMap((one) => namesReported(one)));
  const directory = directoryQueries({
    operatorIds: [...nameIds.values()],
    references: referencesReported(reported),
    callIds,
  });
  const organizations = valueList([...new Set(reported.map(({ key }) => key.organizationId))]);
  const queries = [
    ...callQueries(callIds),
    campaignsOf(reported),
    defaultRedactions(organizations),
    ...directory,
  ] as const;
  const [callRows, recordingRows, analysisRows, actionRows, campaignRows, defaults, links, references] = rowsTogether(
    await readTogether(db, queries),
    queries,
  );
  const known = new Map<string, Known>();
  for (const { key } of reported) {
    known.set(key.id, {
      call: callRows.find((row) => row.id === key.id),
      recordings: recordingRows.filter((row) => row.callId === key.id),
      analyses: analysisRows.filter((row) => row.callId === key.id),
      actions: actionRows.find((row) => row.callId === key.id),
    });
  }
  const ofKnown = await nameIdsOf(
    callRows.flatMap((row) =>
      row.operatorName === null ? [] : [{ organizationId: row.organizationId, name: row.operatorName }],
    ),
  );
  return {
    known,
    campaigns: campaignRows,
    defaults: new Map(defaults.map(({ id, redact }) => [id, redact ?? []])),
    directory: await withOperators(db, directoryOf(links, references), [...nameIds.values()], [...ofKnown.values()]),
    nameIds: new Map([...ofKnown, ...nameIds]),
  };
}

/** Where the id derived from a name stands among those read. */
export function nameKey(one: { organizationId: string; name: string }): string {
  return `${one.organizationId} ${one.name}`;
}

/** A call whose operator is somebody else by now is known under a name nobody asked for: that takes a second look. */
async function withOperators(
  db: Database,
  directory: Directory,
  asked: readonly string[],
  wanted: readonly string[],
): Promise<Directory> {
  const missing = wanted.filter((id) => !directory.operators.has(id) && !asked.includes(id));
  if (missing.length === 0) return directory;
  const queries = directoryQueries({ operatorIds: missing, references: [], callIds: [] });
  const [links, references] = rowsTogether(await readTogether(db, queries), queries);
  return directoryOf(links, references, directory);
}

function namesReported({ key, notices }: CallNotices) {
  return notices.flatMap(({ facts: { operatorName: name } }) =>
    name ? [{ organizationId: key.organizationId, name }] : [],
  );
}

function referencesReported(reported: readonly CallNotices[]) {
  return reported.flatMap(({ key, notices }) =>
    notices.flatMap(({ facts: { operatorReference: reference } }) =>
      reference ? [{ organizationId: key.organizationId, reference }] : [],
    ),
  );
}

async function nameIdsOf(names: readonly { organizationId: string; name: string }[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const one of names) {
    if (!ids.has(nameKey(one))) ids.set(nameKey(one), await operatorIdOf(one.organizationId, one.name));
  }
  return ids;
}

/** The campaigns that could be meant: by number, by source or account, by choice, and those the calls are in. */
function campaignsOf(reported: readonly CallNotices[]): Query<Campaign> {
  const ids = reported.flatMap((one) => [
    one.sourceCampaignId,
    typeof one.campaign === "object" ? one.campaign.chosen : null,
    ...one.notices.map((notice) => campaignOf(one, notice.facts.account)),
  ]);
  const numbers = reported.flatMap((one) => one.notices.map((notice) => notice.facts.campaignNumber ?? null));
  const organizations = valueList(reported.map((one) => one.key.organizationId));
  const inCalls = campaignsIn(reported.map((one) => one.key.id));
  return rowsOf(
    campaigns,
    sql`WHERE (organization_id IN ${organizations} AND number IN ${valueList(numbers)})
      OR id IN ${valueList(ids)} OR id IN ${inCalls}`,
  );
}
