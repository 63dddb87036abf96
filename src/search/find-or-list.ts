import { listCallLines, type CallFilter, type CallLine, type CallPosition, type ScannedPage } from "../calls";
import type { Within } from "../identity";
import { isJudged, type VerdictFilter } from "../quality";
import { callIdsOf } from "../sources";
import { findCallLines, type FoundCalls, type SearchDeps } from "./find-calls";
import type { SearchFilter } from "./query";

/** What calls are found by: the filters of their list, what reviews of them came to, and what the index alone knows. */
export type FoundBy = CallFilter &
  Pick<SearchFilter, "text" | "risk" | "scores" | "topic"> & { verdict?: VerdictFilter };

export type FindQuery = { filter: FoundBy; limit: number; after?: CallPosition };

/**
 * Words are found in the index, where the deployment has one and it is complete; else, as every other filter, call after
 * call, by number or operator alone. A text that is a platform's own id of calls finds them as well. Risk, scores and topics
 * are found in the index or not at all. `number` and `search` are not for calls of the index.
 */
export async function findOrList(deps: SearchDeps, within: Within, query: FindQuery): Promise<ScannedPage<CallLine>> {
  const { text, risk, scores, topic, ...listed } = query.filter;
  const isGraded = risk !== undefined || scores !== undefined || topic !== undefined;
  if (text === undefined || isGraded) return findByWords(deps, within, query);
  const [found, named] = await Promise.all([
    findByWords(deps, within, query),
    findByPlatformId(deps, within, { ...query, filter: listed }, text),
  ]);
  return named.length === 0 ? found : mergedPage(found, named, query.limit);
}

async function findByWords(deps: SearchDeps, within: Within, query: FindQuery): Promise<ScannedPage<CallLine>> {
  const { filter, after, limit } = query;
  const { text, risk, scores, topic, verdict, ...listed } = filter;
  const also = verdict && isJudged(verdict);
  const isGraded = risk !== undefined || scores !== undefined || topic !== undefined;
  if (text === undefined && !isGraded) return listCallLines(deps.db, { ...within, ...query, filter: listed, also });
  const found = await findCallLines(deps, { ...within, ...searchOf(filter), also, limit, ...(after ? { after } : {}) });
  if (found.ok && (found.value.complete || isGraded)) return scannedPageOf(found.value, limit);
  if (text === undefined || isGraded) return { rows: [], scannedTo: null };
  return listCallLines(deps.db, { ...within, ...query, filter: { ...listed, search: text }, also });
}

/** What somebody pastes as an id: one word, not one that is typed on the way to another. */
const PASTED_ID = /^[^\s"]{4,200}$/;

/**
 * The calls of which a text is the platform's own id, newest first: by their key, made of the id and of each source. Reads
 * the sources of the organization, and no call but those found.
 */
async function findByPlatformId(
  { db }: SearchDeps,
  within: Within,
  query: FindQuery,
  text: string,
): Promise<readonly CallLine[]> {
  if (!PASTED_ID.test(text)) return [];
  const { verdict, sourceId, ...filter } = query.filter;
  const ids = await callIdsOf(db, { organizationId: within.organizationId, externalId: text, sourceId });
  if (ids.length === 0) return [];
  const also = verdict && isJudged(verdict);
  const { rows } = await listCallLines(db, { ...within, ...query, filter: { ...filter, sourceId, ids }, also });
  return rows;
}

/** Calls that were found in two ways, in the order of the list. Those behind the end of a page are on the next one. */
function mergedPage(found: ScannedPage<CallLine>, named: readonly CallLine[], limit: number): ScannedPage<CallLine> {
  const end = found.rows.length < limit ? found.scannedTo : (found.rows.at(-1) ?? null);
  const known = new Set(found.rows.map(({ id }) => id));
  const more = named.filter((call) => !known.has(call.id) && (end === null || isNewer(call, end)));
  const rows = [...found.rows, ...more].toSorted((one, other) => (isNewer(one, other) ? -1 : 1)).slice(0, limit);
  return { rows, scannedTo: rows.length < limit ? found.scannedTo : null };
}

function isNewer(one: CallPosition, other: CallPosition): boolean {
  return one.startedAt === other.startedAt ? one.id > other.id : one.startedAt > other.startedAt;
}

/** A call that the index has and that is not of the list leaves a page shorter, even empty, and not the last. */
function scannedPageOf({ calls: rows, last }: FoundCalls<CallLine>, limit: number): ScannedPage<CallLine> {
  return { rows, scannedTo: rows.length < limit ? last : null };
}

function searchOf({ from, to, sourceId, flag, quarantined, teamId, ...asked }: FoundBy) {
  const { text, campaignId, operatorId, state, direction, tag, topic, risk, scores } = asked;
  const filter = { text, campaignId, operatorId, state, direction, tag, topic, risk, scores };
  const marked = {
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(flag === undefined ? {} : { flag }),
    ...(quarantined === undefined ? {} : { quarantined }),
    ...(teamId === undefined ? {} : { teamId }),
  };
  return { filter, marked, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
