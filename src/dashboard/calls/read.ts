import { listAnalyses, spokenOfCalls, unpackTalkStrip, type AnalysisRow, type Spoken } from "../../analysis";
import { readConversations, type CallHead, type CallPosition, type ScannedPage } from "../../calls";
import { listCampaigns, type CampaignRow } from "../../campaigns";
import type { Database } from "../../db/client";
import { isLimited, may, type Caller } from "../../identity";
import type { MasterKeys } from "../../lib/seal";
import { HOUR } from "../../lib/time";
import {
  LIMITED_LINK_LIFETIME,
  listRecordings,
  playbackKey,
  signPlaybackLink,
  type RecordingRow,
} from "../../recordings";
import { findOrList, firstSaid, type FoundBy } from "../../search";
import { listSources } from "../../sources";
import type { Strip } from "../../ui/components/talk-strip";

/** A call as a row shows it. */
export type ListedCall = {
  call: CallHead;
  recordings: readonly RecordingRow[];
  analyses: readonly AnalysisRow[];
  /** Where this visitor may listen to it; null where there is nothing, or they may not. */
  audio: string | null;
  /** What was said of what the list was searched for. */
  said: Spoken | null;
};

export type CallList = Omit<ScannedPage<ListedCall>, "rows"> & {
  rows: ListedCall[];
  campaigns: readonly CampaignRow[];
  sources: readonly { id: string; name: string }[];
  /** Where the next page begins; null at the end. */
  next: CallPosition | null;
};

const MOST_CAMPAIGNS = 500;
const MOST_SOURCES = 200;
/** More recordings than a page of calls has. */
const MOST_PARTS = 500;

/** A link in a page works so long. */
const LINK_LIFETIME = 12 * HOUR;

type ListDeps = {
  db: Database;
  search: D1Database | null;
  bucket: R2Bucket;
  masterKeys: MasterKeys;
  now(): number;
};

/** A page of calls with what their rows show of recordings and analyses: two round trips. */
export async function readCallList(
  deps: ListDeps,
  caller: Caller,
  query: { filter: FoundBy; limit: number; after?: CallPosition },
): Promise<CallList> {
  const { organizationId, reach } = caller;
  const { limit } = query;
  const text = query.filter.text;
  const [{ rows: found, scannedTo }, campaigns, sources] = await Promise.all([
    findOrList(deps, { organizationId, reach }, { ...query, limit: limit + 1 }),
    campaignsFor(deps.db, caller),
    may(caller, "sources:read") ? listSources(deps.db, { organizationId, reach, limit: MOST_SOURCES }) : [],
  ]);
  const calls = found.slice(0, limit);
  const last = calls.at(-1);
  const next = found.length > limit && last ? { startedAt: last.startedAt, id: last.id } : scannedTo;
  if (calls.length === 0) return { rows: [], scannedTo, campaigns, sources, next };
  const ids = calls.map(({ id }) => id);
  const ofCalls = { organizationId, reach, filter: { callIds: ids }, limit: MOST_PARTS };
  const [recordings, analyses, conversations] = await Promise.all([
    listRecordings(deps.db, ofCalls),
    listAnalyses(deps.db, ofCalls),
    text === undefined ? [] : readConversations(deps.db, { organizationId, reach, ids }),
  ]);
  const analysisRows = analyses.rows.map((row) => row.analysis);
  const [links, spoken] = await Promise.all([
    playbackLinks(
      deps,
      caller,
      recordings.rows.map((row) => row.recording),
    ),
    text === undefined ? null : spokenOfCalls(deps.bucket, analysisRows, conversations),
  ]);
  return {
    rows: calls.map((call) => {
      const own = recordings.rows.map((row) => row.recording).filter(({ callId }) => callId === call.id);
      return {
        call,
        recordings: own,
        analyses: analysisRows.filter(({ callId }) => callId === call.id),
        audio: own.map(({ id }) => links.get(id)).find((link) => link !== undefined) ?? null,
        said: text === undefined ? null : firstSaid(spoken?.get(call.id) ?? [], text),
      };
    }),
    scannedTo,
    campaigns,
    sources,
    next,
  };
}

/** The campaigns whose names this visitor may know, archived ones too. */
export async function campaignsFor(db: Database, caller: Caller): Promise<readonly CampaignRow[]> {
  const { organizationId, reach } = caller;
  return may(caller, "campaigns:read") ? listCampaigns(db, { organizationId, reach, limit: MOST_CAMPAIGNS }) : [];
}

/**
 * Links to the audio by the recording's id, on this deployment's own host: the policy of pages allows no other. None
 * without the permission to listen.
 */
export async function playbackLinks(
  { masterKeys, now }: Pick<ListDeps, "masterKeys" | "now">,
  caller: Caller,
  recordings: readonly RecordingRow[],
): Promise<Map<string, string>> {
  if (!may(caller, "recordings:play")) return new Map();
  const signingKey = await playbackKey(masterKeys);
  const expiresAt = now() + (isLimited(caller.reach) ? LIMITED_LINK_LIFETIME : LINK_LIFETIME);
  const links = recordings
    .filter(({ state }) => state === "completed")
    .map(async ({ id, organizationId }) => {
      const link = await signPlaybackLink({ publicUrl: "", organizationId, recordingId: id, expiresAt, signingKey });
      return [id, link] as const;
    });
  return new Map(await Promise.all(links));
}

/** A stored talk strip as the component takes it. */
export function stripOf(packed: string | null): Strip | null {
  const strip = unpackTalkStrip(packed);
  if (strip === null) return null;
  return strip.parties === "together"
    ? { anyone: strip.anyone }
    : { operator: strip.operator, customer: strip.customer };
}
