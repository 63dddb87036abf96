import { contextOf } from "../../db/sealed-places";
import { seal, unseal, type MasterKeys } from "../../lib/seal";
import type { Claim, IdempotencyRow } from "./claim";

/** An answer as it is sent again. */
export type StoredAnswer = { status: number; headers: [string, string][]; body: string };

/** Where and how an answer is kept: sealed, in its row or, if it is large, in R2. */
export type SealedAnswer = { answer: string | null; answerKey: string | null; calls: string[] };

type Deps = { masterKeys: MasterKeys; bucket: R2Bucket };

/** In characters, sealed. */
const MOST_IN_ROW = 32_768;

export const ANSWERS_PREFIX = "idempotency/";

/** Every id of a call, and of what belongs to it, has this part in common. */
const OF_A_CALL = /\b(?:call|task|rec|ana)_([0-9a-hjkmnp-tv-z]{26})/g;

/** Seals an answer. A large one is stored first, under a name that no other run has. */
export async function sealAnswer(
  { masterKeys, bucket }: Deps,
  { id, claim }: Claim,
  path: string,
  answer: StoredAnswer,
): Promise<SealedAnswer> {
  const calls = [...new Set([...`${path} ${answer.body}`.matchAll(OF_A_CALL)].map(([, part = ""]) => part))];
  const sealed = await seal(masterKeys, contextOf("idempotency_keys.answer", id), JSON.stringify(answer));
  if (sealed.length <= MOST_IN_ROW) return { answer: sealed, answerKey: null, calls };
  const answerKey = `${ANSWERS_PREFIX}${id.replace(":", "/")}/${claim}`;
  await bucket.put(answerKey, sealed);
  return { answer: null, answerKey, calls };
}

/** The stored answer; undefined where there is none, or none that opens any more. */
export async function openAnswer({ masterKeys, bucket }: Deps, row: IdempotencyRow): Promise<StoredAnswer | undefined> {
  const sealed = row.answer ?? (row.answerKey && (await (await bucket.get(row.answerKey))?.text()));
  if (!sealed) return undefined;
  try {
    const text = await unseal(masterKeys, contextOf("idempotency_keys.answer", row.id), sealed);
    return JSON.parse(text) as StoredAnswer;
  } catch (cause) {
    console.error(JSON.stringify({ event: "idempotency.unreadable", key: row.id, error: String(cause) }));
    return undefined;
  }
}
