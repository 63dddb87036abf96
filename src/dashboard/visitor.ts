import type { Caller, Reader } from "../identity";

/** Who looks at a page: the caller, as for the API, and what the frame shows of them. */
export type Visitor = {
  caller: Caller;
  person: { name: string; email: string };
  organization: { id: string; name: string };
  /** The other organizations of this person. */
  others: readonly { id: string; name: string }[];
  /** What a form of this session has to carry. */
  csrf: string;
};

/** The visitor as the reader of their inbox. Who is no person has none. */
export function readerOf({ caller }: Visitor): Reader {
  return { ...caller, userId: caller.actor.kind === "user" ? caller.actor.id : "" };
}
