import type { Peaks } from "../../analysis";
import type { callPageWords } from "../../ui/strings/call";
import type { Lane } from "../../ui/components/lanes";
import type { Words } from "../../ui/strings/define";
import type { CallParts } from "./read-one";

/** Columns that are drawn of a waveform: as many as a lane has room for. */
const COLUMNS = 320;
/** Of 128. What is never louder is drawn as small as it is. */
const QUIET = 16;

/** The voices of a recording with their turns, the operator first; none before it is analysed. */
export function lanesOf(
  words: Words<typeof callPageWords>,
  { findings, operatorChannel, call, peaks }: Pick<CallParts, "findings" | "operatorChannel" | "call" | "peaks">,
): Lane[] {
  if (findings === null) return [];
  const { channels } = findings;
  const loudest = peaks === null ? 1 : loudestOf(peaks);
  const waveOf = (channel: number) => (peaks && channel < peaks.channels ? columnsOf(peaks, channel, loudest) : null);
  const [only] = channels;
  if (only && channels.length === 1) {
    const { channel, segments } = only;
    return [{ voice: "anyone", name: words.speech, channel, turns: segments, wave: waveOf(channel) }];
  }
  return channels
    .map(({ channel, segments }): Lane => {
      const own = { channel, turns: segments, wave: waveOf(channel) };
      return channel === operatorChannel
        ? { voice: "operator", name: call.operatorName ?? words.operator, ...own }
        : { voice: "customer", name: words.customer, ...own };
    })
    .toSorted((one, other) => Number(one.voice !== "operator") - Number(other.voice !== "operator"));
}

/** All voices have one scale, so that who is louder is seen. */
function loudestOf({ data }: Peaks): number {
  return data.reduce((most, sample) => Math.max(most, Math.abs(sample)), QUIET);
}

function columnsOf({ data, channels }: Peaks, channel: number, loudest: number): [number, number][] {
  const pixels = data.length / 2 / channels;
  const columns = Math.min(COLUMNS, pixels);
  return Array.from({ length: columns }, (_, column): [number, number] => {
    let [lowest, highest] = [0, 0];
    const end = Math.max(Math.floor(((column + 1) * pixels) / columns), 1);
    for (let pixel = Math.floor((column * pixels) / columns); pixel < end; pixel += 1) {
      lowest = Math.min(lowest, data[(pixel * channels + channel) * 2] ?? 0);
      highest = Math.max(highest, data[(pixel * channels + channel) * 2 + 1] ?? 0);
    }
    return [lowest / loudest, highest / loudest];
  });
}
