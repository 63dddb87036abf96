// What JSX becomes: text, at once (ADR 0103). Types are those of hono/jsx, and so is what is written, letter for letter
// (test/core/ui/jsx.test.ts). What no page uses is missing: components that wait, contexts, style objects, handlers.

export type { JSX } from "hono/jsx/jsx-runtime";

/** Finished HTML. Only `jsx` and `raw` make it; every other text is escaped where it is put into a page. */
class Html {
  /** By this hono knows finished HTML, in what `raw` of hono/html makes too. */
  readonly isEscaped = true;
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Props = Readonly<Record<string, unknown>>;
type Component = (props: Props) => unknown;

/** An element of HTML, or what a component makes of its props. Children are among the props. */
export function jsx(tag: string | Component, props: Props): Html {
  if (typeof tag !== "string") {
    const made = tag(props);
    return made instanceof Html ? made : new Html(textOf(made));
  }
  let text = `<${tag}`;
  for (const name in props) if (name !== "children") text += attribute(name, props[name]);
  if (EMPTY.has(tag)) return new Html(`${text}/>`);
  return new Html(`${text}>${textOf(props["children"])}</${tag}>`);
}

export { jsx as jsxs, jsx as jsxDEV };

/** Children without an element around them. */
export function Fragment({ children }: { children?: unknown }): unknown {
  return children;
}

const EMPTY = new Set("area base br col embed hr img input keygen link meta param source track wbr".split(" "));

/** Attributes that are there or not. A boolean of any other is its word. */
const ALONE = new Set(
  `allowfullscreen async autofocus autoplay checked controls default defer disabled download formnovalidate hidden inert
  ismap itemscope loop multiple muted nomodule novalidate open playsinline readonly required reversed selected`.split(
    /\s+/,
  ),
);

function attribute(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return `${begun(name)}${escaped(value)}"`;
  if (typeof value === "number") return `${begun(name)}${value}"`;
  if (typeof value !== "boolean") throw new Error(`the attribute ${name} is neither text, number nor boolean`);
  if (ALONE.has(name)) return value ? `${begun(name)}"` : "";
  return `${begun(name)}${value}"`;
}

/** How attributes begin, by their name, which stands in our code: each is looked at once. */
const beginnings = new Map<string, string>();

function begun(name: string): string {
  let text = beginnings.get(name);
  if (text === undefined) {
    if (!/^[a-z][\w:.-]*$/i.test(name)) throw new Error(`${name} is no name of an attribute`);
    text = ` ${name}="`;
    beginnings.set(name, text);
  }
  return text;
}

function textOf(child: unknown): string {
  if (typeof child === "string") return escaped(child);
  if (child instanceof Html) return child.text;
  if (child === undefined || child === null || typeof child === "boolean") return "";
  if (typeof child === "number") return String(child);
  if (Array.isArray(child)) {
    let text = "";
    for (const one of child) text += textOf(one);
    return text;
  }
  if ((child as Partial<Html>).isEscaped === true) return (child as Html).toString();
  throw new Error("a page holds what is neither text nor an element");
}

const SPECIAL = /[&<>'"]/;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&quot;",
};

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>'"]/g, (sign) => ENTITIES[sign] ?? sign) : text;
}
