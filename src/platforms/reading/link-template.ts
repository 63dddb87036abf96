import { z } from "zod";

const PLACE = /\{([A-Za-z0-9_]{1,64})(:name)?\}/g;
const MAX_URL = 4_000;

/**
 * The setting of platforms that keep recordings as files and say only where on their own disk: the address under which
 * those files are served. `{field}` is a field of the notice, path and all; `{field:name}` its last part.
 */
export const linkTemplate = z
  .string()
  .max(1_000)
  .refine(isTemplate, "must be an http or https URL, with {field} or {field:name} after the host only")
  .optional()
  .describe("Address of a recording, e.g. `https://pbx.example/recordings/{file:name}`. Without it, none is fetched.");

/**
 * The link, with every place filled; null where a field is empty. Each part of a path is escaped, and none leads up.
 */
export function linkFrom(template: string, valueOf: (field: string) => string | null): string | null {
  let whole = true;
  const url = template.replace(PLACE, (_place, field: string, last: string | undefined) => {
    const parts = (valueOf(field) ?? "").split("/").filter((part) => part !== "" && part !== "." && part !== "..");
    const wanted = last === undefined ? parts : parts.slice(-1);
    if (wanted.length === 0) whole = false;
    return wanted.map((part) => encodeURIComponent(part.toWellFormed())).join("/");
  });
  return whole && url.length <= MAX_URL && URL.canParse(url) ? url : null;
}

// A field in the host's place would let a notice choose where we go.
function isTemplate(text: string): boolean {
  const url = URL.parse(text.replace(PLACE, "x"));
  const origin = /^https?:\/\/[^/?#]+\//i.exec(text)?.[0] ?? "{";
  return url !== null && url.username === "" && url.password === "" && !/[{}]/.test(origin + text.replace(PLACE, ""));
}
