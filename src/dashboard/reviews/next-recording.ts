import { actorText, may } from "../../identity";
import { peekNext } from "../../quality";
import { listRecordings, readGates } from "../../recordings";
import { playbackLinks } from "../calls/read";
import type { PageContext } from "../deps";

/** What is larger than this is not loaded ahead: browsers keep no such file, and somebody pays for it. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_RECORDINGS = 50;

/**
 * Where the recording is of the call that the visitor would review after this one, as the page of that review plays it; null
 * where nothing waits, where they may not hear it, and where their browser is to save data. Nothing is taken by it.
 */
export async function nextRecording(c: PageContext, after: string): Promise<string | null> {
  const { deps, visitor } = c.var;
  const { caller } = visitor;
  if (c.req.header("save-data")?.toLowerCase() === "on" || !may(caller, "recordings:play")) return null;
  const { organizationId, reach } = caller;
  const of = { reviewerId: actorText(caller.actor), now: deps.now() };
  const callId = await peekNext(deps.db, { organizationId, reach, after }, of);
  if (callId === null) return null;
  const found = await listRecordings(deps.db, { organizationId, reach, filter: { callId }, limit: MOST_RECORDINGS });
  const rows = found.rows.map(({ recording }) => recording).filter(({ state }) => state === "completed");
  const gates = await readGates(deps.db, { callId, organizationId, recordingIds: rows.map(({ id }) => id) });
  // The one that its page plays: the first that can be.
  const [first] = rows;
  const gate = first && gates.get(first.id);
  const size = gate?.kind === "muted" ? gate.file.size : (first?.size ?? 0);
  if (!first || gate?.kind === "held" || size > MOST_BYTES) return null;
  return (await playbackLinks(deps, caller, [first])).get(first.id) ?? null;
}
