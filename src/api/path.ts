import { getPath } from "hono/utils/url";

/** AuthentiVoice's documents print both: `/api/v1` is another name of `/v1`. */
const OTHER_NAME = /^\/api(?=\/v1\/)/;

/** The path that a request is routed by. */
export function pathOf(request: Request): string {
  return getPath(request).replace(OTHER_NAME, "");
}
