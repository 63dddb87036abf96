import { idInSample } from "../platforms";

/** Shorter ones would be found in requests that have nothing to do with the call. */
const FEWEST = 4;
/** From here on a text stands for itself; a shorter one has to stand alone. */
const ENOUGH = 8;

/** The texts by which a call's requests are known, as bodies have them: in JSON, in a form, in XML. */
export function needlesOf(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text.length >= FEWEST).flatMap(spellingsOf))];
}

/** Before a text that counts in samples only: no spelling of a text begins so. */
const IN_SAMPLES = "\u0001sample\u0001";

/**
 * The texts by which the requests of calls are known. A sample's call has the id in its notice with a mark before it:
 * without it, the id is that of a real call, whose own notices are none of the sample's.
 */
export function needlesOfCalls(externalIds: readonly string[]): string[] {
  const inSamples = externalIds.flatMap((id) => idInSample(id) ?? []);
  return [...needlesOf(externalIds), ...needlesOf(inSamples).map((needle) => `${IN_SAMPLES}${needle}`)];
}

/** The texts among these that count in any request, and those that count in samples. */
export function sortNeedles(needles: readonly string[]): { inAll: string[]; inSamples: string[] } {
  const [inSamples, inAll] = [true, false].map((is) => needles.filter((one) => one.startsWith(IN_SAMPLES) === is));
  return { inAll: inAll ?? [], inSamples: (inSamples ?? []).map((one) => one.slice(IN_SAMPLES.length)) };
}

function spellingsOf(text: string): string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const inForm = encodeURIComponent(text);
  const plain = [text, inJson, inForm, inForm.replaceAll("%20", "+"), inJson.replaceAll("/", "\\/")];
  if (text.length >= ENOUGH) return plain;
  return plain.flatMap((one) => [`"${one}"`, `=${one}&`, `>${one}<`]);
}
