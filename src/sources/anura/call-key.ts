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
 * The call's id: Anura's `cdrid`, else one derived from what every notice of the call repeats. The audio's link is no
 * part of it: END may come without one and RECORDING with one, and both are the same call.
 */
export async function callKeyOf(cdrid: string | null, identity: CallIdentity): Promise<string> {
  if (cdrid !== null && cdrid.length <= MAX_ID) return cdrid;
  if (cdrid !== null) return `long-${await digestOf([cdrid])}`;
  const { organizationId, dialtime, calling, called, direction } = identity;
  return `gen-${await digestOf([organizationId, dialtime, calling, called, direction])}`;
}
