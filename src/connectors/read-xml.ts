// S3 answers with flat XML that has no attributes of interest: elements are found by name. Nothing is expanded, so that
// what a hostile server writes stays text.

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Whether a text may be read at all: with a document type it may hold entities of its own. */
export function isPlainXml(text: string): boolean {
  return !/<!(?:DOCTYPE|ENTITY)/i.test(text);
}

/** The inner text of the first element of this name, or undefined. */
export function readElement(xml: string, name: string): string | undefined {
  const inner = innerOf(xml, name, 0)?.inner;
  return inner === undefined ? undefined : unescapeXml(inner);
}

/** The inner XML of every element of this name. */
export function readElements(xml: string, name: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (;;) {
    const next = innerOf(xml, name, from);
    if (!next) return found;
    found.push(next.inner);
    from = next.end;
  }
}

function innerOf(xml: string, name: string, from: number): { inner: string; end: number } | undefined {
  const open = `<${name}>`;
  const close = `</${name}>`;
  const start = xml.indexOf(open, from);
  if (start < 0) return undefined;
  const end = xml.indexOf(close, start);
  return end < 0 ? undefined : { inner: xml.slice(start + open.length, end), end: end + close.length };
}

export function unescapeXml(text: string): string {
  return text.replace(/&(#x?[0-9a-f]{1,6}|\w{2,4});/gi, (all, entity: string) => {
    if (!entity.startsWith("#")) return ENTITIES[entity] ?? all;
    const code = /^#x/i.test(entity) ? parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
