import type { JobRow } from "../../bulk";
import type { Tone } from "../../ui/components/status";
import type { bulkWords } from "../../ui/strings/bulk";
import type { Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { engineName } from "./asked-engine";

export type BulkWords = Words<typeof bulkWords>;

export const JOB_TONES: Record<JobRow["state"], Tone> = {
  open: "attention",
  completed: "good",
  cancelled: "idle",
  failed: "wrong",
};

/** The words of a link back to where the calls were selected. */
export function backWords(words: BulkWords, back: string): string {
  if (back.startsWith("/dashboard/alerts")) return words.toAlerts;
  if (/^\/dashboard\/calls\/call_[^/]+$/.test(back)) return words.toCall;
  return back.startsWith("/dashboard/tasks") ? words.toTasks : words.cancel;
}
type Deed = Pick<JobRow, "action" | "params">;

/** What a job does, as a sentence without its calls. */
export function deedOf(words: BulkWords, job: Deed, campaigns: ReadonlyMap<string, string>): string {
  const tags = Array.isArray(job.params["tags"]) ? job.params["tags"].map(String).join(", ") : "";
  const campaignId = job.params["campaignId"];
  switch (job.action) {
    case "tag":
      return words.didTag(tags);
    case "untag":
      return words.didUntag(tags);
    case "move":
      if (campaignId === null) return words.didMoveBack;
      return words.didMove((typeof campaignId === "string" && campaigns.get(campaignId)) || words.otherCampaign);
    case "replay":
      return words.didReplay;
    case "assign":
      return job.params["reviewerId"] === null ? words.didUnassign : words.didAssign;
    case "state":
      return job.params["state"] === "closed" ? words.didClose : words.didReopen;
    case "alert":
      return alertDeed(words, job.params);
    case "analyse": {
      const { engine, model } = job.params;
      return words.didAnalyse(engineName({ engine: String(engine), model: typeof model === "string" ? model : null }));
    }
    case "erase":
      return words.didErase;
    case "undo":
      return words.didUndo(deedOf(words, undoneIn(job), campaigns));
    default:
      return job.action;
  }
}

/** What the calls are counted as that a job did something with: an analysis is asked for, and comes when its engine is done. */
export function changedAs(words: BulkWords, { action }: Pick<JobRow, "action">): string {
  if (action === "analyse") return words.askedAgain;
  return action === "replay" ? words.sentAgain : words.changed;
}

function alertDeed(words: BulkWords, { state, ownerId }: Deed["params"]): string {
  if (state === "confirmed") return words.didAlertConfirm;
  if (state === "false_alarm") return words.didAlertFalse;
  if (state === "open") return words.didAlertOpen;
  return ownerId === null ? words.didAlertGiveBack : ownerId === undefined ? words.didAlertNote : words.didAlertTake;
}

/** What the job did that this one takes back. */
function undoneIn({ params }: Deed): Deed {
  const { action = "", ...rest } = (params["undone"] ?? {}) as Record<string, unknown>;
  return { action: String(action), params: rest };
}

/** How far a job is. */
export function progressOf(words: BulkWords, { formats }: View, { done, total }: JobRow): string {
  return total === null
    ? words.doneSoFar(formats.number(done))
    : words.doneOf(formats.number(done), formats.number(total));
}

/** Why a job stopped before its end; null where it did not. */
export function stopOf(words: BulkWords, { state, reason }: JobRow): string | null {
  if (state !== "failed") return null;
  return reason === "permission_missing" ? words.permission_missing : words.interrupted;
}
