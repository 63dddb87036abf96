import { readCallTranscript, type LoadDeps } from "../analysis";
import { changedTags, normalizeTag } from "../calls";
import { whoIsNotified } from "../identity";
import { questionOf } from "./ask";
import type { ActionDeps } from "./campaign-actions";
import { requestIdOf, spendingOf, type ActedCall } from "./run-action";
import type { Step } from "./step";

/** What an action would do with a call, by its kind. */
export type ActionPreview = {
  /** The tags that the call would have. */
  tags: string[] | null;
  /** What would be posted, without its signature; of an endpoint, its address is not told. */
  request: { url: string | null; endpoint_id: string | null; id: string; body: string } | null;
  /** How many people would be told. */
  notified: number | null;
  /** What would be asked, and what that costs in millionths of a dollar; the answer, where it was asked. */
  question: { engine: string; text: string; micros: number; answer: unknown; failure: string | null } | null;
};

const NOTHING: ActionPreview = { tags: null, request: null, notified: null, question: null };

export async function previewOf(
  deps: ActionDeps & LoadDeps & { bucket: R2Bucket; now(): number },
  acted: ActedCall,
  step: Step,
  body: string | null,
): Promise<ActionPreview> {
  const { action } = step;
  const { call, analyses, policy } = acted;
  const { organizationId, id: subjectId, campaignId, operatorId } = call;
  switch (action.kind) {
    case "tag": {
      const normal = (tags: readonly string[]) => tags.flatMap((tag) => normalizeTag(tag) ?? []);
      return { ...NOTHING, tags: changedTags(call.tags, { add: normal(action.add), remove: normal(action.remove) }) };
    }
    case "assign":
      return NOTHING;
    case "webhook": {
      const { url, endpoint_id } = action;
      return { ...NOTHING, request: { url, endpoint_id, id: requestIdOf(call, action), body: body ?? "" } };
    }
    case "email": {
      const { user_id: userId, team_id: teamId } = action;
      const cause = { organizationId, kind: "call_action" as const, subjectId, campaignId, operatorId, teamId, userId };
      return { ...NOTHING, notified: (await whoIsNotified(deps.db, { ...cause, createdAt: deps.now() })).length };
    }
    case "ask": {
      const transcript = await readCallTranscript(deps.bucket, call, analyses, {});
      const spoken = transcript?.spoken ?? [];
      const [system] = questionOf(action, call, spoken, policy);
      const spent = await spendingOf(deps, acted, step, deps.now());
      const answer = step.state === "completed" ? (step.result as { answer: unknown }).answer : null;
      const missing = spoken.length === 0 ? "no_transcript: nobody made words of this call" : null;
      const failure = step.state === "failed" ? step.reason : missing;
      const question = {
        engine: action.engine,
        text: system?.content ?? "",
        micros: spent?.micros ?? 0,
        answer,
        failure,
      };
      return { ...NOTHING, question };
    }
  }
}
