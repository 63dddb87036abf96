import type { MoveRow } from "../../operators";
import type { ApiDeps } from "../router";

/** Has a move worked on at once. Its row is the work: should this get lost, the sweep finds it. */
export function workOn({ nudges }: Pick<ApiDeps, "nudges">, { organizationId, id }: MoveRow): Promise<void> {
  return nudges.operatorMoves([{ kind: "operator_move", organizationId, moveId: id }]);
}
