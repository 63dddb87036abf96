import { join } from "node:path";
import { Trouble } from "../trouble.ts";

/** What a deployment knows. An id that is null stays as it is. */
export type ConfigValues = {
  databaseId: string | null;
  searchId: string | null;
  publicUrl: string;
  /** Whether the binding AI is added. */
  workersAi?: boolean;
};

/**
 * The committed wrangler.toml with the deployment's own database ids and PUBLIC_URL. The copy is in another folder, so
 * its paths become absolute. It is changed line by line, so that everything else in the file is deployed as it is.
 */
export function makeConfigCopy(text: string, project: string, values: ConfigValues): string {
  const note = "# Made by `npm run deploy` from wrangler.toml: edit that one.\n";
  let copy = note + text;
  copy = replaceLine(copy, /^main = "([^"]+)"$/m, (path) => `main = ${quote(join(project, path))}`);
  copy = replaceLine(
    copy,
    /^migrations_dir = "([^"]+)"$/gm,
    (path) => `migrations_dir = ${quote(join(project, path))}`,
  );
  copy = replaceLine(copy, /^directory = "([^"]+)"$/m, (path) => `directory = ${quote(join(project, path))}`);
  copy = replaceLine(copy, /^watch_dir = "([^"]+)"$/m, (path) => `watch_dir = ${quote(join(project, path))}`);
  const ids = [values.databaseId, values.searchId];
  copy = replaceLine(copy, /^database_id = "([^"]*)"$/gm, (old) => `database_id = ${quote(ids.shift() ?? old)}`);
  copy = replaceLine(copy, /^PUBLIC_URL = "([^"]*)"$/m, () => `PUBLIC_URL = ${quote(values.publicUrl)}`);
  // Not in the committed file: `npm start` does not start with it.
  if (values.workersAi) copy += '\n[ai]\nbinding = "AI"\n';
  // Paths among the aliases: the one table whose values may be files of ours.
  return copy.replace(
    /^("[^"]+"|[\w-]+) = "(\.\/[^"]+)"$/gm,
    (_, name: string, path: string) => `${name} = ${quote(join(project, path))}`,
  );
}

function replaceLine(text: string, line: RegExp, replacement: (value: string) => string): string {
  if (text.search(line) < 0)
    throw new Trouble(`wrangler.toml has no line like ${line.source}: npm run deploy cannot fill it in`);
  return text.replace(line, (_, value: string) => replacement(value));
}

/** A TOML basic string; the same as JSON's for everything a path or an address holds. */
function quote(value: string): string {
  return JSON.stringify(value);
}
