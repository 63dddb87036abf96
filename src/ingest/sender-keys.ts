import { presentedKeys } from "../identity";
import type { HeaderFields } from "../lib/http/header-fields";

/** The API keys of a notice, each once and in one order, so that the same keys make the same name. */
export function senderKeys(headers: HeaderFields): string[] {
  return [...new Set(presentedKeys(headers, { basic: true }))].toSorted();
}
