import type { Permission } from "../identity";
import type { ActionKind } from "./action";

/** What somebody needs, beside the right to configure campaigns, to have each kind done by Trunkline. */
const NEEDED: Record<ActionKind, readonly Permission[]> = {
  tag: ["campaigns:write"],
  assign: ["reviews:assign"],
  // It sends what is known of calls elsewhere, as endpoints do.
  webhook: ["endpoints:write"],
  email: ["campaigns:write"],
  // It spends money as an analysis does, and its answer says what was said.
  ask: ["analyses:write", "analyses:read"],
};

/** The first right that somebody lacks to have these kinds done; undefined where they may. */
export function lackingFor(
  kinds: readonly ActionKind[],
  allows: (permission: Permission) => boolean,
): Permission | undefined {
  return kinds.flatMap((kind) => NEEDED[kind]).find((permission) => !allows(permission));
}
