import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import { may, type Caller } from "../../identity";
import { ok, type Result } from "../../lib/result";
import {
  judgeSources,
  readSourceGuide,
  searchInbound,
  type FoundInbound,
  type SourceGuide,
  type Verdict,
} from "../../sources";

/** What came from a source last, and what state that puts it in. */
export type Arrived = { verdict: Verdict | undefined; rows: readonly FoundInbound[] };

const SHOWN = 5;

type ReadDeps = { db: Database; config: { publicUrl: string }; now(): number };

/** A source with how to connect it and what came last: two or three round trips. */
export async function readSourceParts(
  deps: ReadDeps,
  caller: Caller,
  target: { id: string; campaign?: string },
  origin: string,
): Promise<Result<{ written: SourceGuide; arrived: Arrived }, DomainError>> {
  const { organizationId, reach } = caller;
  const publicUrl = deps.config.publicUrl || origin;
  const [written, rows] = await Promise.all([
    readSourceGuide(deps.db, { organizationId, reach, id: target.id }, publicUrl, target.campaign),
    lastOf(deps.db, caller, target.id),
  ]);
  if (!written.ok) return written;
  const { source } = written.value;
  const verdicts = await judgeSources(deps.db, organizationId, [source], deps.now());
  return ok({ written: written.value, arrived: { verdict: verdicts.get(source.id), rows } });
}

async function lastOf(db: Database, caller: Caller, sourceId: string): Promise<FoundInbound[]> {
  if (!may(caller, "inbound:list")) return [];
  const { organizationId, reach } = caller;
  const found = await searchInbound(db, { organizationId, reach, filter: { sourceId }, limit: SHOWN, order: "newest" });
  // Ids are in the order of arrival only within one sender; what is shown is the time.
  return found.rows.toSorted((one, other) => other.receivedAt - one.receivedAt);
}
