/**
 * The failures a verb can answer with. No transport in here: `api/problem.ts` and the pages each map them once.
 * "not_found" also stands for "belongs to another organization": the two must look alike.
 */
export type DomainError =
  | { kind: "not_found"; what: string }
  | { kind: "invalid"; fields: { field: string; message: string }[] }
  | { kind: "conflict"; message: string }
  | { kind: "unauthenticated"; message: string }
  | { kind: "forbidden"; message: string };

export function notFound(what: string): DomainError {
  return { kind: "not_found", what };
}

export function invalid(field: string, message: string): DomainError {
  return { kind: "invalid", fields: [{ field, message }] };
}
