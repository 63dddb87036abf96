import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { AUDIO, momentOf, REST } from "./recordings.js";
import { campaignOf } from "./settings.js";

// Recordings without a database: a folder, which may be a mounted MinIO or SFTP server.

/**
 * The recordings of a folder and of those in it, each with the path in the folder as its name; `at`: the time now. What is
 * linked to is not followed, so no circle and nothing outside is read. `isWhole`: it has bytes, and nobody has written to it
 * for a minute. A folder that cannot be read ends the round: what is in it is not gone.
 */
export async function* filesIn(settings, at, folder = "") {
  const names = await readdir(join(settings.recordings, folder), { withFileTypes: true });
  for (const one of names.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = folder === "" ? one.name : `${folder}/${one.name}`;
    if (one.name.startsWith(".")) continue;
    if (one.isDirectory()) yield* filesIn(settings, at, file);
    if (!one.isFile() || !AUDIO.test(one.name)) continue;
    const path = join(settings.recordings, file);
    // It may have been moved away since.
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    const { size } = found;
    const changedAt = Math.floor(found.mtimeMs);
    const version = `${changedAt}-${size}`;
    yield {
      file,
      version,
      isWhole: size > 0 && at - changedAt >= REST,
      recording: { path, name: basename(file), size },
      fields: fieldsOf(settings, { file, version, changedAt }),
    };
  }
}

/** What the path of a file says of its call, by the named groups of `namePattern`. */
export function fieldsOf(settings, { file, version, changedAt }) {
  const { namePattern, timeZone, directions } = settings;
  const said = (namePattern && namePattern.exec(file)?.groups) || {};
  const of = (name) => said[name] ?? "";
  return {
    external_id: `folder:${file}:${version}`,
    ...campaignOf(settings, of("campaign"), "folder_campaign"),
    started_at: new Date(timeOf(of("at"), timeZone) ?? changedAt).toISOString(),
    operator: of("operator"),
    direction: directions[of("direction")] ?? of("direction"),
    from: of("from"),
    to: of("to"),
  };
}

/** The moment of `2026-08-20 14:05:09`, whatever stands between the digits; undefined where it is none. */
function timeOf(text, timeZone) {
  const digits = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?$/.exec(text.replace(/\D/g, ""));
  if (!digits) return undefined;
  const [, year, month, day, hour, minute, second = "00"] = digits;
  const wall = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  return Number.isNaN(Date.parse(`${wall}Z`)) ? undefined : momentOf(wall, timeZone);
}
