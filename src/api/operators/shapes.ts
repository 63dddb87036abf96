import { z } from "@hono/zod-openapi";
import type { Database } from "../../db/client";
import { toIso } from "../../lib/time";
import { MAX_REFERENCE, referencesOf, type MoveRow, type OperatorRow } from "../../operators";
import { SECURED } from "../security";

export const common = { tags: ["Operators"], security: SECURED };

/** `platform:kind:id`: the id as the platform writes it, the rest in lower case. */
export const reference = z
  .string()
  .max(MAX_REFERENCE)
  .regex(
    /^[a-z0-9_.-]+:[a-z0-9_.-]+:[^\p{C}\p{Z}](?:[^\p{C}]*[^\p{C}\p{Z}])?$/u,
    "must be platform:kind:id, such as net2phone:user:42",
  )
  // The document's pattern is for readers without Unicode classes.
  .openapi({ example: "net2phone:user:42", pattern: "^[a-z0-9_.-]+:[a-z0-9_.-]+:.+$" });

export const operator = z
  .object({
    id: z.string(),
    name: z.string(),
    needs_review: z.boolean().describe("The name is only digits: a person should enter the real name."),
    references: z
      .array(z.string())
      .describe("Their identifiers in other systems, as platform:kind:id. They outrank names."),
    merged_into: z.string().nullable().describe("The operator this one was merged into, who gets the calls of both."),
    created_at: z.iso.datetime(),
  })
  .openapi("Operator", {
    example: {
      id: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x",
      name: "Lucía Fernández",
      needs_review: false,
      references: ["net2phone:user:42"],
      merged_into: null,
      created_at: "2026-08-20T14:00:00.000Z",
    },
  });

export const move = z
  .object({
    id: z.string(),
    kind: z.enum(["merge", "undo", "reference"]),
    state: z.enum(["open", "completed"]),
    from: z.string().describe("The operator, or for `reference` the reference, whose calls are read."),
    into: z.string().describe("The operator who may get them."),
    moved: z.number().int().describe("Calls that changed their operator so far."),
    created_at: z.iso.datetime(),
    completed_at: z.iso.datetime().nullable(),
  })
  .openapi("OperatorMove", {
    example: {
      id: "opm_01k3a7w8q0m4x2c9v5b6n7p8r1",
      kind: "merge",
      state: "open",
      from: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x",
      into: "opr_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      moved: 0,
      created_at: "2026-08-20T14:00:00.000Z",
      completed_at: null,
    },
  });

/** The public shapes of operators of one organization, with their references. */
export async function viewOperators(
  db: Database,
  organizationId: string,
  rows: readonly OperatorRow[],
): Promise<z.infer<typeof operator>[]> {
  const references = await referencesOf(
    db,
    organizationId,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    needs_review: row.needsReview,
    references: references.get(row.id) ?? [],
    merged_into: row.mergedInto,
    created_at: toIso(row.createdAt),
  }));
}

/** The public shape of one operator. */
export async function viewOperator(db: Database, row: OperatorRow): Promise<z.infer<typeof operator>> {
  const [view] = await viewOperators(db, row.organizationId, [row]);
  if (!view) throw new Error("one row gives one view");
  return view;
}

export function viewMove(row: MoveRow): z.infer<typeof move> {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    from: row.fromId,
    into: row.intoId,
    moved: row.moved,
    created_at: toIso(row.createdAt),
    completed_at: toIso(row.completedAt),
  };
}
