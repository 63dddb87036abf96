import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { clockOf, filled } from "./clock.js";

export const AUDIO = /\.(wav|mp3|gsm|ogg|opus|m4a|aac|flac|wma|vox|au)$/i;
/** A file that was written to so lately may not be whole. Milliseconds. */
export const REST = 60_000;

/** The moment that a wall clock in a zone shows. One that happens twice is its first passing. */
export function momentOf(wall, timeZone) {
  const asUtc = Date.parse(`${wall}Z`);
  const offsetAt = (instant) => {
    const { yyyy, MM, dd, HH, mm, ss } = clockOf(instant, timeZone);
    return Date.parse(`${yyyy}-${MM}-${dd}T${HH}:${mm}:${ss}Z`) - Math.floor(instant / 1_000) * 1_000;
  };
  const candidates = [asUtc - offsetAt(asUtc - 86_400_000), asUtc - offsetAt(asUtc + 86_400_000)];
  const meant = candidates.filter((instant) => instant + offsetAt(instant) === asUtc);
  return meant.length > 0 ? Math.min(...meant) : candidates[0];
}

/** Where the recording of a row lies; undefined where it is not there whole. Nothing outside of the folder is found. */
export async function findRecording({ recordings, recordingPath, timeZone }, { file, at }, now) {
  const path = resolve(recordings, filled(recordingPath, { ...clockOf(at, timeZone), file }));
  if (!path.startsWith(resolve(recordings) + sep)) return undefined;
  const names = await readdir(dirname(path)).catch(() => []);
  const wanted = basename(path).toLowerCase();
  const name =
    names.find((one) => one === basename(path)) ??
    names.find((one) => one.toLowerCase() === wanted) ??
    names.find((one) => AUDIO.test(one) && one.toLowerCase().replace(AUDIO, "") === wanted);
  if (name === undefined) return undefined;
  const found = join(dirname(path), name);
  const { size, mtimeMs, isFile } = await stat(found).then(
    (one) => ({ size: one.size, mtimeMs: one.mtimeMs, isFile: one.isFile() }),
    () => ({ size: 0, mtimeMs: 0, isFile: false }),
  );
  return isFile && size > 0 && now - mtimeMs >= REST ? { path: found, name, size } : undefined;
}
