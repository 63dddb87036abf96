import type { Findings, MeasuredCall } from "../../analysis";

type ChannelMeasures = NonNullable<Findings["channels"][number]["measures"]>;

/** What is measured of a party, and of the conversation, as far as a page compares it. */
export type PartyFigures = Pick<
  ChannelMeasures,
  | "talkShare"
  | "responseSeconds"
  | "interruptions"
  | "longestMonologueSeconds"
  | "backchannels"
  | "syllablesPerSecond"
  | "pitchHz"
  | "pitchSpreadSemitones"
  | "levelSpreadDb"
  | "loudnessLufs"
  | "snrDb"
  | "bandwidthHz"
  | "clips"
>;
export type CallFigures = {
  switchesPerMinute: number | null;
  overlapSeconds: number | null;
  longestSilenceSeconds: number | null;
  holdSeconds: number | null;
};

/** `anyone` where one channel carries every party. */
export type Voice = "operator" | "customer" | "anyone";
export type Figures = { parties: Partial<Record<Voice, PartyFigures>>; call: CallFigures };

/** Fewer calls have no median worth the name. */
const FEWEST_CALLS = 5;

/** The figures of a call; null where an earlier version of the engine measured it. */
export function figuresOf(findings: Findings, operatorChannel: number): Figures | null {
  const { call, channels } = findings;
  const [first] = channels;
  if (!call || !first?.measures) return null;
  const operator = channels.find(({ channel }) => channel === operatorChannel)?.measures;
  const customer = channels.find(({ channel }) => channel !== operatorChannel)?.measures;
  const parties =
    channels.length === 1
      ? { anyone: first.measures }
      : { ...(operator && { operator }), ...(customer && { customer }) };
  const { switchesPerMinute, longestSilenceSeconds, holdSeconds } = call;
  return {
    parties,
    call: { switchesPerMinute, overlapSeconds: findings.overlapSeconds, longestSilenceSeconds, holdSeconds },
  };
}

export type Medians = {
  calls: number;
  party(voice: Voice, name: keyof PartyFigures): number | null;
  call(name: keyof CallFigures): number | null;
};

/** The medians of a campaign's calls; null where they are too few. */
export function mediansOf(
  measured: readonly MeasuredCall[],
  operatorChannelOf: (sourceId: string) => number,
): Medians | null {
  const all = measured.flatMap(({ sourceId, findings }) => figuresOf(findings, operatorChannelOf(sourceId)) ?? []);
  if (all.length < FEWEST_CALLS) return null;
  return {
    calls: all.length,
    party: (voice, name) => median(all.map(({ parties }) => parties[voice]?.[name] ?? null)),
    call: (name) => median(all.map(({ call }) => call[name])),
  };
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).toSorted((one, other) => one - other);
  if (known.length < FEWEST_CALLS) return null;
  const middle = (known.length - 1) / 2;
  return (known[Math.floor(middle)]! + known[Math.ceil(middle)]!) / 2;
}
