/**
 * A telephone number out of a field: what was written of it, and whether it claims to begin with its country's code.
 */
export type WrittenNumber = { text: string; international: boolean };

const MAX_RAW = 300;
/**
 * Schemes whose addresses are numbers. `client:` and `sip:` name accounts, of which the second may be numbers all the
 * same.
 */
const NUMBER_SCHEME = /^(?:tel|phone|callto|whatsapp):(?:\/\/)?/i;
const SIP_SCHEME = /^sips?:/i;
const SIP_HOST = /^[A-Za-z0-9.:[\]_-]+([;?].*)?$/s;
/** Where a parameter of an address begins; an extension is looked at with the number. */
const PARAMETER = /;(?!ext=)(?=[a-z][\w-]*(?:=|;|$))/i;
/**
 * `+` and digits with what people put between them. A slash is looked at by itself: it may also stand between two
 * numbers.
 */
const NUMBER = /^\+?\s*[(\d][\d\s().\-/]*$/;
/** An extension behind a number, or digits dialled after it: `x12`, `ext. 5`, `#123`, `,,123#`, `p123`. */
const EXTENSION =
  /\s*(?:(?:;ext=|[;,]?\s*(?:extension|extn?|int(?:erno)?|anexo|ramal|poste)[.:]?|[;,]?\s*x|#)\s*\d{1,7}|[,;pw]+\s*\d{1,6})#?$/i;
/** What is left of a number that went through a table of floating point numbers: `442079460018.0`. */
const FLOAT = /^(\+?\d{7,15})\.0$/;

/**
 * Reads a field as one telephone number: a bare one, a `tel:` or `sip:` address, a name with one in angle brackets;
 * digits and punctuation of any script. Undefined for several numbers, for words, and for a number of a private plan.
 */
export function readWrittenNumber(raw: string): WrittenNumber | undefined {
  if (raw.length > MAX_RAW) return undefined;
  const address = bareAddress(plainText(raw));
  const named = address === undefined ? undefined : numberIn(address);
  if (named === undefined) return undefined;
  const [number = "", ...parameters] = named.split(PARAMETER);
  const text = withContext(FLOAT.exec(number)?.[1] ?? number, parameters)
    ?.replace(EXTENSION, "")
    .trim();
  if (text === undefined || !NUMBER.test(text) || !isOneNumber(text)) return undefined;
  return { text, international: text.startsWith("+") };
}

/**
 * Full-width signs, digits of other scripts, marks of direction and every kind of dash and space, as ASCII has them.
 */
function plainText(raw: string): string {
  return raw
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/[\p{Pd}\u2212]/gu, "-")
    .replace(/\p{Nd}/gu, asciiDigit)
    .trim();
}

// Each script's digits follow one another from its zero, and sets that touch are ten long.
function asciiDigit(digit: string): string {
  if (digit >= "0" && digit <= "9") return digit;
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

/** `"Ann" <sip:+44…@pbx>` and the quotes of a spreadsheet come off. */
function bareAddress(text: string): string | undefined {
  const bracketed = /^[^<>]*<([^<>]+)>[^<>]*$/.exec(text)?.[1];
  if (bracketed === undefined && /[<>]/.test(text)) return undefined;
  const inner = (bracketed ?? text).trim().replace(/^"(.*)"$|^'(.*?)'?$/s, "$1$2");
  if (!/^[a-z]+:/i.test(inner)) return inner;
  try {
    return decodeURIComponent(inner);
  } catch {
    return undefined;
  }
}

/**
 * The number an address names. The user of a SIP address is one where it has a plus, or the address has `user=phone`.
 */
function numberIn(address: string): string | undefined {
  if (NUMBER_SCHEME.test(address)) return address.replace(NUMBER_SCHEME, "");
  const at = address.lastIndexOf("@");
  if (at < 0) return SIP_SCHEME.test(address) ? undefined : address;
  const user = address.slice(0, at).replace(SIP_SCHEME, "");
  const host = SIP_HOST.exec(address.slice(at + 1));
  return host && (user.startsWith("+") || /;user=phone\b/i.test(host[1] ?? "")) ? user : undefined;
}

/**
 * RFC 3966 §5.1.5: a local number is whole together with its context; one of a domain's own plan is no public number.
 */
function withContext(number: string, parameters: readonly string[]): string | undefined {
  const context = parameters.map((one) => /^phone-context=(.*)$/i.exec(one)?.[1]).find((one) => one !== undefined);
  if (context === undefined || number.startsWith("+")) return number;
  return context.startsWith("+") ? `${context} ${number}` : undefined;
}

// `901820/21` and `901820/901821` are two numbers, written as offices do; `0664/1234567` is an area code and a number.
function isOneNumber(text: string): boolean {
  const [before = "", after, ...more] = text.split("/");
  if (after !== undefined) {
    const digits = before.replace(/\D/g, "").length;
    const most =
      before.startsWith("+") || before.startsWith("00") ? 8 : before.replace(/^\(/, "").startsWith("0") ? 6 : 4;
    if (more.length > 0 || digits > most || after.replace(/\D/g, "").length < 4) return false;
  }
  return text.split("(").length === text.split(")").length;
}
