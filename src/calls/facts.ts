/** What one notice of a platform says about one call, in our words. Null and absent alike mean "it did not say". */
export type CallFacts = {
  /** The platform's id of the call, or a deterministic stand-in where it sends none. */
  externalId: string;
  /** Where the platform itself names the campaign; a source bound to a campaign leaves it out. */
  campaignNumber?: number | null;
  /**
   * How the notice says the call stands; null where it says nothing of that. `completed`: over, and somebody answered.
   * `failed`: over, and nobody did. Some platforms end every call with the same last word. `ended`: over, whether anybody
   * answered is for the other notices to say; completed where none does. `unanswered`: over, and nobody answered as far as
   * this notice knows; an answer in another notice makes it completed.
   */
  outcome: "in_progress" | "completed" | "failed" | "ended" | "unanswered" | null;
  /**
   * The notice sees the call from the side: it is of a recording, or of a leg that may not be the one the call began with
   * (an agent who was dialed for a caller). It counts less than any other notice, and as one where there is no other.
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
  /** The platform's own word for how it ended. */
  providerStatus?: string | null;
  error?: string | null;
  /** The human agent's name. */
  operatorName?: string | null;
  /** What the platform calls that agent besides a name: `platform:kind:id`, e.g. `net2phone:user:42`. */
  operatorReference?: string | null;
  /** The platform's account, site, queue or line the call came through, where a source may map these to campaigns. */
  account?: string | null;
  /** Whether the platform should be asked about this call, because its notices leave out who spoke or how it ended. */
  lookUp?: boolean;
  /** Variables beyond the known ones, kept as they came. */
  custom?: Record<string, unknown>;
  recordings: RecordingFacts[];
  /** Which machine spoke, on platforms whose agents are machines, and what it made of the call (bounded: conversation.ts). */
  agentId?: string | null;
  summary?: string | null;
  transcript?: string | null;
  timeline?: TimelineEntry[] | null;
  /** What the platform's own actions after the call gave, as it sent them. */
  actionResults?: unknown[] | null;
};

/** One thing said or done in the call, in the order of the platform. */
export type TimelineEntry = {
  /** Milliseconds, UTC. */
  at: number;
  kind: "message" | "action_start" | "action_end";
  /** Null for an action. */
  speaker: "bot" | "human" | null;
  text: string;
};

/** A recording the notice speaks of. `url` is null when it will come in a later notice. */
export type RecordingFacts = {
  /** Tells recordings of one call apart; the same in every notice that means the same recording. */
  externalId: string;
  url: string | null;
};
