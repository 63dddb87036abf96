/** What has no text of ours in it: code, keys, and what people, platforms and other systems wrote. */
const NOT_OURS = /^(?:script|style|svg|code|pre|kbd|bdi|textarea|template)$/;
const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
/** Attributes that are read out or shown. */
const SHOWN = ["aria-label", "title", "placeholder", "alt"];

/**
 * The texts of a page that a person reads: its text nodes, and labels that are read out. Not what is marked as somebody's data
 * (`dir="auto"`, `bdi`), as code, or as of another language.
 */
export function textsOf(html: string): Set<string> {
  const texts = new Set<string>();
  const open: { name: string; skips: boolean }[] = [];
  const skips = () => open.at(-1)?.skips ?? false;
  for (const [, comment, close, name = "", attributes = "", text] of html.matchAll(
    /(<!--.*?-->|<!doctype[^>]*>)|<(\/?)([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>|([^<]+)/gis,
  )) {
    if (comment !== undefined) continue;
    if (text !== undefined) {
      if (!skips()) note(texts, text);
    } else if (close === "/") {
      const at = open.findLastIndex((one) => one.name === name.toLowerCase());
      if (at !== -1) open.length = at;
    } else {
      const tag = name.toLowerCase();
      const isTheirs =
        NOT_OURS.test(tag) || /\s(?:dir="auto"|translate="no"|lang=|class="[^"]*\bmono\b)/.test(attributes);
      const hidden = skips() || (tag !== "html" && isTheirs);
      if (!hidden)
        for (const shown of SHOWN) note(texts, new RegExp(`\\s${shown}="([^"]*)"`).exec(attributes)?.[1] ?? "");
      if (!VOID.test(tag) && !attributes.endsWith("/")) open.push({ name: tag, skips: hidden });
    }
  }
  return texts;
}

function note(texts: Set<string>, text: string): void {
  const plain = text
    .replaceAll("&amp;", "&")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&nbsp;", " ")
    .replaceAll(/\s+/g, " ")
    // Of the title of every page.
    .replace(/ · Trunkline$/, "")
    .trim();
  // Numbers, marks and units are the same everywhere.
  if (/\p{L}{3,}/u.test(plain)) texts.add(plain);
}

/** What may be the same in both languages: names of products, formats and fields, and what Spanish took over. */
const SAME = [
  "Trunkline|API|URL|JSON|CSV|OpenAPI|Swagger UI|HTTP|UTC|PDF|PEM|SSH|SDK|EdDSA|GET|POST|PUT|PATCH|DELETE",
  "Webhooks?|Local|Roles|Tokens?|Bot|No|Total|Id|min|bytes?|kB|MB|GB",
  "Anura|net2phone|Audian|Voqo|Voicesense|AuthentiVoice|Twilio|Vonage|Telnyx|Aircall|RingCentral|Dialpad|Zoom Phone|Neotel",
  "FreeSWITCH|Asterisk|FreePBX|S3|MinIO|OneDrive|SFTP|FTPS?|Python|Node|PHP|Go|C#|Standard Webhooks|Deepgram|OpenAI",
  "External API|China \\(21Vianet\\)",
  // The languages' own names, zones as the browser has them, and addresses.
  "English|Español|[A-Z][\\w+-]+/[\\w/+-]+|https?://\\S+",
  // Fields, headers, events and paths of ours and of others, as they are sent.
  "[a-z][a-z0-9]*(?:[._:/-][a-z0-9*]+)+|/[\\w/{}.*-]+|[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)+",
  // Units of sound, with their figure.
  "[-−]?\\d+(?:[.,]\\d+)?\\s(?:LUFS|dB|k?Hz)",
  "\\d+",
];
/** Fields of the other product's form, as that form prints them: on the page of a source. */
export const FORM_FIELDS = /^(?:Protocol|Host|Port|Path|Method|Content type|Authorization)$/;
const ALLOWED = new RegExp(`^[\\s·]*(?:(?:${SAME.join("|")})(?:[\\s,;:·()/…–-]+|$))+$`, "u");

/**
 * Texts that are the same on the English and on the Spanish page. `names`: what a test or the deployment named in the data of
 * the page, beside what may always be the same.
 */
export function untranslated(english: string, spanish: string, names: readonly (string | RegExp)[] = []): string[] {
  const own = textsOf(spanish);
  return [...textsOf(english)].filter(
    (text) =>
      own.has(text) &&
      !ALLOWED.test(text) &&
      !names.some((name) => (typeof name === "string" ? name === text : name.test(text))),
  );
}
