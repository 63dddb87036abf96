import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

// The settings of the bridge: a file of JSON, and its secrets from the environment.

const COLUMNS = {
  file: "GRABACION",
  at: "FECHA",
  campaign: "IDAPLICACION",
  operator: "USUARIO",
  direction: "DIRECCION",
  seconds: "SECTOT",
  from: null,
  to: null,
};

/** What is wrong with settings, for whoever wrote them. */
export class SettingsError extends Error {}

/** Reads and checks the settings. `environment` has `TRUNKLINE_API_KEY`, and `SQL_PASSWORD` where there is a database. */
export function readSettings(path, environment) {
  let given;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SettingsError(`${path}: ${error.message}`);
  }
  return checkSettings(given, environment);
}

export function checkSettings(given, environment) {
  const need = (value, name) => {
    if (typeof value !== "string" || value === "") throw new SettingsError(`${name} is needed`);
    return value;
  };
  const number = (value, name, usual, least, most) => {
    const read = value ?? usual;
    if (!Number.isInteger(read) || read < least || read > most)
      throw new SettingsError(`${name} must be a whole number from ${least} to ${most}`);
    return read;
  };
  const url = URL.parse(need(given.trunkline, "trunkline"));
  const isHere = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url === null || (url.protocol !== "https:" && !isHere))
    throw new SettingsError("trunkline must be the https address of your Trunkline");
  return {
    // By which what was refused is known to have been refused under other settings.
    fingerprint: createHash("sha256").update(JSON.stringify(given)).digest("hex").slice(0, 16),
    trunkline: url.origin,
    apiKey: need(environment["TRUNKLINE_API_KEY"], "the environment variable TRUNKLINE_API_KEY"),
    campaign: need(given.campaign, "campaign"),
    campaigns: given.campaigns ?? {},
    directions: given.directions ?? { E: "inbound", S: "outbound" },
    columns: { ...COLUMNS, ...given.columns },
    timeZone: given.timeZone ?? "America/Argentina/Buenos_Aires",
    recordings: need(given.recordings, "recordings"),
    recordingPath: given.recordingPath ?? "{yyyy}/{MM}/{dd}/{file}",
    state: need(given.state, "state"),
    everySeconds: number(given.everySeconds, "everySeconds", 300, 10, 86_400),
    overlapMinutes: number(given.overlapMinutes, "overlapMinutes", 15, 0, 1_440),
    waitHours: number(given.waitHours, "waitHours", 24, 1, 168),
    lookBackHours: number(given.lookBackHours, "lookBackHours", 72, 1, 2_160),
    ...(given.sql === undefined
      ? { namePattern: patternOf(given.namePattern) }
      : { sql: sqlSettings(given.sql, environment, { need, number }) }),
  };
}

function sqlSettings(sql, environment, { need, number }) {
  const encrypt = sql.encrypt ?? true;
  if (encrypt !== true && encrypt !== "strict")
    throw new SettingsError('sql.encrypt must be true or "strict": without encryption nothing is sent');
  const query = need(sql.query, "sql.query");
  for (const name of ["@from", "@to"])
    if (!query.includes(name)) throw new SettingsError(`sql.query must ask for rows between @from and @to`);
  return {
    server: need(sql.server, "sql.server"),
    port: number(sql.port, "sql.port", 1433, 1, 65_535),
    database: need(sql.database, "sql.database"),
    user: need(sql.user, "sql.user"),
    password: need(environment["SQL_PASSWORD"], "the environment variable SQL_PASSWORD"),
    encrypt,
    // The authority that signed the server's certificate, where the system does not know it.
    ca: sql.ca === undefined ? undefined : readFileSync(sql.ca, "utf8"),
    serverName: sql.serverName,
    query,
  };
}

/** The campaign in Trunkline of what rows or paths call a campaign, and under `keptAs` that name, where it is not in `campaigns`. */
export function campaignOf({ campaign, campaigns }, named, keptAs) {
  if (Object.hasOwn(campaigns, named)) return { campaign_id: campaigns[named] };
  return { campaign_id: campaign, [keptAs]: named };
}

const GROUPS = ["at", "operator", "direction", "from", "to", "campaign"];

/** What is read in the path of a recording: a regular expression whose groups are named as what they hold. */
function patternOf(text) {
  if (text === undefined) return undefined;
  let pattern;
  try {
    pattern = new RegExp(text, "iu");
  } catch (error) {
    throw new SettingsError(`namePattern is no regular expression: ${error.message}`);
  }
  const names = [...text.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map(([, name]) => name);
  const unknown = names.find((name) => !GROUPS.includes(name));
  if (unknown !== undefined || names.length === 0)
    throw new SettingsError(
      `namePattern must have groups, named ${GROUPS.join(", ")}${unknown ? `; not ${unknown}` : ""}`,
    );
  return pattern;
}
