/**
 * The content of one platform notice about one call, in common terms. Null and absent both mean that the notice has no
 * such value. Numbers in E.164 are worked out when they are asked for: the edge reads a notice for its answer only, and
 * a number costs more than the proof of its sender.
 */
export type CallFacts = {
  /** The platform's id of the call, or a deterministic substitute where it sends none. */
  externalId: string;
  /** The campaign number that the platform sends. Left out when the source is bound to a campaign. */
  campaignNumber?: number | null;
  /**
   * The call's state according to the notice; null when the notice has none. `completed`: over and answered. `failed`:
   * over and not answered. `ended`: over, and other notices decide whether it was answered; completed if none does.
   * Used for platforms that end every call with the same word. `unanswered`: over, and not answered as far as this
   * notice knows; an answer in another notice makes it completed.
   */
  outcome: "in_progress" | "completed" | "failed" | "ended" | "unanswered" | null;
  /**
   * The notice does not describe the call itself: it is about a recording, or about a leg that may not be the first
   * one, such as an agent dialed for a caller. It ranks below every other notice and is used where there is no other.
   */
  secondary?: boolean;
  direction?: "inbound" | "outbound" | "internal" | null;
  /** As the platform wrote it. */
  from?: string | null;
  fromE164?: string | null;
  to?: string | null;
  toE164?: string | null;
  /** Times in milliseconds since the epoch, UTC. */
  startedAt?: number | null;
  startedAtRaw?: string | null;
  answeredAt?: number | null;
  endedAt?: number | null;
  durationSeconds?: number | null;
  talkSeconds?: number | null;
  /** The platform's own word for the call's end. */
  providerStatus?: string | null;
  error?: string | null;
  /** The human agent's name. */
  operatorName?: string | null;
  /** The platform's identifier of that agent: `platform:kind:id`, e.g. `net2phone:user:42`. */
  operatorReference?: string | null;
  /** The platform's account, site, queue or line of the call. A source may map these to campaigns. */
  account?: string | null;
  /** Whether to ask the platform about this call, because its notices do not name the agent or the outcome. */
  lookUp?: boolean;
  /** Tags for the call, in the form in which they are stored. One that was given before is not put on again. */
  tags?: readonly string[];
  /** The notice corrects what was known of a call that is over: it ranks above every notice that does not. */
  corrects?: boolean;
  /** Variables without a field of their own, unchanged. */
  custom?: Record<string, unknown>;
  recordings: RecordingFacts[];
  /** On platforms with machine agents: the machine's id, and its summary of the call (limits: conversation.ts). */
  agentId?: string | null;
  summary?: string | null;
  transcript?: string | null;
  timeline?: TimelineEntry[] | null;
  /** The results of the platform's own post-call actions, unchanged. */
  actionResults?: unknown[] | null;
  /** What the platform itself found in the conversation. */
  findings?: PlatformFindings | null;
};

/** What a platform found in a conversation, by one version of its own engine. */
export type PlatformFindings = {
  /** Null where it names none. */
  version: string | null;
  /** When it was found, in milliseconds; null where the platform does not say: then the notice's moment counts. */
  at: number | null;
  /** Why it found nothing; null where it did. */
  error: string | null;
  /** Its scores by channel, left first; null where the notice is not about scores. */
  channels: PlatformScores[] | null;
  risk: PlatformRisk | null;
  review: PlatformReview | null;
};

/** A channel's scores by name, and its speech in seconds. */
export type PlatformScores = { scores: Record<string, number>; talkSeconds: number | null };

export type PlatformRisk = { score: number | null; level: "high" | "critical" | null; evidence: string[] };

/** The end of a review on the platform, or a step of it: `event` in the platform's word. */
export type PlatformReview = { event: string; by: string | null; result: string | null; note: string | null };

/** One utterance or action of the call, in the platform's order. */
export type TimelineEntry = {
  /** Milliseconds, UTC. */
  at: number;
  /** The platform's digits of the second behind the milliseconds, where it sent finer ones: `7917` of 0.9487917. */
  finer?: string;
  kind: "message" | "action_start" | "action_end";
  /** Null for an action. */
  speaker: "bot" | "human" | null;
  text: string;
};

/** A recording that the notice mentions. `url` is null when a later notice will bring it. */
export type RecordingFacts = {
  /** Identifies the recording within the call: the same in every notice about it. */
  externalId: string;
  url: string | null;
};
