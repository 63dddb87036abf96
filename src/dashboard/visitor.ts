import type { Caller, Naming, Reader } from "../identity";

/** The visitor's own session. `isWeak`: its organization requires a second factor, and nothing else is open to it. */
export type OwnSession = { id: string; hash: string; userId: string; isWeak: boolean };

/** Who looks at a page: the caller, as for the API, and what the frame shows of them. */
export type Visitor = {
  caller: Caller;
  person: { name: string; email: string };
  organization: { id: string; name: string; naming?: Naming };
  /** The other organizations of this person. */
  others: readonly { id: string; name: string }[];
  session: OwnSession;
  /** Whether they proved lately who they are: secrets and rights ask for that. */
  confirmed: boolean;
  /** What a form of this session has to carry. */
  csrf: string;
};

/** A visitor at one moment, in milliseconds: that of their page. */
export type PageVisitor = Visitor & { now: number };

/** The visitor as the reader of their inbox. Who is no person has none. */
export function readerOf({ caller }: Visitor): Reader {
  return { ...caller, userId: caller.actor.kind === "user" ? caller.actor.id : "" };
}
