import { inArray, or, sql } from "drizzle-orm";
import {
  planMerge,
  type CallKey,
  type FoldedCall,
  type MergePlan,
  type Notice,
  type Placement,
  writeMerge,
} from "../../calls";
import { changesOf, runBatch, type Database, type Statement } from "../../db/client";
import { analyses, calls, campaigns, recordings } from "../../db/schema";
import { ensureOperator } from "../../operators";
import { expectRecordings, writeExpectation, type Expectation } from "../../recordings";
import { consequencesOfKept, openWorkOf, tellOf, type CallFile, type Consequences } from "../follow-up";

/** Everything one message batch says about one call. */
export type CallNotices = {
  key: CallKey;
  /** The campaign the source is bound to, where notices name none, and those it maps the platform's accounts to. */
  sourceCampaignId: string | null;
  campaignOfAccount: Readonly<Record<string, string>>;
  /** The campaign each sender's key is limited to, null for one that is not. Empty where nobody sent anything. */
  campaignLimits: ReadonlySet<string | null>;
  notices: Notice[];
};

/** `newWriter` makes a token that no other attempt has. */
export type MergeParts = { db: Database; bucket: R2Bucket; newWriter(): string };

type Known = Omit<CallFile, "call" | "autoAnalyze"> & { call: CallFile["call"] | undefined };
type Campaign = typeof campaigns.$inferSelect;
type Merge = { said: CallNotices; plan: MergePlan; statements: Statement[] };

/** A race is lost at most once per competing writer; more than this is a fault that the queue should see. */
const MAX_ROUNDS = 8;

/**
 * Folds the notices into their calls and writes everything that follows in one batch, together with `alongside` (the
 * inbound log). A call that another writer changed meanwhile is read and folded again: no notice is lost, and nothing
 * that depends on a lost write is written. Gives each call's placement for the log.
 */
export async function mergeCalls(
  parts: MergeParts,
  said: readonly CallNotices[],
  alongside: (quarantined: ReadonlyMap<string, string>) => Statement[],
  now: number,
): Promise<void> {
  const { db } = parts;
  let open = said;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const merges = await planAll(parts, open, now);
    const quarantined = new Map(
      merges.flatMap(({ plan: { row } }) => (row.quarantine ? [[row.id, row.quarantine] as const] : [])),
    );
    const extra = round === 0 ? alongside(quarantined) : [];
    const results = await runBatch(db, [...extra, ...merges.flatMap((merge) => merge.statements)]);
    let at = extra.length;
    const lost: CallNotices[] = [];
    for (const { said: one, plan, statements } of merges) {
      if (plan.changed && changesOf(results[at]) === 0) lost.push(one);
      at += statements.length;
    }
    if (lost.length === 0) return;
    open = lost;
  }
  throw new Error(`${open.length} calls were changed by others ${MAX_ROUNDS} times in a row`);
}

async function planAll(parts: MergeParts, said: readonly CallNotices[], now: number): Promise<Merge[]> {
  if (said.length === 0) return [];
  const { known, campaigns: named } = await readKnown(parts.db, said);
  return Promise.all(said.map((one) => planOne(parts, one, known.get(one.key.id), named, now)));
}

async function planOne(
  parts: MergeParts,
  said: CallNotices,
  known: Known | undefined,
  named: readonly Campaign[],
  now: number,
): Promise<Merge> {
  const { db } = parts;
  const replay = said.notices.some((notice) => notice.replay);
  const facts = said.notices.flatMap((notice) => notice.facts.recordings);
  const expectations = await expectRecordings(said.key, known?.recordings ?? [], facts, { now, replay });
  const operators = new Map<string, { id: string; statement: Statement }>();
  const operatorNames = [known?.call?.operatorName, ...said.notices.map((notice) => notice.facts.operatorName)];
  for (const name of operatorNames) {
    if (name) operators.set(name, await ensureOperator(db, { organizationId: said.key.organizationId, name, now }));
  }
  const place = (folded: FoldedCall): Placement => ({
    ...placeInCampaign(folded, said, known?.call, named),
    operatorId: folded.operatorName === null ? null : (operators.get(folded.operatorName)?.id ?? null),
  });
  const plan = planMerge(said.key, known?.call, said.notices, place, {
    now,
    writer: parts.newWriter(),
    touch: expectations.length > 0,
  });
  if (!plan.changed) return { said, plan, statements: [] };
  const operator = plan.row.operatorName === null ? undefined : operators.get(plan.row.operatorName);
  const isNewOperator = operator !== undefined && operator.id !== known?.call?.operatorId;
  const file: CallFile = {
    call: plan.row,
    recordings: recordingsAfter(known?.recordings ?? [], expectations),
    analyses: known?.analyses ?? [],
    autoAnalyze: named.find((campaign) => campaign.id === plan.row.campaignId)?.settings.autoAnalyze ?? false,
  };
  const statements = [
    writeMerge(db, plan, openWorkOf(known ?? { recordings: [], analyses: [] })),
    ...(isNewOperator ? [operator.statement] : []),
    ...expectations.map((expectation) => writeExpectation(db, expectation, plan.guard)),
    ...(await tellOf(parts, file, consequences(db, plan, file, now), plan.guard, now)),
  ];
  return { said, plan, statements };
}

/** The call's own events, and, when it has just left quarantine, what its kept recordings were held back from. */
function consequences(db: Database, plan: MergePlan, file: CallFile, now: number): Consequences {
  const released = plan.known !== undefined && plan.known.quarantine !== null && plan.row.quarantine === null;
  const kept = released ? file.recordings.filter((recording) => recording.state === "completed") : [];
  const held = kept.map((recording) => consequencesOfKept(db, file, recording, plan.guard, now));
  return { facts: [...plan.events, ...held.flatMap((one) => one.facts)], rows: held.flatMap((one) => one.rows) };
}

function placeInCampaign(
  folded: FoldedCall,
  said: CallNotices,
  known: CallFile["call"] | undefined,
  named: readonly Campaign[],
): Omit<Placement, "operatorId"> {
  const ofOrganization = named.filter((campaign) => campaign.organizationId === said.key.organizationId);
  const bound = campaignOf(said, folded.account);
  const campaign =
    folded.campaignNumber === null
      ? ofOrganization.find((one) => one.id === bound)
      : ofOrganization.find((one) => one.number === folded.campaignNumber);
  const { campaignLimits: limits } = said;
  // One sender who may is enough, as it is when each notice comes in a batch of its own.
  const allowed = limits.size === 0 || limits.has(null) || (campaign !== undefined && limits.has(campaign.id));
  if (campaign && allowed) return { campaignId: campaign.id, quarantine: null };
  // A call that has its campaign keeps it, whatever number nobody knows a later notice may carry.
  if (known && known.campaignId !== null) return { campaignId: known.campaignId, quarantine: known.quarantine };
  if (campaign) return { campaignId: null, quarantine: "campaign_not_allowed" };
  return { campaignId: null, quarantine: folded.campaignNumber === null ? "no_campaign" : "unknown_campaign" };
}

/** The campaign a source puts the calls of an account into, where they name none themselves. */
function campaignOf(
  said: Pick<CallNotices, "sourceCampaignId" | "campaignOfAccount">,
  account: string | null | undefined,
): string | null {
  const mapped = typeof account === "string" && Object.hasOwn(said.campaignOfAccount, account);
  return (mapped ? said.campaignOfAccount[account] : undefined) ?? said.sourceCampaignId;
}

function recordingsAfter(known: CallFile["recordings"], expectations: readonly Expectation[]): CallFile["recordings"] {
  const rows = new Map(known.map((row) => [row.id, row]));
  for (const { row } of expectations) rows.set(row.id, row);
  return [...rows.values()];
}

async function readKnown(db: Database, said: readonly CallNotices[]) {
  const callIds = JSON.stringify(said.map((one) => one.key.id));
  const among = sql`(SELECT value FROM json_each(${callIds}))`;
  const bound = said.flatMap((one) => [
    one.sourceCampaignId,
    ...one.notices.map((notice) => campaignOf(one, notice.facts.account)),
  ]);
  const numbers = said.flatMap((one) => one.notices.map((notice) => notice.facts.campaignNumber ?? null));
  const [callRows, recordingRows, analysisRows, campaignRows] = await db.batch([
    db.select().from(calls).where(inArray(calls.id, among)),
    db.select().from(recordings).where(inArray(recordings.callId, among)),
    db.select().from(analyses).where(inArray(analyses.callId, among)),
    db
      .select()
      .from(campaigns)
      .where(
        or(
          sql`${campaigns.organizationId} IN (SELECT value FROM json_each(${JSON.stringify([...new Set(said.map((one) => one.key.organizationId))])}))
            AND ${campaigns.number} IN (SELECT value FROM json_each(${JSON.stringify([...new Set(numbers)])}))`,
          inArray(campaigns.id, sql`(SELECT value FROM json_each(${JSON.stringify([...new Set(bound)])}))`),
          inArray(campaigns.id, db.select({ id: calls.campaignId }).from(calls).where(inArray(calls.id, among))),
        ),
      ),
  ]);
  const known = new Map<string, Known>();
  for (const { key } of said) {
    known.set(key.id, {
      call: callRows.find((row) => row.id === key.id),
      recordings: recordingRows.filter((row) => row.callId === key.id),
      analyses: analysisRows.filter((row) => row.callId === key.id),
    });
  }
  return { known, campaigns: campaignRows };
}
