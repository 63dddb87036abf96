import type { Claim } from "./claim";
import type { SealedAnswer } from "./answer";

type Binding = Pick<D1Database, "prepare">;

// They go into batches of the request itself, each followed by a check that it changed a row: where another run took the
// key over, nothing is written.

/** Marks that something was changed. */
export function markActed(binding: Binding, { id, claim }: Claim): D1PreparedStatement {
  return binding.prepare("UPDATE idempotency_keys SET acted = 1 WHERE id = ? AND claim = ?").bind(id, claim);
}

/** Stores the answer. */
export function storeAnswer(
  binding: Binding,
  { id, claim }: Claim,
  { answer, answerKey, calls }: SealedAnswer,
  fingerprint: string | null,
): D1PreparedStatement {
  return binding
    .prepare(
      `UPDATE idempotency_keys SET acted = 1, fingerprint = ?, answer = ?, answer_key = ?, calls = ?
        WHERE id = ? AND claim = ?`,
    )
    .bind(fingerprint, answer, answerKey, JSON.stringify(calls), id, claim);
}
