import { clockOf, filled } from "./clock.js";
import { filesIn } from "./folder.js";
import { findRecording, momentOf } from "./recordings.js";
import { campaignOf } from "./settings.js";
import { State } from "./state.js";
import { RefusedUpload, upload } from "./upload.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DEEP = HOUR;
/** What was refused is tried again after so long: what was missing in Trunkline may be there by then. */
const AGAIN = 24 * HOUR;
/** A file that is gone from its folder is known so long. */
const KEPT = 30 * 24 * HOUR;

/**
 * One round: each recording is uploaded once, with what its row in the database says, or, without a database, its name.
 * `retry`: what was refused is tried again now. Gives what came of it.
 */
export async function runOnce(settings, deps) {
  const { now = Date.now, fetch = globalThis.fetch, log = console.log, retry = false } = deps;
  const round = {
    settings,
    state: new State(settings.state),
    counts: { uploaded: 0, waiting: 0, refused: 0, given_up: 0 },
    at: now(),
    fetch,
    log,
    retry,
  };
  await (settings.sql ? bringRows(round, deps.readRows) : bringFolder(round));
  return round.counts;
}

/** Asks for rows since the round before, with an overlap, and as far back as a recording is still waited for. */
async function bringRows(round, readRows) {
  const { settings, state, counts, at, log } = round;
  const back = at - settings.lookBackHours * HOUR;
  // Its row may be gone: then it is waited for as long as any other, and no longer.
  const waitsFrom = at - settings.waitHours * HOUR;
  const open = [...state.entries()]
    .filter(([, entry]) => isOpen(round, entry) && (entry.refused !== undefined || entry.at >= waitsFrom))
    .map(([, { at: began }]) => began);
  // A row is dated by when its call began, and may be written hours later: each hour all of them are asked for again.
  const isDeep = at - state.deep >= DEEP;
  const from = Math.min(state.from ?? back, ...(isDeep ? [back] : []), ...open) - settings.overlapMinutes * MINUTE;
  const stamp = (moment) => filled("{yyyy}-{MM}-{dd}T{HH}:{mm}:{ss}", clockOf(moment, settings.timeZone));
  const rows = await readRows(settings, { from: stamp(from), to: stamp(at) });
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
    const entry = state.get(call.file) ?? { at: call.at, done: false };
    if (!isOpen(round, entry)) continue;
    const recording = await findRecording(settings, call, at);
    if (recording) {
      await bring(round, { file: call.file, entry, recording, fields: call.fields });
    } else if (at - call.at > settings.waitHours * HOUR) {
      counts.given_up += 1;
      log(`${call.file}: its recording did not come within ${settings.waitHours} hours`);
      state.set(call.file, { ...entry, done: true });
    } else {
      counts.waiting += 1;
      if (state.get(call.file) === undefined) state.set(call.file, entry);
    }
  }
  state.lookedUntil(at, isDeep ? at : state.deep);
  const forgotten = at - 2 * Math.max(settings.lookBackHours, settings.waitHours) * HOUR;
  for (const [file, { at: began }] of state.entries()) if (began < forgotten) state.forget(file);
}

/** Looks at all files of the folder. One that has changed since is another recording. */
async function bringFolder(round) {
  const { settings, state, counts, at } = round;
  const seen = new Set();
  for await (const { file, version, isWhole, recording, fields } of filesIn(settings, at)) {
    seen.add(file);
    const known = state.get(file);
    const entry = known?.version === version ? known : { at, done: false, version };
    if (!isOpen(round, entry)) continue;
    if (isWhole) await bring(round, { file, entry, recording, fields });
    else counts.waiting += 1;
  }
  // A folder that is not mounted for once looks empty: what was in it is not new when it is back.
  for (const [file, entry] of state.entries()) {
    const { gone, ...here } = entry;
    if (seen.has(file)) {
      if (gone !== undefined) state.set(file, here);
    } else if (gone === undefined) state.set(file, { ...entry, gone: at });
    else if (at - gone > KEPT) state.forget(file);
  }
  state.lookedUntil(at, at);
}

/** Whether there is still something to do about a recording. */
function isOpen({ settings, at, retry }, { done, refused }) {
  if (done) return false;
  return refused === undefined || retry || refused.by !== settings.fingerprint || at - refused.at >= AGAIN;
}

/** Uploads one recording. One that Trunkline refuses holds up no other; what is wrong with line or key ends the round. */
async function bring({ settings, state, counts, at, fetch, log }, { file, entry, recording, fields }) {
  const { refused: _, ...begun } = entry;
  let now = begun;
  try {
    const remember = async (place) => {
      now = { ...begun, place };
      state.set(file, now);
    };
    await upload(settings, recording, fields, { known: entry.place, remember, fetch });
  } catch (error) {
    if (!(error instanceof RefusedUpload)) throw error;
    counts.refused += 1;
    log(`${file}: ${error.message}`);
    const { place: __, ...rest } = now;
    state.set(file, { ...rest, refused: { by: settings.fingerprint, at } });
    return;
  }
  counts.uploaded += 1;
  const { place: __, ...rest } = now;
  state.set(file, { ...rest, done: true });
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
  return {
    file,
    at,
    fields: {
      external_id: `neotel:${file}`,
      ...campaignOf(settings, value("campaign"), "neotel_campaign"),
      started_at: new Date(at).toISOString(),
      operator: value("operator"),
      direction: settings.directions[value("direction")] ?? "",
      from: value("from"),
      to: value("to"),
      neotel_seconds: value("seconds"),
    },
  };
}

function textOf(value) {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
