import { sql, type SQL } from "drizzle-orm";
import { referenceKey, type Directory } from "./directory";
import { MAX_REFERENCE } from "./references";

/** How a call speaks of its operator. `nameId` is the id derived from the name, null where it has none. */
export type OperatorMention = { organizationId: string; nameId: string | null; reference: string | null };

export type Resolution = {
  /** Whose call it is, or null while nobody can be found. */
  operatorId: string | null;
  /** The operator of the name is nobody yet and is to be made. */
  isNew: boolean;
  /** A reference that nobody has yet, and whose it is from now on: the operator of the name. */
  newReference: { reference: string; operatorId: string } | null;
  /** SQL that holds while a directory read again would give the same answer. */
  holds: SQL;
};

/**
 * Whose call it is: the operator its reference points to, else the operator of its name, and from there through every
 * merge to the end. Pure. What is written from the answer must be guarded by `holds`: a merge may come in between.
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
    newReference:
      reference !== null && pointsTo === undefined && nameId !== null ? { reference, operatorId: nameId } : null,
    holds: sql`${linksHold(chain)} AND ${referenceHolds(organizationId, reference, pointsTo, start)}`,
  };
}

type ChainLink = { id: string; mergedInto: string | null };

// A circle cannot be made (merge.ts); should there be one all the same, it ends where it began to repeat.
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
  // Another call of the batch may have said whose it is just before: in the same words, that changes nothing.
  return pointsTo === undefined ? sql`coalesce(${now}, ${start}) IS ${start}` : sql`${now} IS ${pointsTo}`;
}

/** Platforms may send anything; what is too long to be kept as a reference is none. */
function usable(reference: string | null): string | null {
  return reference === null || reference.length > MAX_REFERENCE ? null : reference;
}
