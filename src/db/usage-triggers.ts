// A change of a call, recording or analysis marks the call's day, in its own transaction, to be counted anew by a job
// (usage/count-days.ts). A day that is marked already costs no row, so calls cost nothing; and because the job counts the
// whole day from the rows, it does not matter how often a message comes.

const DAY_IN_MS = 86_400_000;

type Side = "OLD" | "NEW";

/** The SQL of the triggers that mark days for the counters of usage, by name. */
export function usageTriggers(): Map<string, string> {
  return new Map([
    trigger("usage_calls_insert", "INSERT ON calls", [ofCall("NEW")]),
    trigger("usage_calls_update", "UPDATE OF campaign_id, started_at ON calls", [ofCall("OLD"), ofCall("NEW")]),
    trigger("usage_calls_delete", "DELETE ON calls", [ofCall("OLD")]),
    ...["recordings", "analyses"].flatMap((table) => [
      trigger(`usage_${table}_insert`, `INSERT ON ${table}`, [ofPart("NEW")]),
      trigger(`usage_${table}_update`, `UPDATE OF ${CHANGES[table]} ON ${table}`, [ofPart("NEW")]),
      trigger(`usage_${table}_delete`, `DELETE ON ${table}`, [ofPart("OLD")]),
    ]),
  ]);
}

/** What of a row is counted. */
const CHANGES: Record<string, string> = { recordings: "state, size", analyses: "state, findings" };

function trigger(name: string, on: string, body: string[]): [string, string] {
  return [name, `CREATE TRIGGER ${name} AFTER ${on}\nBEGIN\n${body.join("\n")}\nEND`];
}

function ofCall(side: Side): string {
  return marked(`SELECT ${side}.organization_id, ${side}.started_at / ${DAY_IN_MS}`, "WHERE TRUE");
}

function ofPart(side: Side): string {
  return marked(`SELECT organization_id, started_at / ${DAY_IN_MS} FROM calls`, `WHERE id = ${side}.call_id`);
}

function marked(select: string, where: string): string {
  return `  INSERT INTO usage_marks (organization_id, day) ${select} ${where} ON CONFLICT DO NOTHING;`;
}
