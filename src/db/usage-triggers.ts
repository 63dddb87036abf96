// A change of a call, recording or analysis marks the call's day, in its own transaction, to be counted anew by a job, for
// the counters of usage (usage/count-days.ts) and for reports (reports/count-day.ts). A review marks the day on which it
// was completed; where several review its call, also the days of the others and of what they came to: it is counted by the
// first of them and by how many there are. A day that is marked already costs no row, so calls cost nothing; and because the
// job counts the whole day from the rows, it does not matter how often a message comes.

const DAY_IN_MS = 86_400_000;

type Side = "OLD" | "NEW";

/** The SQL of the triggers that mark days for the counters of usage, by name. */
export function usageTriggers(): Map<string, string> {
  return new Map([
    trigger("usage_calls_insert", "INSERT ON calls", [ofCall("NEW")]),
    trigger("usage_calls_update", `UPDATE OF ${CHANGES["calls"]} ON calls`, [ofCall("OLD"), ofCall("NEW")]),
    trigger("usage_calls_delete", "DELETE ON calls", [ofCall("OLD")]),
    ...["recordings", "analyses"].flatMap((table) => [
      trigger(`usage_${table}_insert`, `INSERT ON ${table}`, [ofPart("NEW")]),
      trigger(`usage_${table}_update`, `UPDATE OF ${CHANGES[table]} ON ${table}`, [ofPart("NEW")]),
      trigger(`usage_${table}_delete`, `DELETE ON ${table}`, [ofPart("OLD")]),
    ]),
    trigger("usage_reviews_insert", "INSERT ON reviews", [ofReview("NEW"), ...ofItsOthers("NEW", "NEW.completed_at")]),
    trigger("usage_reviews_update", `UPDATE OF ${CHANGES["reviews"]} ON reviews`, [
      ofReview("OLD"),
      ofReview("NEW"),
      ...ofItsOthers("NEW", "coalesce(OLD.completed_at, NEW.completed_at)"),
    ]),
    trigger("usage_reviews_delete", "DELETE ON reviews", [ofReview("OLD"), ...ofItsOthers("OLD", "OLD.completed_at")]),
    // One that was submitted in time and is found late afterwards, and one that is late before it is done.
    trigger("usage_sla_insert", "INSERT ON sla_violations", [ofReviewed("NEW")]),
    // A task is made with its recording, which marks the day; only its team is counted.
    trigger("usage_tasks_insert", "INSERT ON tasks\nWHEN NEW.team_id IS NOT NULL", ofTask("NEW")),
    trigger("usage_tasks_update", `UPDATE OF ${CHANGES["tasks"]} ON tasks`, ofTask("NEW")),
    // Whether the scores of several reviews of a call count, and what the call came to.
    trigger("usage_tasks_opinions", "UPDATE OF state, wanted ON tasks\nWHEN OLD.wanted > 1 OR NEW.wanted > 1", [
      ofReviewed("NEW"),
      ofAgreed("NEW"),
    ]),
    trigger("usage_consensuses_insert", "INSERT ON consensuses", [ofReviewed("NEW"), ofConsensus("NEW")]),
    trigger("usage_consensuses_update", `UPDATE OF ${CHANGES["consensuses"]} ON consensuses`, [
      ofReviewed("NEW"),
      ofConsensus("OLD"),
      ofConsensus("NEW"),
    ]),
    trigger("report_marks_counted", "DELETE ON usage_marks", [ofWeek(), ofMonth()]),
    trigger("usage_consensuses_delete", "DELETE ON consensuses", [ofReviewed("OLD"), ofConsensus("OLD")]),
  ]);
}

/** What of a row is counted. */
const CHANGES: Record<string, string> = {
  calls: "campaign_id, operator_id, started_at, state, direction, duration_seconds, risk_score",
  recordings: "state, size",
  analyses: "state, findings, risk",
  reviews:
    "campaign_id, operator_id, reviewer_id, state, scorecard_id, result, score, passed, due_at, started_at, submitted_at, completed_at",
  tasks: "team_id",
  consensuses: "state, score, passed, review_ids, decided_at",
};

function trigger(name: string, on: string, body: string[]): [string, string] {
  return [name, `CREATE TRIGGER ${name} AFTER ${on}\nBEGIN\n${body.join("\n")}\nEND`];
}

function ofCall(side: Side): string {
  return marked(`SELECT ${side}.organization_id, ${side}.started_at / ${DAY_IN_MS}`, "WHERE TRUE");
}

function ofReview(side: Side): string {
  return marked(
    `SELECT ${side}.organization_id, ${side}.completed_at / ${DAY_IN_MS}`,
    `WHERE ${side}.completed_at IS NOT NULL`,
  );
}

function ofTask(side: Side): string[] {
  return [ofPart(side), ofReviewed(side), ofAgreed(side)];
}

/** The days on which a call was reviewed. */
function ofReviewed(side: Side): string {
  const reviewed = `SELECT organization_id, completed_at / ${DAY_IN_MS} FROM reviews`;
  return marked(reviewed, `WHERE call_id = ${side}.call_id AND completed_at IS NOT NULL`);
}

/** Of a review that is or was completed, where several are to come to something: the days of them, and of what they came to. */
function ofItsOthers(side: Side, completed: string): string[] {
  const others = `SELECT organization_id, completed_at / ${DAY_IN_MS} FROM reviews`;
  const several = `EXISTS (SELECT 1 FROM consensuses WHERE ${ofItsCall(side)})`;
  const isOther = `call_id = ${side}.call_id AND completed_at IS NOT NULL`;
  return [
    marked(others, `WHERE ${completed} IS NOT NULL AND ${several} AND ${isOther}`),
    ofAgreed(side, `${completed} IS NOT NULL`),
  ];
}

/** The day on which the reviewers of a call came to something. */
function ofAgreed(side: Side, when?: string): string {
  const agreed = `SELECT organization_id, decided_at / ${DAY_IN_MS} FROM consensuses`;
  return marked(
    agreed,
    `WHERE ${when === undefined ? "" : `${when} AND `}${ofItsCall(side)} AND decided_at IS NOT NULL`,
  );
}

function ofItsCall(side: Side): string {
  return `organization_id = ${side}.organization_id AND call_id = ${side}.call_id`;
}

function ofConsensus(side: Side): string {
  return marked(
    `SELECT ${side}.organization_id, ${side}.decided_at / ${DAY_IN_MS}`,
    `WHERE ${side}.decided_at IS NOT NULL`,
  );
}

function ofPart(side: Side): string {
  return marked(`SELECT organization_id, started_at / ${DAY_IN_MS} FROM calls`, `WHERE id = ${side}.call_id`);
}

const MONTH = "unixepoch(date(OLD.day * 86400, 'unixepoch', 'start of month')) / 86400";
const NEXT_MONTH = "unixepoch(date(OLD.day * 86400, 'unixepoch', 'start of month', '+1 month')) / 86400";
const WEEK = `OLD.day - (OLD.day - ${MONTH}) % 7`;

// A day was counted, so its mark goes: what was summed of it is to be summed again (reports/sum-periods.ts).
function ofWeek(): string {
  return summedAgain("week", WEEK, `min(${WEEK} + 7, ${NEXT_MONTH})`);
}

function ofMonth(): string {
  return summedAgain("month", MONTH, NEXT_MONTH);
}

function summedAgain(grain: string, period: string, until: string): string {
  const row = `SELECT OLD.organization_id, '${grain}', ${period}, ${until} WHERE TRUE`;
  return `  INSERT INTO report_marks (organization_id, grain, period, until) ${row} ON CONFLICT DO NOTHING;`;
}

function marked(select: string, where: string): string {
  return `  INSERT INTO usage_marks (organization_id, day) ${select} ${where} ON CONFLICT DO NOTHING;`;
}
