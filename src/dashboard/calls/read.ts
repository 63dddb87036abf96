import { listAnalyses, unpackTalkStrip, type AnalysisRow } from "../../analysis";
import type { CallFilter, CallHead, CallPosition, ScannedPage } from "../../calls";
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
import type { Strip } from "../../ui/components/talk-strip";
import { findOrList } from "./find";

/** A call as a row shows it. */
export type ListedCall = {
  call: CallHead;
  recordings: readonly RecordingRow[];
  analyses: readonly AnalysisRow[];
  /** Where this visitor may listen to it; null where there is nothing, or they may not. */
  audio: string | null;
};

export type CallList = Omit<ScannedPage<ListedCall>, "rows"> & {
  rows: ListedCall[];
  campaigns: readonly CampaignRow[];
  /** Where the next page begins; null at the end. */
  next: CallPosition | null;
};

const MOST_CAMPAIGNS = 500;
/** More recordings than a page of calls has. */
const MOST_PARTS = 500;

/** A link in a page works so long. */
const LINK_LIFETIME = 12 * HOUR;

type ListDeps = { db: Database; search: D1Database | null; masterKeys: MasterKeys; now(): number };

/** A page of calls with what their rows show of recordings and analyses: two round trips. */
export async function readCallList(
  deps: ListDeps,
  caller: Caller,
  query: { filter: CallFilter; limit: number; after?: CallPosition },
): Promise<CallList> {
  const { organizationId, reach } = caller;
  const { limit } = query;
  const [{ rows: found, scannedTo }, campaigns] = await Promise.all([
    findOrList(deps, { organizationId, reach }, { ...query, limit: limit + 1 }),
    campaignsFor(deps.db, caller),
  ]);
  const calls = found.slice(0, limit);
  const last = calls.at(-1);
  const next = found.length > limit && last ? { startedAt: last.startedAt, id: last.id } : scannedTo;
  if (calls.length === 0) return { rows: [], scannedTo, campaigns, next };
  const ofCalls = { organizationId, reach, filter: { callIds: calls.map(({ id }) => id) }, limit: MOST_PARTS };
  const [recordings, analyses] = await Promise.all([listRecordings(deps.db, ofCalls), listAnalyses(deps.db, ofCalls)]);
  const links = await playbackLinks(
    deps,
    caller,
    recordings.rows.map((row) => row.recording),
  );
  return {
    rows: calls.map((call) => {
      const own = recordings.rows.map((row) => row.recording).filter(({ callId }) => callId === call.id);
      return {
        call,
        recordings: own,
        analyses: analyses.rows.map((row) => row.analysis).filter(({ callId }) => callId === call.id),
        audio: own.map(({ id }) => links.get(id)).find((link) => link !== undefined) ?? null,
      };
    }),
    scannedTo,
    campaigns,
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
