/** Speech as [start, end) in milliseconds, in order, one list for each party. */
export type Span = readonly [start: number, end: number];

export type Interruption = {
  /** The place of the party that took the floor, and of the one that had it. */
  by: number;
  of: number;
  atMs: number;
  /** How long both spoke. */
  overlapMs: number;
};

export type PartyTurns = {
  turns: number;
  /** From the first to the last word of the longest turn, its own pauses and others' backchannels inside. */
  longestMonologueMs: number;
  longestMonologueAtMs: number | null;
  /** Short utterances while another party keeps the floor. */
  backchannels: number;
  /** From the end of another's turn to the beginning of one's own, one for each that began in silence. */
  latenciesMs: number[];
};

export type Conversation = { parties: PartyTurns[]; interruptions: Interruption[]; switches: number };

/** Pauses up to here do not part an utterance. */
const WITHIN_UTTERANCE = 300;
/** What is shorter, while another party keeps the floor, says "go on". */
const BACKCHANNEL_BELOW = 1000;
/** A party keeps the floor through a pause of this length with a backchannel in it. */
const FLOOR_KEPT = 800;
/** To interrupt is to begin after the other has begun, to speak along for a while, and to go on when they stop. */
const BEGUN_BEFORE = 300;
const SPEAKS_ALONG = 300;
/** Nobody speaks for so long: whoever goes on begins another monologue. */
const MONOLOGUE_PAUSE = 3000;
/** An answer that takes longer is none. */
const LATEST_ANSWER = 10_000;

type Utterance = { party: number; start: number; end: number };

/** Who had the floor, how it changed hands, and how. Rules and their reasons: docs/analysis.md. */
export function conversationOf(speech: readonly (readonly Span[])[]): Conversation {
  const utterances = speech.map((spans, party) =>
    joined(spans, WITHIN_UTTERANCE).map(([start, end]) => ({ party, start, end })),
  );
  const parties = speech.map((): PartyTurns => {
    return { turns: 0, longestMonologueMs: 0, longestMonologueAtMs: null, backchannels: 0, latenciesMs: [] };
  });
  const floor: Utterance[] = [];
  for (const utterance of utterances.flat().toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    const kind = kindOf(utterance, utterances);
    if (kind === "backchannel") parties[utterance.party]!.backchannels++;
    if (kind === "turn") floor.push(utterance);
  }
  return { parties, interruptions: interruptionsOf(utterances), switches: takeTurns(floor, parties) };
}

/** Spans with those pauses filled that are no longer than `pause`. */
export function joined(spans: readonly Span[], pause: number): [number, number][] {
  const whole: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = whole.at(-1);
    if (last && start - last[1] <= pause) last[1] = Math.max(last[1], end);
    else whole.push([start, end]);
  }
  return whole;
}

// `aside`: long, but wholly inside another's utterance, who did not give way.
function kindOf(one: Utterance, all: readonly (readonly Utterance[])[]): "turn" | "backchannel" | "aside" {
  for (const [party, others] of all.entries()) {
    if (party === one.party) continue;
    const around = others.findIndex(
      ({ start, end }) => start <= one.start && end >= one.end && end - start > one.end - one.start,
    );
    if (around >= 0) return one.end - one.start < BACKCHANNEL_BELOW ? "backchannel" : "aside";
    if (one.end - one.start >= BACKCHANNEL_BELOW) continue;
    const before = others.findLastIndex(({ start }) => start <= one.start);
    const [last, next] = [others[before], others[before + 1]];
    if (last && next && next.end > one.end && next.start - last.end <= FLOOR_KEPT) return "backchannel";
  }
  return "turn";
}

/** Fills in turns, monologues and latencies. Gives how often the floor changed hands. */
function takeTurns(floor: readonly Utterance[], parties: readonly PartyTurns[]): number {
  let switches = 0;
  let turn: Utterance | null = null;
  let monologueStart = 0;
  let end = 0;
  for (const utterance of floor) {
    const own = parties[utterance.party]!;
    if (turn === null || turn.party !== utterance.party) {
      const gap = utterance.start - end;
      if (turn !== null) {
        switches++;
        if (gap >= 0 && gap <= LATEST_ANSWER) own.latenciesMs.push(gap);
      }
      own.turns++;
      turn = utterance;
      monologueStart = utterance.start;
      end = utterance.end;
    } else {
      if (utterance.start - end >= MONOLOGUE_PAUSE) monologueStart = utterance.start;
      end = Math.max(end, utterance.end);
    }
    if (end - monologueStart > own.longestMonologueMs) {
      own.longestMonologueMs = end - monologueStart;
      own.longestMonologueAtMs = monologueStart;
    }
  }
  return switches;
}

function interruptionsOf(all: readonly (readonly Utterance[])[]): Interruption[] {
  const found: Interruption[] = [];
  for (const one of all.flat()) {
    if (one.end - one.start < BACKCHANNEL_BELOW) continue;
    for (const [party, others] of all.entries()) {
      if (party === one.party) continue;
      const had = others.find(({ start, end }) => start < one.start && end > one.start);
      if (!had || one.start - had.start < BEGUN_BEFORE) continue;
      const overlapMs = had.end - one.start;
      if (overlapMs < SPEAKS_ALONG || one.end <= had.end) continue;
      found.push({ by: one.party, of: party, atMs: one.start, overlapMs });
    }
  }
  return found.toSorted((one, other) => one.atMs - other.atMs || one.by - other.by);
}
