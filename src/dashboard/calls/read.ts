import { listAnalysisLines, spokenOfCalls, unpackTalkStrip, type AnalysisLine, type Spoken } from "../../analysis";
import { readConversations, type CallLine, type CallPosition, type ScannedPage } from "../../calls";
import { listCampaigns, readRedactions, type CampaignRow } from "../../campaigns";
import type { Database } from "../../db/client";
import { isLimited, listTeams, may, MAX_TEAMS, type Caller } from "../../identity";
import { addNewest } from "../../lib/newest";
import type { MasterKeys } from "../../lib/seal";
import { HOUR } from "../../lib/time";
import {
  gatesAmong,
  LIMITED_LINK_LIFETIME,
  listRecordingLines,
  playbackKey,
  signPlaybackLink,
  type RecordingLine,
} from "../../recordings";
import {
  listReviewerIds,
  listWorst,
  readOpenAlerts,
  readVerdicts,
  type AlertRow,
  type Verdict,
  type WorstPosition,
} from "../../quality";
import { namesAskedFor, namesOfReports } from "../../reports";
import { findOrList, firstSaid, type FoundBy, type SearchDeps } from "../../search";
import { listSources } from "../../sources";
import type { Strip } from "../../ui/components/talk-strip";

/** A call as a row shows it. */
export type ListedCall = {
  call: CallLine;
  recordings: readonly RecordingLine[];
  analyses: readonly AnalysisLine[];
  /** Where this visitor may listen to it; null where there is nothing, it is held back, or they may not. */
  audio: string | null;
  /** Whether there is a recording that is held back, and none that may be heard. */
  isHeld: boolean;
  /** What was said of what the list was searched for. */
  said: Spoken | null;
  /** What reviews of it came to; null where nothing is known yet, or the visitor may not read it. */
  verdict: Verdict | null;
  /** The rules that an open alert of it rests on. */
  fired: readonly string[];
};

export type CallList = Omit<ScannedPage<ListedCall>, "rows"> & {
  rows: ListedCall[];
  campaigns: readonly CampaignRow[];
  sources: readonly { id: string; name: string }[];
  /** The names of teams by id: none for those who may not read teams. */
  teams: ReadonlyMap<string, string>;
  /** The names of the team and the reviewer that the list is filtered by, as far as the visitor may know of them. */
  asked: ReadonlyMap<string, string>;
  /** The names of those who ever reviewed a call of the organization, by id. */
  reviewers: ReadonlyMap<string, string>;
  /** Where the next page begins; null at the end. */
  next: CallPosition | WorstPosition | null;
};

export type CallListQuery = { filter: FoundBy; limit: number } & (
  | { order: "newest"; after?: CallPosition | undefined }
  | { order: "worst"; after?: WorstPosition | undefined }
);

const MOST_CAMPAIGNS = 500;
const MOST_SOURCES = 200;
/** More recordings than a page of calls has. */
const MOST_PARTS = 500;

/** A link in a page works so long, or up to a quarter less: within one, links stay the same, and browsers have the audio still. */
const LINK_LIFETIME = 12 * HOUR;
const LINKS_STAY = 1 / 4;

type ListDeps = {
  db: Database;
  search: D1Database | null;
  bucket: R2Bucket;
  masterKeys: MasterKeys;
  now(): number;
};

/** A page of calls with what their rows show of recordings, analyses and reviews: two round trips. */
export async function readCallList(deps: ListDeps, caller: Caller, query: CallListQuery): Promise<CallList> {
  const { organizationId, reach } = caller;
  const text = query.filter.text;
  const { teamId: team, verdict } = query.filter;
  const asks = { team, reviewer: verdict?.reviewerId };
  // Beside all else that is read here: it takes two of the same round trips.
  const askedNames = namesAskedFor(deps.db, { organizationId, reach }, asks, deps.now());
  const [{ calls, scannedTo, next }, campaigns, sources, reviewerIds, teams] = await Promise.all([
    findPage(deps, caller, query),
    campaignsFor(deps.db, caller),
    may(caller, "sources:read") ? listSources(deps.db, { organizationId, reach, limit: MOST_SOURCES }) : [],
    may(caller, "reviews:read") ? listReviewerIds(deps.db, organizationId) : [],
    teamsFor(deps.db, caller),
  ]);
  const named = namesOfReports(deps.db, organizationId, { reviewer: reviewerIds });
  const known = { scannedTo, campaigns, sources, teams, next };
  if (calls.length === 0) return { rows: [], ...known, asked: await askedNames, reviewers: await named };
  const ids = calls.map(({ id }) => id);
  const ofCalls = { organizationId, reach, filter: { callIds: ids }, limit: MOST_PARTS };
  const [recordings, analyses, redactions, conversations, verdicts, alerts, reviewers] = await Promise.all([
    listRecordingLines(deps.db, ofCalls),
    listAnalysisLines(deps.db, ofCalls),
    readRedactions(deps.db, organizationId),
    text === undefined ? [] : readConversations(deps.db, { organizationId, reach, ids }),
    may(caller, "reviews:read") ? readVerdicts(deps.db, { organizationId, reach, callIds: ids }) : NO_VERDICTS,
    may(caller, "alerts:read") ? readOpenAlerts(deps.db, { organizationId, reach, callIds: ids }) : [],
    named,
  ]);
  const analysisRows = analyses.rows.map((row) => row.analysis);
  const kept = recordings.rows.map((row) => row.recording).filter(({ state }) => state === "completed");
  const gates = gatesAmong(redactions, calls, kept, analysisRows);
  const isHeld = ({ id }: RecordingLine) => gates.get(id)?.kind === "held";
  const [links, spoken] = await Promise.all([
    playbackLinks(
      deps,
      caller,
      kept.filter((one) => !isHeld(one)),
    ),
    text === undefined ? null : spokenOfCalls(deps.bucket, analysisRows, conversations),
  ]);
  return {
    rows: calls.map((call) => {
      const own = recordings.rows.map((row) => row.recording).filter(({ callId }) => callId === call.id);
      const audio = own.map(({ id }) => links.get(id)).find((link) => link !== undefined) ?? null;
      return {
        call,
        recordings: own,
        analyses: analysisRows.filter(({ callId }) => callId === call.id),
        audio,
        isHeld: audio === null && own.some(isHeld),
        said: text === undefined ? null : firstSaid(spoken?.get(call.id) ?? [], text),
        verdict: verdicts.get(call.id) ?? null,
        fired: alerts.filter(({ callId }) => callId === call.id).flatMap(({ fired }) => rulesIn(fired)),
      };
    }),
    ...known,
    asked: await askedNames,
    reviewers,
  };
}

const NO_VERDICTS: ReadonlyMap<string, Verdict> = new Map();

/** The names of the rules that fired; what a platform said has none. */
function rulesIn(fired: AlertRow["fired"]): string[] {
  return fired.flatMap(({ rule }) => rule?.name ?? []);
}

export type FoundPage = { calls: readonly CallLine[] } & Pick<CallList, "scannedTo" | "next">;

/** A page of the calls of a list, without what their rows show. */
export async function findPage(
  deps: SearchDeps,
  { organizationId, reach }: Caller,
  query: CallListQuery,
): Promise<FoundPage> {
  const { filter } = query;
  if (query.order === "worst") {
    const { verdict, text: _, risk: __, scores: ___, ...listed } = filter;
    const wanted = { filter: listed, limit: query.limit, verdict, after: query.after };
    return { ...(await listWorst(deps.db, { organizationId, reach, ...wanted })), scannedTo: null };
  }
  const { after } = query;
  const { rows, scannedTo } = await findOrList(
    deps,
    { organizationId, reach },
    { filter, limit: query.limit + 1, ...(after && { after }) },
  );
  const calls = rows.slice(0, query.limit);
  const last = calls.at(-1);
  const next = rows.length > query.limit && last ? { startedAt: last.startedAt, id: last.id } : scannedTo;
  return { calls, scannedTo, next };
}

async function teamsFor(db: Database, caller: Caller): Promise<ReadonlyMap<string, string>> {
  if (!may(caller, "teams:read")) return new Map();
  const teams = await listTeams(db, { organizationId: caller.organizationId, limit: MAX_TEAMS });
  return new Map(teams.map(({ id, name }) => [id, name]));
}

/** The campaigns whose names this visitor may know, archived ones too. */
export async function campaignsFor(db: Database, caller: Caller): Promise<readonly CampaignRow[]> {
  const { organizationId, reach } = caller;
  return may(caller, "campaigns:read") ? listCampaigns(db, { organizationId, reach, limit: MOST_CAMPAIGNS }) : [];
}

/** Links that this isolate has signed lately, by the key: whoever looks at a list looks at it again. */
const signedLinks = new WeakMap<object, Map<string, string>>();
const LINKS_KEPT = 2_000;

function signedBy(key: object): Map<string, string> {
  const known = signedLinks.get(key) ?? new Map<string, string>();
  signedLinks.set(key, known);
  return known;
}

/**
 * Links to the audio by the recording's id, on this deployment's own host: the policy of pages allows no other. None
 * without the permission to listen.
 */
export async function playbackLinks(
  { masterKeys, now }: Pick<ListDeps, "masterKeys" | "now">,
  caller: Caller,
  recordings: readonly RecordingLine[],
): Promise<Map<string, string>> {
  if (!may(caller, "recordings:play")) return new Map();
  const signingKey = await playbackKey(masterKeys);
  const signed = signedBy(signingKey);
  const lifetime = isLimited(caller.reach) ? LIMITED_LINK_LIFETIME : LINK_LIFETIME;
  const step = lifetime * LINKS_STAY;
  const expiresAt = Math.floor((now() + lifetime) / step) * step;
  const links = recordings
    .filter(({ state }) => state === "completed")
    .map(async ({ id, organizationId }) => {
      const name = `${organizationId} ${id} ${expiresAt}`;
      const known = signed.get(name);
      const link =
        known ?? (await signPlaybackLink({ publicUrl: "", organizationId, recordingId: id, expiresAt, signingKey }));
      addNewest(signed, name, link, LINKS_KEPT);
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
