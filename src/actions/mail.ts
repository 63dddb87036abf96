import { runBatch } from "../db/client";
import { writeRows } from "../db/rows";
import type { CallRow } from "../calls";
import { noteCause, whoIsNotified } from "../identity";
import { sql } from "drizzle-orm";
import type { KeptAction } from "./action";
import type { Outcome, RunDeps } from "./run-action";

type Email = Extract<KeptAction, { kind: "email" }>;

/** Letters of one action. */
const MOST_LETTERS = 50;

/**
 * Notifies people of a call, in their inbox and at once by mail: those who may see the call and have not muted this. The
 * letter has the words of the action and a link; nothing of the call leaves by mail.
 */
export async function mailTo(deps: RunDeps, call: CallRow, action: Email): Promise<Outcome> {
  const { organizationId, id: subjectId, campaignId, operatorId } = call;
  const { user_id: userId, team_id: teamId } = action;
  const kind = "call_action" as const;
  const cause = { organizationId, kind, subjectId, campaignId, operatorId, teamId, userId, createdAt: deps.now() };
  const people = await whoIsNotified(deps.db, cause);
  // The action stands for the moment: two letters about one call are two, and a repetition notifies once.
  await runBatch(deps.db, writeRows(deps.db, [noteCause(cause, sql`TRUE`, action.id)]));
  const readers = people.slice(0, MOST_LETTERS);
  if (deps.mailer === null || readers.length === 0)
    return { kind: "done", result: { notified: people.length, mailed: 0 } };
  let mailed = 0;
  let trouble: string | null = null;
  for (const { email, language } of readers) {
    const letter = await deps.actionLetter({
      organizationId,
      language,
      action: action.name,
      text: action.text,
      callId: call.id,
    });
    const sent = await deps.mailer.send({ to: email, ...letter });
    if (sent.ok) mailed += 1;
    else trouble ??= sent.error.slice(0, 200);
  }
  const result = { notified: people.length, mailed };
  if (trouble === null) return { kind: "done", result };
  // Whoever has their letter would get it again: only where nobody has is it tried again.
  return mailed === 0
    ? { kind: "again", reason: `mail: ${trouble}`, result }
    : {
        kind: "failed",
        reason: `mail: ${readers.length - mailed} of ${readers.length} were not taken: ${trouble}`,
        result,
      };
}
