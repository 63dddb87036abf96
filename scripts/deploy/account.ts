import { isObject } from "../api-client.ts";
import { Trouble } from "../trouble.ts";

// Reads what wrangler prints: its JSON where it offers one; it lists buckets and queues as text only.

/** The id of the database of this name, from `d1 list --json`. */
export function readDatabaseId(output: string, name: string): string | null {
  const list = parseJson(output, "wrangler d1 list");
  const found = Array.isArray(list) ? list.find((one) => isObject(one) && one.name === name) : undefined;
  return isObject(found) && typeof found.uuid === "string" ? found.uuid : null;
}

/** Bucket names from `r2 bucket list`: lines `name: …`. */
export function readBuckets(output: string): string[] {
  return [...output.matchAll(/^\s*name:\s+(\S+)\s*$/gm)].map((match) => match[1] ?? "");
}

/** Queue names from `queues list`: the second column of a table. */
export function readQueues(output: string): string[] {
  return output.split("\n").flatMap((line) => {
    const cells = line.split("│").map((cell) => cell.trim());
    const name = cells[2];
    return cells.length > 3 && name && name !== "name" ? [name] : [];
  });
}

/** Secret names from `secret list --format json`. */
export function readSecretNames(output: string): string[] {
  const list = parseJson(output, "wrangler secret list");
  return Array.isArray(list) ? list.filter(isObject).map((one) => String(one.name)) : [];
}

/** The accounts a login reaches, from `whoami --json`; null when nobody is logged in. */
export function readAccounts(output: string): { id: string; name: string }[] | null {
  const answer = parseJson(output, "wrangler whoami");
  if (!isObject(answer) || answer.loggedIn !== true) return null;
  const accounts = Array.isArray(answer.accounts) ? answer.accounts.filter(isObject) : [];
  return accounts.map((one) => ({ id: String(one.id), name: String(one.name) }));
}

/** The version that serves most, from `deployments status --json`. */
export function readVersionId(output: string): string | null {
  const answer = parseJson(output, "wrangler deployments status");
  const versions = isObject(answer) && Array.isArray(answer.versions) ? answer.versions.filter(isObject) : [];
  const [first] = versions.toSorted((left, right) => Number(right.percentage) - Number(left.percentage));
  return typeof first?.version_id === "string" ? first.version_id : null;
}

/** The value of a plain variable, from `versions view --json`; "" when it has none. */
export function readVariable(output: string, name: string): string {
  const answer = parseJson(output, "wrangler versions view");
  const resources = isObject(answer) && isObject(answer.resources) ? answer.resources : {};
  const bindings = Array.isArray(resources.bindings) ? resources.bindings.filter(isObject) : [];
  const found = bindings.find((one) => one.name === name && one.type === "plain_text");
  return typeof found?.text === "string" ? found.text : "";
}

/** The count that `countSealed` asked for. */
export function readSealed(output: string): number {
  const answer = parseJson(output, "wrangler d1 execute");
  const first: unknown = Array.isArray(answer) ? answer[0] : answer;
  const rows = isObject(first) && Array.isArray(first.results) ? first.results.filter(isObject) : [];
  const sealed = rows[0]?.sealed;
  if (typeof sealed !== "number") throw new Trouble("wrangler d1 execute answered in an unknown form");
  return sealed;
}

/** The workers.dev address, from the file wrangler writes at WRANGLER_OUTPUT_FILE_PATH. */
export function readDeployedUrl(outputFile: string): string | null {
  for (const line of outputFile.split("\n").toReversed()) {
    if (line.trim() === "") continue;
    const entry = parseJson(line, "wrangler deploy");
    if (!isObject(entry) || entry.type !== "deploy" || !Array.isArray(entry.targets)) continue;
    const target = entry.targets.map(String).find((one) => one.includes(".workers.dev"));
    if (target) return `https://${target.replace(/^https?:\/\//, "").replace(/\/.*$/, "")}`;
  }
  return null;
}

function parseJson(text: string, command: string): unknown {
  // Warnings may stand before the answer.
  const start = text.search(/^[[{]/m);
  try {
    return JSON.parse(start < 0 ? "" : text.slice(start));
  } catch {
    throw new Trouble(`${command} answered in an unknown form: ${text.replace(/\s+/g, " ").trim().slice(0, 200)}`);
  }
}
