import { isPlainXml, unescapeXml } from "../read-xml";

/** Attributes are under `@name`, elements of the same name are a list, and an element with neither is its text. */
export type Tree = string | { [name: string]: Tree | Tree[] };

const DEEPEST = 50;
const ATTRIBUTE = /([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const PIECE = new RegExp(
  [
    "(?<skipped><!--[^]*?-->|<\\?[^]*?\\?>)",
    "<!\\[CDATA\\[(?<cdata>[^]*?)\\]\\]>",
    `<(?<closes>/?)(?<tag>[^\\s<>/!?="']+)(?<attributes>(?:\\s+${ATTRIBUTE.source})*)\\s*(?<empty>/?)>`,
    "(?<plain>[^<]+)",
    "(?<wrong><)",
  ].join("|"),
  "g",
);

type Open = { name: string; text: string; inner: Map<string, Tree | Tree[]> };

/**
 * What the root element of an XML text holds, names without their prefixes. Undefined where the text is not well-formed,
 * is cut, or has a document type, in which entities could be defined.
 */
export function xmlTree(text: string): Tree | undefined {
  if (!isPlainXml(text)) return undefined;
  const open: Open[] = [];
  let root: Tree | undefined;
  for (const { groups = {} } of text.matchAll(PIECE)) {
    const { skipped, cdata, closes, tag, attributes = "", empty, plain, wrong } = groups;
    const at = open.at(-1);
    if (skipped !== undefined) continue;
    if (wrong !== undefined) return undefined;
    const words = cdata ?? (plain === undefined ? undefined : unescapeXml(plain));
    if (words !== undefined) {
      if (at) at.text += words;
      else if (words.trim() !== "") return undefined;
      continue;
    }
    const name = localOf(tag ?? "");
    if (closes === "") {
      if ((root !== undefined && !at) || open.length >= DEEPEST) return undefined;
      open.push({ name, text: "", inner: attributesIn(attributes) });
      if (empty === "") continue;
    }
    const closed = open.pop();
    if (closed?.name !== name) return undefined;
    const above = open.at(-1);
    if (above) add(above.inner, name, treeOf(closed));
    else root = treeOf(closed);
  }
  return open.length === 0 ? root : undefined;
}

function localOf(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function attributesIn(text: string): Map<string, Tree | Tree[]> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = "", double, single]) => [
      `@${localOf(name)}`,
      unescapeXml(double ?? single ?? ""),
    ]),
  );
}

function treeOf({ text, inner }: Open): Tree {
  if (inner.size === 0) return text;
  const trimmed = text.trim();
  return { ...Object.fromEntries(inner), ...(trimmed !== "" && { "#text": trimmed }) };
}

function add(inner: Map<string, Tree | Tree[]>, name: string, tree: Tree): void {
  const known = inner.get(name);
  inner.set(name, known === undefined ? tree : [known, tree].flat());
}
