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

/**
 * What somebody needs, beside `calls:write`, to have one that failed done again. It is done as it was set up, by somebody who
 * might: a request goes to the same address, with the same id, where that still stands. But money is spent anew, and work
 * given to somebody.
 */
const NEEDED_AGAIN: Record<ActionKind, readonly Permission[]> = {
  tag: [],
  assign: ["reviews:assign"],
  webhook: [],
  email: [],
  ask: ["analyses:write", "analyses:read"],
};

type Allows = (permission: Permission) => boolean;

/** The first right that somebody lacks to have these kinds done; undefined where they may. */
export function lackingFor(kinds: readonly ActionKind[], allows: Allows): Permission | undefined {
  return kinds.flatMap((kind) => NEEDED[kind]).find((permission) => !allows(permission));
}

/** The same to have them done again, of somebody who may `calls:write`. */
export function lackingToRepeat(kinds: readonly ActionKind[], allows: Allows): Permission | undefined {
  return kinds.flatMap((kind) => NEEDED_AGAIN[kind]).find((permission) => !allows(permission));
}
