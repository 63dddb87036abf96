import type { Actor } from "./actor";
import type { Rights } from "./rights";

/**
 * Who sent a request, and what they may do: whoever or whatever it proves to be, with the rights that all its proofs
 * have in common. `unnoted`: API keys whose use is to be noted.
 */
export type Caller = Rights & { organizationId: string; actor: Actor; unnoted: readonly string[] };
