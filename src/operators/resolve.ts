import { sql, type SQL } from "drizzle-orm";
import { referenceKey, type Directory } from "./directory";
import { MAX_REFERENCE } from "./references";

/** The operator of a call as its notices name it. `nameId` is the id derived from the name, null without a name. */
export type OperatorMention = { organizationId: string; nameId: string | null; reference: string | null };

export type Resolution = {
  /** The call's operator, or null while none is known. */
  operatorId: string | null;
  /** The operator of the name does not exist yet and is to be created. */
  isNew: boolean;
  /** A reference that is not assigned yet, and the operator of the name, if any, to whom it is assigned now. */
  newReference: { reference: string; operatorId: string | null } | null;
  /** SQL that is true while reading the directory again would give the same result. */
  holds: SQL;
};

/**
 * Finds the operator of a call: the one its reference points to, otherwise the one of its name, followed through every
 * merge. Pure. What is written from the result must be guarded by `holds`, because a merge may come in between.
 */
export function resolveOperator(directory: Directory, mention: OperatorMention): Resolution {
  const { organizationId, nameId } = mention;
  const reference = usable(mention.reference);
  const pointsTo =
    reference === null ? undefined : directory.references.get(referenceKey({ organizationId, reference }));
  const start = pointsTo ?? nameId;
  const chain = start === null ? [] : followMerges(directory, start);
  return {
    operatorId: chain.at(-1)?.id ?? null,
    isNew: start !== null && start === nameId && !directory.operators.has(start),
    newReference: reference !== null && pointsTo === undefined ? { reference, operatorId: nameId } : null,
    holds: sql`${linksHold(chain)} AND ${referenceHolds(organizationId, reference, pointsTo, start)}`,
  };
}

type ChainLink = { id: string; mergedInto: string | null };

// A cycle cannot be created (merge.ts). If there were one, the chain ends where it begins to repeat.
function followMerges(directory: Directory, start: string): ChainLink[] {
  const chain: ChainLink[] = [];
  const seen = new Set<string>();
  for (let id: string | null = start; id !== null && !seen.has(id); id = chain.at(-1)?.mergedInto ?? null) {
    seen.add(id);
    chain.push({ id, mergedInto: directory.operators.get(id)?.mergedInto ?? null });
  }
  return chain;
}

function linksHold(chain: readonly ChainLink[]): SQL {
  const links = JSON.stringify(chain.map((link) => [link.id, link.mergedInto]));
  return sql`NOT EXISTS (SELECT 1 FROM json_each(${links}) AS link
    JOIN operators AS one ON one.id = link.value ->> 0 WHERE one.merged_into IS NOT link.value ->> 1)`;
}

function referenceHolds(
  organizationId: string,
  reference: string | null,
  pointsTo: string | undefined,
  start: string | null,
): SQL {
  if (reference === null) return sql`TRUE`;
  const now = sql`(SELECT operator_id FROM operator_references
    WHERE organization_id = ${organizationId} AND reference = ${reference})`;
  // Another call may have assigned the reference just before. If it assigned the same operator, nothing changes.
  return pointsTo === undefined ? sql`coalesce(${now}, ${start}) IS ${start}` : sql`${now} IS ${pointsTo}`;
}

/** Platforms may send anything. What is too long for a reference is ignored. */
function usable(reference: string | null): string | null {
  return reference === null || reference.length > MAX_REFERENCE ? null : reference;
}
