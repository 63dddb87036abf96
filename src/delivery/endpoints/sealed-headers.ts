import { contextOf } from "../../db/sealed-places";
import { reseal, seal, unseal, type MasterKeys } from "../../lib/seal";
import { HIDDEN } from "../templates";

type Headers = Readonly<Record<string, string>>;

// The line break makes a sealed value one that no header can have: a Worker from before sealing fails the attempt and
// tries again later, instead of sending what nobody could read (docs/understand/adr/0043-sealing-anew.md).
const MARK = "sealed:\n";

/** The one header that is stored and shown as it is: it says how a template is filled in, and is no credential. */
function isPlain(name: string): boolean {
  return name.toLowerCase() === "content-type";
}

/** Headers as they are stored: what is not sealed yet is sealed, each value by itself. */
export function sealHeaders(keys: MasterKeys, endpointId: string, headers: Headers): Promise<Record<string, string>> {
  return mapValues(headers, async (name, value) =>
    isPlain(name) || value.startsWith(MARK) ? value : MARK + (await seal(keys, contextFor(endpointId, name), value)),
  );
}

/** Headers as they are sent. Values from before they were sealed are given as they are. */
export function openHeaders(keys: MasterKeys, endpointId: string, headers: Headers): Promise<Record<string, string>> {
  return mapValues(headers, async (name, value) =>
    value.startsWith(MARK) ? unseal(keys, contextFor(endpointId, name), value.slice(MARK.length)) : value,
  );
}

/** Headers with each value sealed with the newest key. */
export function resealHeaders(keys: MasterKeys, endpointId: string, headers: Headers): Promise<Record<string, string>> {
  return mapValues(headers, async (name, value) => {
    if (isPlain(name)) return value;
    const context = contextFor(endpointId, name);
    if (!value.startsWith(MARK)) return MARK + (await seal(keys, context, value));
    return MARK + (await reseal(keys, context, value.slice(MARK.length)));
  });
}

/** Headers as they are shown: names only. */
export function showHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, isPlain(name) ? value : HIDDEN]));
}

/** `given` with the stored value wherever one is sent back as it was shown. */
export function keepHidden(known: Headers, given: Headers): Record<string, string> {
  const stored = new Map(Object.entries(known).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      value === HIDDEN ? (stored.get(name.toLowerCase()) ?? value) : value,
    ]),
  );
}

function contextFor(endpointId: string, name: string) {
  return contextOf("endpoints.headers", endpointId, name.toLowerCase());
}

async function mapValues(
  headers: Headers,
  change: (name: string, value: string) => Promise<string>,
): Promise<Record<string, string>> {
  const changed = Object.entries(headers).map(async ([name, value]) => [name, await change(name, value)] as const);
  return Object.fromEntries(await Promise.all(changed));
}
