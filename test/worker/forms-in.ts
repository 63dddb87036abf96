// The forms of a page as a browser would send them.

/** A form: where it is sent, and what it holds as it was shown. */
export type ShownForm = { action: string; method: string; fields: [name: string, value: string][] };

/** The forms of a page. `address`: of the page, which a form without an address of its own is sent to. */
export function formsIn(html: string, address: string): ShownForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = "", body = ""]) => ({
    action: attribute(head, "action") ?? address,
    method: attribute(head, "method") ?? "get",
    fields: [...body.matchAll(CONTROLS)].flatMap(([control]) => valuesOf(control)),
  }));
}

const CONTROLS = /<input\b[^>]*>|<textarea\b[^>]*>[\s\S]*?<\/textarea>|<select\b[^>]*>[\s\S]*?<\/select>/g;

/** What one control adds to its form: nothing where it has no name, is off, or is not marked. */
function valuesOf(control: string): [string, string][] {
  const [head = ""] = /^<[^>]*>/.exec(control) ?? [];
  const name = attribute(head, "name");
  if (name === undefined || /\sdisabled(=|\s|>|\/)/.test(head)) return [];
  if (head.startsWith("<textarea")) {
    const [, text = ""] = /^<[^>]*>\n?([\s\S]*)<\/textarea>$/.exec(control) ?? [];
    return [[name, plain(text)]];
  }
  if (head.startsWith("<select")) {
    const options = [...control.matchAll(/<option\b([^>]*)>/g)].map(([, given = ""]) => given);
    const chosen = options.filter((given) => /\sselected\b/.test(given));
    const isMany = /\smultiple\b/.test(head);
    const taken = isMany ? chosen : [chosen[0] ?? options[0] ?? ""];
    return taken.map((given): [string, string] => [name, attribute(given, "value") ?? ""]);
  }
  const type = attribute(head, "type") ?? "text";
  if (type === "submit" || type === "button" || type === "file") return [];
  const isMarked = /\schecked\b/.test(head);
  if ((type === "checkbox" || type === "radio") && !isMarked) return [];
  return [[name, attribute(head, "value") ?? (type === "checkbox" ? "on" : "")]];
}

function attribute(head: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(head)?.[1];
  return found === undefined ? undefined : plain(found);
}

/** The text that stands for this markup. */
export function plain(markup: string): string {
  return markup
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
