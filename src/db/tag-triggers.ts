// How many calls have a tag is counted by the database, in the transaction of the change: whatever tags a call, moves
// it to another campaign or operator, or deletes it. A call without tags costs nothing.

type Side = "OLD" | "NEW";

const IS_MOVED = "OLD.campaign_id IS NOT NEW.campaign_id OR OLD.operator_id IS NOT NEW.operator_id";

/** The SQL of the triggers that count tags, by name. */
export function tagTriggers(): Map<string, string> {
  return new Map([
    trigger("tags_calls_insert", "INSERT ON calls", "NEW.tags <> '[]'", added("TRUE")),
    trigger(
      "tags_calls_update",
      "UPDATE OF tags, campaign_id, operator_id ON calls",
      `OLD.tags IS NOT NEW.tags OR (NEW.tags <> '[]' AND (${IS_MOVED}))`,
      // A tag that stays where it was is counted already.
      `${removed(`(${IS_MOVED}) OR value NOT IN (SELECT value FROM json_each(NEW.tags))`)}
${added(`(${IS_MOVED}) OR value NOT IN (SELECT value FROM json_each(OLD.tags))`)}`,
    ),
    trigger("tags_calls_delete", "DELETE ON calls", "OLD.tags <> '[]'", removed("TRUE")),
  ]);
}

function trigger(name: string, on: string, when: string, body: string): [string, string] {
  return [name, `CREATE TRIGGER ${name} AFTER ${on}\nWHEN ${when}\nBEGIN\n${body}\nEND`];
}

function placeOf(side: Side): [campaign: string, operator: string] {
  return [`coalesce(${side}.campaign_id, '')`, `coalesce(${side}.operator_id, '')`];
}

function added(which: string): string {
  const [campaign, operator] = placeOf("NEW");
  return `  INSERT INTO tag_counts (organization_id, tag, campaign_id, operator_id, calls)
  SELECT NEW.organization_id, value, ${campaign}, ${operator}, 1 FROM json_each(NEW.tags) WHERE ${which}
  ON CONFLICT DO UPDATE SET calls = calls + 1;`;
}

function removed(which: string): string {
  const [campaign, operator] = placeOf("OLD");
  const place = `organization_id = OLD.organization_id AND campaign_id = ${campaign} AND operator_id = ${operator}`;
  const tags = `tag IN (SELECT value FROM json_each(OLD.tags) WHERE ${which})`;
  return `  UPDATE tag_counts SET calls = calls - 1 WHERE ${place} AND ${tags};
  DELETE FROM tag_counts WHERE ${place} AND tag IN (SELECT value FROM json_each(OLD.tags)) AND calls <= 0;`;
}
