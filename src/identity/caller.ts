import type { Actor } from "./actor";
import type { Reach } from "./reach";
import type { Rights } from "./rights";

/**
 * Who sent a request, and what they may do: whoever or whatever it proves to be, with the rights that all its proofs
 * have in common. `reach`: the part of the organization that they see; of a
 * person, `reachOfMember` gives it. `unnoted`: API keys whose use is to be noted.
 */
export type Caller = Rights & {
  organizationId: string;
  reach: Reach;
  actor: Actor;
  unnoted: readonly string[];
  /** The web sites whose pages may act by it: of keys alone. */
  allowedOrigins?: readonly string[] | null;
};
