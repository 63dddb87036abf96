import { digestOf } from "../../lib/id";

const MAX_ID = 200;

/** What Anura says a call is, where it sends no `cdrid`. Texts as they came, but for the direction. */
export type CallIdentity = {
  organizationId: string;
  dialtime: string;
  calling: string;
  called: string;
  direction: string;
};

/**
 * The call's id: Anura's `cdrid`, else one derived from what every notice of the call repeats (ruling B7). The audio's path
 * is no part of it, and cannot break a tie between two calls of one second, two numbers and one direction either. A key is
 * made of one notice alone, at an edge that asks no database. END may come without a link and RECORDING with one, so the
 * key of each RECORDING must be that of an END that knows no path, and is the same whatever its path. END and RECORDING
 * may also both come with one, so a path in END must not change the key either. Whatever told the two calls apart would
 * cut one call in two, which is the common case: so they become one, with the first link that came. `cdrid` tells them apart.
 */
export async function callKeyOf(cdrid: string | null, identity: CallIdentity): Promise<string> {
  if (cdrid !== null && cdrid.length <= MAX_ID) return cdrid;
  if (cdrid !== null) return `long-${await digestOf([cdrid])}`;
  const { organizationId, dialtime, calling, called, direction } = identity;
  return `gen-${await digestOf([organizationId, dialtime, calling, called, direction])}`;
}
