import type { BitTrack } from "./bit-track";
import { placeIn } from "./histogram";
import type { HeardChannel } from "./listener";
import { levelDb } from "./scales";

// In dB. A party's own speech is near that party's level even while the other is louder; a leak or an echo is far below
// it.
const UNDER_OWN_LEVEL = 20;
// In dB. Half of that is enough when the two signals are also alike.
const UNDER_OTHER = 10;
// In dB. A frame shows a party's own level when no other channel comes within this of it.
const CLEARLY_OWN = 6;

/** Removes the frames in which a channel carries only another party's voice from the speech of each. */
export function dropLeakage(channels: readonly HeardChannel[]): void {
  if (channels.length < 2) return;
  const masks = channels.map(({ speech }) => speech);
  const own = channels.map((_, c) => ownLevelDb(channels, masks, c));
  const leaks = new Uint8Array(channels.length);
  const frames = masks[0]!.length();
  for (let frame = 0; frame < frames; frame++) {
    // All channels of a frame are judged before one is changed.
    for (let c = 0; c < masks.length; c++)
      leaks[c] = masks[c]!.at(frame) && isLeak(channels, masks, own[c]!, c, frame) ? 1 : 0;
    for (let c = 0; c < masks.length; c++) if (leaks[c] === 1) masks[c]!.fill(false, frame, frame + 1);
  }
}

function isLeak(
  channels: readonly HeardChannel[],
  masks: readonly BitTrack[],
  own: number | null,
  channel: number,
  frame: number,
): boolean {
  const level = levelDb(channels[channel]!.levels[frame]!);
  const other = loudestOther(channels, masks, channel, frame);
  if (other === null || other <= level) return false;
  // A channel that never spoke alone has no level of its own: what is far below the other is the other.
  if (own === null ? other - level > UNDER_OTHER : level < own - UNDER_OWN_LEVEL) return true;
  return other - level > UNDER_OTHER && channels[channel]!.alike.at(frame);
}

function loudestOther(
  channels: readonly HeardChannel[],
  masks: readonly BitTrack[],
  channel: number,
  frame: number,
): number | null {
  let loudest: number | null = null;
  for (let other = 0; other < channels.length; other++) {
    if (other === channel || !masks[other]!.at(frame)) continue;
    loudest = Math.max(loudest ?? -Infinity, levelDb(channels[other]!.levels[frame]!));
  }
  return loudest;
}

// The median level of a channel while it speaks and exceeds every other; null if it never does.
function ownLevelDb(channels: readonly HeardChannel[], masks: readonly BitTrack[], channel: number): number | null {
  const counts = new Uint32Array(256);
  let total = 0;
  for (let frame = 0; frame < masks[channel]!.length(); frame++) {
    if (!masks[channel]!.at(frame)) continue;
    const code = channels[channel]!.levels[frame]!;
    const other = channels.reduce((most, { levels }, c) => (c === channel ? most : Math.max(most, levels[frame]!)), 0);
    if (levelDb(code) < levelDb(other) + CLEARLY_OWN) continue;
    counts[code] = counts[code]! + 1;
    total++;
  }
  if (total === 0) return null;
  return levelDb(placeIn(counts, Math.ceil(total / 2) - 1));
}
