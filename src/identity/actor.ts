/** Who performs an action. Ids are of the organization's users and API keys; the admin owns the deployment. */
export type Actor =
  | { kind: "user"; id: string }
  | { kind: "apiKey"; id: string }
  /** A token of an issuer of the organization: the issuer's id, a colon, and the token's subject. */
  | { kind: "token"; id: string }
  | { kind: "admin" }
  /** Trunkline itself: a cron, a queue consumer, an endpoint's object. */
  | { kind: "system" };

/**
 * Who performs an action, and when (milliseconds). Every function that writes takes one, so that an audit log can
 * record it. What came by a request also has the caller's address and the request's id.
 */
export type Act = { actor: Actor; now: number; address?: string | null; requestId?: string };

/** The act of something that Trunkline does on its own. */
export function systemAct(now: number): Act {
  return { actor: { kind: "system" }, now };
}

/** The actor as one text column. Ids begin with their kind, so no two kinds share a text. */
export function actorText(actor: Actor): string {
  switch (actor.kind) {
    case "user":
    case "apiKey":
    case "token":
      return actor.id;
    case "admin":
    case "system":
      return actor.kind;
  }
}
