const MAX_EXCERPT = 140;

/**
 * Describes a text that was served in place of audio, with an excerpt that helps a person: `an HTML page ("Please log
 * in")`.
 */
export function describePage(text: string): string {
  const start = text
    .replace(/^\uFEFF/, "")
    .trimStart()
    .slice(0, 200);
  const kind = /^<(!doctype html|html|head|body)\b/i.test(start)
    ? "an HTML page"
    : start.startsWith("<")
      ? "an XML page"
      : /^[{[]/.test(start)
        ? "JSON"
        : "text";
  const excerpt = excerptOf(text, kind !== "JSON" && start.startsWith("<"));
  return excerpt === "" ? kind : `${kind} ("${excerpt}")`;
}

function excerptOf(text: string, markup: boolean): string {
  const bare = markup ? text.replace(/<(script|style)\b[^]*?<\/\1\s*>/gi, " ").replace(/<[^>]*>?/g, " ") : text;
  const words = bare
    // A page may contain the request's key or a token, and the excerpt is shown in events and on screens.
    .replace(/[A-Za-z0-9+/_=.-]{24,}/g, "…")
    .replace(/[\s\uFEFF]+/g, " ")
    .trim();
  return words.length > MAX_EXCERPT ? `${words.slice(0, MAX_EXCERPT)}…` : words;
}
