import type { FieldError } from "./lib/field-issues";

/**
 * The failures that a function can return. Independent of HTTP: `api/problem.ts` and the pages each map them once.
 * "not_found" also means "belongs to another organization": the two must look the same.
 */
export type DomainError =
  | { kind: "not_found"; what: string }
  | { kind: "invalid"; fields: FieldError[] }
  | { kind: "conflict"; message: string }
  | { kind: "unauthenticated"; message: string }
  | { kind: "forbidden"; message: string }
  /** The caller is known, but lacks this permission (identity/permissions.ts). */
  | { kind: "permission_missing"; permission: string }
  /** The person has to prove again who they are, because it was too long ago for this act. */
  | { kind: "confirmation_required" }
  /** The person's organization requires a second factor, and they have none. */
  | { kind: "second_factor_required" }
  /** Tried too often; `retryAfter` in seconds. */
  | { kind: "too_many"; message: string; retryAfter: number };

export function notFound(what: string): DomainError {
  return { kind: "not_found", what };
}

export function invalid(field: string, message: string): DomainError {
  return { kind: "invalid", fields: [{ field, message }] };
}
