/** Longer than any recording, in seconds. */
const LONGEST = 1_000_000;

/** The seconds of a moment as people write it: `1:36`, `1:02:03`, `96` or `96.5`. Null: none; undefined: it is not one. */
export function secondsIn(text: string): number | null | undefined {
  const written = text.trim().replace(",", ".");
  if (written === "") return null;
  const [, hours = "0", minutes = "0", seconds = ""] =
    /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:\.\d{1,3})?)$/.exec(written) ?? [];
  if (seconds === "" || (written.includes(":") && Number(seconds) >= 60)) return undefined;
  const all = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return all <= LONGEST ? Math.round(all * 1000) / 1000 : undefined;
}
