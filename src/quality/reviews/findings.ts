import { and, not, sql, type SQL } from "drizzle-orm";
import { taskIdIn } from "../../calls";
import { reviews, slaViolations } from "../../db/schema";
import { isHiddenFrom, type Reader } from "../consensus/blind";

/** What of reviews is asked for, beside whose and of what they are. */
export type ReviewFinding = {
  /** The id of a criterion that the call failed. */
  failed?: string | undefined;
  /** Whether it was submitted after it was due. */
  late?: boolean | undefined;
  /** Whether it, or its task, was not done within a service level. */
  slaBroken?: boolean | undefined;
};

/** SQL that is true for a review, by its columns, of which this holds and that may be known; undefined where nothing is asked. */
export function hasFound(reader: Reader, { failed, late, slaBroken }: ReviewFinding): SQL | undefined {
  return and(
    failed === undefined
      ? undefined
      : and(
          not(isHiddenFrom(reader)),
          sql`EXISTS (SELECT 1 FROM json_each(${reviews.result}, '$.criteria') AS one
            WHERE one.value ->> 'id' = ${failed} AND one.value ->> 'failed')`,
        ),
    late === undefined
      ? undefined
      : sql`coalesce(coalesce(${reviews.submittedAt}, ${reviews.completedAt}) > ${reviews.dueAt}, FALSE) = ${late}`,
    slaBroken === undefined
      ? undefined
      : sql`EXISTS (SELECT 1 FROM ${slaViolations} AS broken WHERE broken.call_id = ${reviews.callId}
          AND broken.object_id IN (${reviews.id}, ${taskIdIn(reviews.callId)})) = ${slaBroken}`,
  );
}
