import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { calls, reviews, scorecards } from "../../db/schema";
import { valueList } from "../../db/value-list";

// What engines answered runs out with what was said and with what was found. What people answered stays.

type OfCalls = { organizationId: string; ids: readonly string[] };

/** Letters of an answer to choose from, at most: a longer one is a text that a model wrote. */
const LONGEST_CHOICE = 40;

/**
 * SQL that is true for an engine's answer `one` to a review, by the name of its table, where it is in words: its criterion
 * takes a text, or it is longer than a choice.
 */
function isInWords(review: SQL): SQL {
  return sql`(length(one.value ->> 'value') > ${sql.raw(String(LONGEST_CHOICE))} OR one.key IN (
    SELECT asked.value ->> 'id' FROM ${scorecards} AS card, json_each(card.definition, '$.sections') AS part,
      json_each(part.value, '$.criteria') AS asked
    WHERE card.organization_id = ${review}.organization_id AND card.id = ${review}.scorecard_id
      AND card.version = ${review}.scorecard_version AND asked.value ->> 'kind' = 'text'))`;
}

/** SQL that is true for calls, by `calls`, of which an engine's answer to a review has words of what was said. */
export function prefillHasWords(): SQL {
  return sql`EXISTS (SELECT 1 FROM ${reviews} AS part, json_each(part.prefill, '$.answers') AS one
    WHERE part.call_id = ${calls.id} AND (one.value ->> 'quote' IS NOT NULL
      OR ${isInWords(sql`part`)}))`;
}

/** The same where engines answered anything. */
export function prefillHasFindings(): SQL {
  return sql`EXISTS (SELECT 1 FROM ${reviews} AS part WHERE part.call_id = ${calls.id} AND part.prefill IS NOT NULL)`;
}

/** Takes what was said from engines' answers: their quotes, and answers in words. */
export function takeWordsFromPrefills(db: Database, of: OfCalls): Statement {
  return db.run(sql`UPDATE ${reviews} SET prefill = json_set(prefill, '$.answers', json((
      SELECT json_group_object(one.key, json(json_set(one.value, '$.quote', NULL)))
      FROM json_each(${reviews.prefill}, '$.answers') AS one
      WHERE NOT ${isInWords(sql`reviews`)})))
    WHERE ${theirs(of)}`);
}

/** Takes all of engines' answers. */
export function forgetPrefills(db: Database, of: OfCalls): Statement {
  return db.run(sql`UPDATE ${reviews} SET prefill = NULL WHERE ${theirs(of)}`);
}

function theirs({ organizationId, ids }: OfCalls): SQL {
  return sql`organization_id = ${organizationId} AND call_id IN ${valueList(ids)} AND prefill IS NOT NULL`;
}
