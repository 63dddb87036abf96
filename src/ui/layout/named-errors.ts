/** Names of fields, as they stand in attributes of a finished page. */
const ERROR = /(<a href="#[^"]*") data-names="([^"]*)">/g;
/** What stands in a label beside its words: a mark, or that the field may stay empty. */
const ASIDE = /<span class="(?:optional|tag)[^]*$/;

/**
 * A finished page whose errors above a form begin with the label of their field: only the page knows it, since the errors come
 * before the fields. What has neither a label nor a legend stays without.
 */
export function withNamedErrors(page: string): string {
  if (!page.includes(" data-names=")) return page;
  return page.replace(ERROR, (_, link: string, field: string) => {
    const label = labelOf(page, field);
    return label === "" ? `${link}>` : `${link}>${label}: `;
  });
}

/** The label of a field, or the legend of the group that has its name; "" where the page has none. */
function labelOf(page: string, field: string): string {
  const words =
    between(page, `<label for="${field}">`, "</label>") ??
    between(page.slice(legendAt(page, field)), "<legend", "</legend>")?.replace(/^[^>]*>/, "");
  return (words ?? "")
    .replace(ASIDE, "")
    .replaceAll(/<[^>]*>/g, "")
    .trim();
}

/** Where the group with this name begins; the end of the page where there is none. */
function legendAt(page: string, field: string): number {
  const at = page.indexOf(` id="${field}"`);
  return at !== -1 && page.lastIndexOf("<fieldset", at) > page.lastIndexOf(">", at) ? at : page.length;
}

function between(text: string, begin: string, end: string): string | undefined {
  const at = text.indexOf(begin);
  const to = at === -1 ? -1 : text.indexOf(end, at);
  return to === -1 ? undefined : text.slice(at + begin.length, to);
}
