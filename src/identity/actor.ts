/** Who does something. Ids are of the organization's own users and keys; the admin owns the deployment. */
export type Actor =
  | { kind: "user"; id: string }
  | { kind: "apiKey"; id: string }
  | { kind: "admin" }
  /** Trunkline itself: a cron, a queue, an endpoint's object. */
  | { kind: "system" };

/** Who does it, and when (milliseconds): every verb that writes takes one, so that an audit log can record it there. */
export type Act = { actor: Actor; now: number };

/** What Trunkline does of its own accord. */
export function systemAct(now: number): Act {
  return { actor: { kind: "system" }, now };
}

/** The actor as one text column keeps it. Ids begin with what they are of, so no two kinds share a text. */
export function actorText(actor: Actor): string {
  switch (actor.kind) {
    case "user":
    case "apiKey":
      return actor.id;
    case "admin":
    case "system":
      return actor.kind;
  }
}
