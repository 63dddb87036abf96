import { foldName } from "../lib/fold-name";

/** Whether the name is only digits: an extension and not a person, so someone has to give the name. */
export function looksLikeExtension(name: string): boolean {
  return /^[\d ]+$/.test(foldName(name));
}
