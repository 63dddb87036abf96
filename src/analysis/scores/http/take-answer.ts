import { and, eq, sql } from "drizzle-orm";
import { callIdOfAnalysis } from "../../../calls";
import type { Database } from "../../../db/client";
import { analyses } from "../../../db/schema";
import { fromHex, verifyHmac } from "../../../lib/hmac";
import { err, ok, type Result } from "../../../lib/result";
import type { MasterKeys } from "../../../lib/seal";
import { MINUTE, SECOND } from "../../../lib/time";
import { loadEngineKey } from "../../load-engine";
import { isOpenRun, runsOf } from "../../engine-run";
import { readAnswerLink } from "./answer-link";
import { engineAnswer } from "./contract";
import { keepAnswer } from "./kept-answer";

/** Why an answer of an engine is not taken. */
export type RefusedAnswer = "invalid" | "expired" | "forged" | "stale" | "unreadable" | "ended" | "replayed";

type TakeDeps = { db: Database; bucket: R2Bucket; masterKeys: MasterKeys; now(): number };
type Given = { analysisId: string; query: Readonly<Record<string, string>>; signature: string | null; body: string };

const TOLERANCE = 5 * MINUTE;

/** Takes what an engine answers to the address it was given, once. The analysis is worked on again by this. */
export async function takeAnswer(
  deps: TakeDeps,
  { analysisId, query, signature, body }: Given,
): Promise<Result<{ organizationId: string; callId: string; analysisId: string }, RefusedAnswer>> {
  const { db, bucket, masterKeys } = deps;
  const now = deps.now();
  const link = await readAnswerLink(analysisId, query, masterKeys, now);
  if (!link.ok) return link;
  const { organizationId, engine, run } = link.value;
  const key = await loadEngineKey(deps, { organizationId, name: engine });
  const proof = key === null ? err("forged" as const) : await verify(key, signature, body, now);
  if (!proof.ok) return proof;
  const answer = readBody(body);
  if (!answer) return err("unreadable");
  const callId = callIdOfAnalysis(analysisId);
  const named = and(
    eq(analyses.callId, callId),
    eq(analyses.id, analysisId),
    eq(analyses.organizationId, organizationId),
  );
  const row = await db.select().from(analyses).where(named).get();
  const waits = row && runsOf(row).find((one) => one.engine === engine && one.claimsBefore === run);
  if (!row || !waits || !isOpenRun(waits) || row.state !== "pending") return err("ended");
  const isFirst = await keepAnswer(bucket, link.value, answer);
  // Also where it is known: a crash may have come after the answer was kept, and the engine then sends it again.
  await db
    .update(analyses)
    .set({ dueAt: now })
    .where(and(named, sql`state = 'pending'`, sql`due_at > ${now}`));
  return isFirst ? ok({ organizationId, callId, analysisId }) : err("replayed");
}

async function verify(
  key: string,
  header: string | null,
  body: string,
  now: number,
): Promise<Result<undefined, RefusedAnswer>> {
  const [, seconds = "", hex = ""] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? "") ?? [];
  const signature = fromHex(hex);
  if (!signature || seconds === "") return err("forged");
  if (!(await verifyHmac("SHA-256", key, new TextEncoder().encode(`${seconds}.${body}`), signature)))
    return err("forged");
  return Math.abs(Number(seconds) * SECOND - now) <= TOLERANCE ? ok(undefined) : err("stale");
}

function readBody(body: string) {
  try {
    const read = engineAnswer.safeParse(JSON.parse(body));
    return read.success && (read.data.channels || read.data.error) ? read.data : undefined;
  } catch {
    return undefined;
  }
}
