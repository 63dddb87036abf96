import { join } from "node:path";
import { Trouble } from "../trouble.ts";

/**
 * The committed wrangler.toml with the deployment's own database id and PUBLIC_URL. The copy is in another folder, so
 * its paths become absolute. It is changed line by line, so that everything else in the file is deployed as it is.
 */
export function makeConfigCopy(
  text: string,
  project: string,
  values: { databaseId: string | null; publicUrl: string },
): string {
  const note = "# Made by `npm run deploy` from wrangler.toml: edit that one.\n";
  let copy = note + text;
  copy = replaceLine(copy, /^main = "([^"]+)"$/m, (path) => `main = ${quote(join(project, path))}`);
  copy = replaceLine(copy, /^migrations_dir = "([^"]+)"$/m, (path) => `migrations_dir = ${quote(join(project, path))}`);
  copy = replaceLine(copy, /^directory = "([^"]+)"$/m, (path) => `directory = ${quote(join(project, path))}`);
  copy = replaceLine(copy, /^watch_dir = "([^"]+)"$/m, (path) => `watch_dir = ${quote(join(project, path))}`);
  if (values.databaseId !== null) {
    const id = values.databaseId;
    copy = replaceLine(copy, /^database_id = "([^"]*)"$/m, () => `database_id = ${quote(id)}`);
  }
  copy = replaceLine(copy, /^PUBLIC_URL = "([^"]*)"$/m, () => `PUBLIC_URL = ${quote(values.publicUrl)}`);
  // Paths among the aliases: the one table whose values may be files of ours.
  return copy.replace(
    /^("[^"]+"|[\w-]+) = "(\.\/[^"]+)"$/gm,
    (_, name: string, path: string) => `${name} = ${quote(join(project, path))}`,
  );
}

function replaceLine(text: string, line: RegExp, replacement: (value: string) => string): string {
  if (!line.test(text))
    throw new Trouble(`wrangler.toml has no line like ${line.source}: npm run deploy cannot fill it in`);
  return text.replace(line, (_, value: string) => replacement(value));
}

/** A TOML basic string; the same as JSON's for everything a path or an address holds. */
function quote(value: string): string {
  return JSON.stringify(value);
}
