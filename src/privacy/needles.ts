/** Shorter ones would be found in requests that have nothing to do with the call. */
const FEWEST = 4;
/** From here on a text stands for itself; a shorter one has to stand alone. */
const ENOUGH = 8;

/** The texts by which a call's requests are known, as bodies have them: in JSON, in a form, in XML. */
export function needlesOf(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text.length >= FEWEST).flatMap(spellingsOf))];
}

function spellingsOf(text: string): string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const inForm = encodeURIComponent(text);
  const plain = [text, inJson, inForm, inForm.replaceAll("%20", "+"), inJson.replaceAll("/", "\\/")];
  if (text.length >= ENOUGH) return plain;
  return plain.flatMap((one) => [`"${one}"`, `=${one}&`, `>${one}<`]);
}
