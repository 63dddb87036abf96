import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { clockOf, filled } from "./clock.js";
import { findRecording, momentOf } from "./recordings.js";
import { RefusedUpload, upload } from "./upload.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DEEP = HOUR;

/** What was done so far: from which moment on rows are asked for, and each recording of that time. */
export function readState(path) {
  try {
    const { from, deep = 0, recordings } = JSON.parse(readFileSync(path, "utf8"));
    return { from, deep, recordings: new Map(Object.entries(recordings)) };
  } catch (error) {
    if (error.code === "ENOENT") return { from: null, deep: 0, recordings: new Map() };
    throw new Error(`${path} cannot be read; move it away to begin anew: ${error.message}`, { cause: error });
  }
}

/** Written whole under another name first: a crash leaves the old one or the new one. */
export function writeState(path, { from, deep, recordings }) {
  writeFileSync(`${path}.new`, JSON.stringify({ from, deep, recordings: Object.fromEntries(recordings) }), {
    mode: 0o600,
  });
  renameSync(`${path}.new`, path);
}

/**
 * One round: asks for rows since the round before, with an overlap, and as far back as a recording is still waited for;
 * uploads each recording once. Gives what came of it.
 */
export async function runOnce(settings, { readRows, now = Date.now, fetch = globalThis.fetch, log = console.log }) {
  const state = readState(settings.state);
  const at = now();
  const back = at - settings.lookBackHours * HOUR;
  const open = [...state.recordings.values()].filter(({ done }) => !done).map(({ at: began }) => began);
  // A row is dated by when its call began, and may be written hours later: each hour all of them are asked for again.
  const isDeep = at - state.deep >= DEEP;
  const from = Math.min(state.from ?? back, ...(isDeep ? [back] : []), ...open) - settings.overlapMinutes * MINUTE;
  const stamp = (moment) => filled("{yyyy}-{MM}-{dd}T{HH}:{mm}:{ss}", clockOf(moment, settings.timeZone));
  const rows = await readRows(settings, { from: stamp(from), to: stamp(at) });
  const counts = { uploaded: 0, waiting: 0, refused: 0, given_up: 0 };
  const calls = rows.map((row) => callOf(settings, row)).filter((call) => call !== undefined);
  // A wrong column is no fault of a row; one row among others keeps none of them back.
  if (calls.length > 0 && calls.every(({ at: began }) => began === undefined))
    throw new Error(`no time can be read in the column ${settings.columns.at}`);
  for (const call of calls) {
    if (call.at === undefined) {
      counts.refused += 1;
      log(`${call.file}: no time can be read in its row`);
      continue;
    }
    const entry = state.recordings.get(call.file) ?? { at: call.at, done: false };
    if (entry.done) continue;
    state.recordings.set(call.file, entry);
    const recording = await findRecording(settings, call, at);
    if (!recording) {
      entry.done = at - call.at > settings.waitHours * HOUR;
      counts[entry.done ? "given_up" : "waiting"] += 1;
      if (entry.done) log(`${call.file}: its recording did not come within ${settings.waitHours} hours`);
      continue;
    }
    try {
      const remember = async (place) => {
        entry.place = place;
        writeState(settings.state, state);
      };
      await upload(settings, recording, call.fields, { known: entry.place, remember, fetch });
      counts.uploaded += 1;
    } catch (error) {
      if (!(error instanceof RefusedUpload)) {
        writeState(settings.state, state);
        throw error;
      }
      counts.refused += 1;
      log(`${call.file}: ${error.message}`);
    }
    entry.done = true;
    delete entry.place;
    writeState(settings.state, state);
  }
  state.from = at;
  if (isDeep) state.deep = at;
  const forgotten = at - 2 * Math.max(settings.lookBackHours, settings.waitHours) * HOUR;
  for (const [file, { at: began, done }] of state.recordings)
    if (done && began < forgotten) state.recordings.delete(file);
  writeState(settings.state, state);
  return counts;
}

/** What a row says of a call; undefined for one that was not recorded. Without `at` where no time can be read in it. */
export function callOf(settings, row) {
  const values = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), textOf(value)]));
  const value = (name) => {
    const column = settings.columns[name];
    return column === null || column === undefined ? "" : (values.get(column.toLowerCase()) ?? "").trim();
  };
  const file = value("file").replaceAll("\\", "/").replace(/^\/+/, "");
  if (file === "") return undefined;
  const wall = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(value("at"));
  if (!wall) return { file };
  const at = momentOf(`${wall[1]}T${wall[2]}`, settings.timeZone);
  const campaign = value("campaign");
  const isKnown = Object.hasOwn(settings.campaigns, campaign);
  return {
    file,
    at,
    fields: {
      external_id: `neotel:${file}`,
      campaign_id: isKnown ? settings.campaigns[campaign] : settings.campaign,
      started_at: new Date(at).toISOString(),
      operator: value("operator"),
      direction: settings.directions[value("direction")] ?? "",
      from: value("from"),
      to: value("to"),
      neotel_seconds: value("seconds"),
      ...(!isKnown && { neotel_campaign: campaign }),
    },
  };
}

function textOf(value) {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
