import { isUnrendered, toText } from "../reading/coerce";
import type { Direction } from "../reading/direction";
import type { Fields } from "../reading/json-object";

const OPERATOR_FIELDS: Record<Direction, readonly string[]> = {
  outbound: ["accountname"],
  internal: ["accountname"],
  inbound: ["queueagentname", "answerterminal"],
};

/**
 * The field that names the human agent, by direction: outbound `accountname`; inbound `queueagentname`, else
 * `answerterminal` (seed, "What each field is for"). Undefined when none of them says anything.
 */
export function operatorOf(direction: Direction, fields: Fields): { field: string; name: string } | undefined {
  for (const field of OPERATOR_FIELDS[direction]) {
    const value = fields.get(field);
    const name = toText(value);
    if (name && !isUnrendered(value)) return { field, name };
  }
  return undefined;
}
