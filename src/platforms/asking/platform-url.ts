import { z } from "zod";

/**
 * A setting that puts another address in the place of a platform's own: another region of it, or a stand-in. Whether it
 * may be asked at all is decided by the network guard, at every use.
 */
export function platformUrl(description: string) {
  return z
    .string()
    .max(300)
    .refine(isBase, "must be an http or https address without query, credentials and trailing slash")
    .optional()
    .describe(description);
}

function isBase(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === "" && !/[?#\s]|\/$/.test(text)
  );
}
