import { sql, type SQL } from "drizzle-orm";
import { hasAnswers } from "../actions";
import { DEFAULT_ENGINE, RULES_ENGINE } from "../analysis";
import { isHeld } from "../calls";
import { analyses, calls, erasedCalls, events, pendingStreams, recordings, undelivered } from "../db/schema";
import { KEEP_ROWS } from "../delivery";
import { EXPIRED_DATA } from "../events";
import { DAY } from "../lib/time";
import { prefillHasFindings, prefillHasWords } from "../quality";
import { alertHasFindings, alertHasWords } from "./alert-evidence";
import type { Clock } from "./clocks";

/** SQL that is true for requests, as `logged` with their `calls`, whose call was erased. */
export function isOfErased(): SQL {
  return sql`(calls.id IS NULL AND EXISTS (SELECT 1 FROM ${erasedCalls} AS gone WHERE gone.call_id = logged.call_id))`;
}

/** SQL that is true for events, as `part`, whose data is in R2. */
export function isSpilled(): SQL {
  return sql`substr(part.data, 1, 11) = '{"spilled":'`;
}

/** SQL that is true for calls of which a clock has something to remove, whatever their age. */
export function hasMore(clock: Exclude<Clock, "inbound">, before: SQL | number, now: number): SQL {
  switch (clock) {
    case "audio":
      return sql`EXISTS (SELECT 1 FROM ${recordings} AS part WHERE part.call_id = calls.id AND part.key IS NOT NULL)`;
    case "transcript":
      return sql`(calls.conversation IS NOT NULL OR EXISTS (SELECT 1 FROM ${analyses} AS part
        WHERE part.call_id = calls.id AND (EXISTS (SELECT 1 FROM json_each(part.engines) AS run
          WHERE run.value ->> 'findingsKey' IS NOT NULL AND run.value ->> 'engine' <> ${DEFAULT_ENGINE.name}
            OR run.value ->> 'kind' IS NOT 'scores' AND run.value ->> 'findings' IS NOT NULL)
          OR instr(coalesce(part.scores, ''), '"quote":') > 0 OR part.risk GLOB '*"quote":"[^"]*'
          OR EXISTS (SELECT 1 FROM json_each(part.risk, '$.claims') AS claim
            WHERE claim.value ->> 'engine' <> ${RULES_ENGINE} AND json_array_length(claim.value, '$.evidence') > 0)))
        OR ${alertHasWords()} OR ${hasAnswers()} OR ${prefillHasWords()})`;
    case "findings":
      return sql`(calls.talk_strip IS NOT NULL OR calls.risk_score IS NOT NULL OR EXISTS (SELECT 1 FROM ${analyses} AS part
        WHERE part.call_id = calls.id AND (part.findings IS NOT NULL OR part.findings_key IS NOT NULL
          OR part.scores IS NOT NULL OR part.risk IS NOT NULL))
        OR ${alertHasFindings()} OR ${prefillHasFindings()})`;
    case "events":
      return sql`EXISTS (SELECT 1 FROM ${events} AS part WHERE part.stream = calls.id AND ${isSpent(before, now)})`;
    case "metadata":
      return sql`TRUE`;
  }
}

/**
 * SQL that is true for events, as `part`, whose content may go: older than a moment, and handed to every endpoint that is
 * to get it. Their rows stay: by their numbers the next ones are numbered, and by their types none happens twice. Data in
 * R2 stays as long as deliveries of it may be sent again: endpoints' objects have its key only.
 */
export function isSpent(before: SQL | number, now: number): SQL {
  return sql`(part.recorded_at < ${before} AND part.data <> ${EXPIRED_DATA}
    AND NOT (${isSpilled()} AND part.recorded_at >= ${now - KEEP_ROWS})
    AND part.seq < coalesce((SELECT from_seq FROM ${pendingStreams} WHERE stream = part.stream), part.seq + 1)
    AND part.seq < coalesce((SELECT min(from_seq) FROM ${undelivered} WHERE stream = part.stream), part.seq + 1))`;
}

/**
 * SQL that is true for calls that a clock has run out for: so many days after they began, or after they were first told
 * of where that was later, since a platform may tell of an old call, or the wrong day. Not of those under a legal hold,
 * nor while something is at work on them.
 */
export function hasRunOut(clock: Exclude<Clock, "inbound">, days: SQL | number, now: number): SQL {
  const age = sql`max(calls.started_at, calls.created_at)`;
  // The content of events has an age of its own.
  const before = sql`(${now} - (${days}) * ${sql.raw(String(DAY))})`;
  return sql`${age} < ${before} AND ${hasMore(clock, before, now)} AND NOT ${isHeld()} AND NOT EXISTS (SELECT 1 FROM ${recordings} AS open WHERE open.call_id = ${calls.id} AND open.state = 'pending')
    AND NOT EXISTS (SELECT 1 FROM ${analyses} AS open WHERE open.call_id = ${calls.id} AND open.state = 'pending')`;
}
