import { ibanLength, isCbu, isClabe, isCuit, isDni, isIban, isRouting, isRut, mayBeSsn } from "./checks";
import { after, before, boundsOf, digitsOf, isAbout, isMoney, NEAR, note, piecesOf, topicAt, type Look } from "./look";
import { isFiller, numberAt } from "./numbers";
import { readingsOf, windowsOf, type Run } from "./runs";

/** Accounts of banks and numbers that states give people: by their check digits, or by what they are called. */
export function findAccounts(look: Look): void {
  findIbans(look);
  for (const run of look.runs) for (const reading of readingsOf(run)) findChecked(look, reading);
  for (const run of look.runs) for (const piece of piecesOf(look, run)) findNamed(look, piece);
}

const MOST_OTHERS = 3;

function findChecked(look: Look, run: Run): void {
  for (const { digits, from, to, gap } of windowsOf(run, 7, 22)) {
    if (gap > MOST_OTHERS) continue;
    const topic = topicAt(look, from);
    const at = { from, to };
    if (isCbu(digits)) note(look, { kind: "bank_account", ...at, rule: "cbu", sure: 0.98 });
    else if (isClabe(digits) && topic !== "other")
      note(look, { kind: "bank_account", ...at, rule: "clabe", sure: 0.9 });
    else if (isCuit(digits) && topic !== "other" && topic !== "phone")
      note(look, { kind: "national_id", ...at, rule: "cuit", sure: topic === "dni" ? 0.98 : 0.8 });
    else if (isRouting(digits) && topic === "routing")
      note(look, { kind: "bank_account", ...at, rule: "routing", sure: 0.95 });
    else if (isRut(digits) && topic === "rut") note(look, { kind: "national_id", ...at, rule: "rut", sure: 0.95 });
    else if (isSsn(look, digits, from, to)) note(look, { kind: "national_id", ...at, rule: "ssn", sure: 0.9 });
    if (digits.length <= 8) findLettered(look, digits, from, to);
  }
}

function isSsn(look: Look, digits: string, from: number, to: number): boolean {
  if (!mayBeSsn(digits)) return false;
  return isAbout(look, from, ["ssn"]) || isWritten(look, from, to, [3, 2, 4]);
}

/** Whether tokens are written as digits in groups of these lengths, with a hyphen between them. */
function isWritten(look: Look, from: number, to: number, lengths: readonly number[]): boolean {
  const text = look.tokens.slice(from, to).map((token) => (/^\d+$/.test(token.text) ? token.text.length : token.text));
  return text.join("") === lengths.join("-");
}

const LETTERS = new Map(
  "a:a be:b ce:c de:d e:e efe:f ge:g hache:h i:i jota:j ka:k ele:l eme:m ene:n o:o pe:p cu:q erre:r ere:r ese:s te:t u:u uve:v ve:v equis:x ye:y zeta:z zed:z zee:z kay:k ex:x why:y"
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);
const BEFORE_LETTER = new Set("letra la con guion letter the dash - . y and digito verificador".split(" "));

/** The capital letter that a word is the name of. */
function letterOf(word: string): string | undefined {
  return (/^[a-z]$/.test(word) ? word : LETTERS.get(word))?.toUpperCase();
}

/** A Spanish DNI or NIE, or a RUT that ends with K: digits with the letter that checks them. */
function findLettered(look: Look, digits: string, from: number, to: number): void {
  for (const place of after(look, to - 1, 5)) {
    const word = look.tokens[place]?.text ?? "";
    const letter = letterOf(word);
    const [previous] = [...before(look, from, 1)];
    const start = previous === undefined ? undefined : letterOf(look.tokens[previous]?.text ?? "");
    const isNie = letter !== undefined && start !== undefined && isDni(`${start}${digits}${letter}`);
    const isId = letter !== undefined && (isDni(`${digits}${letter}`) || isNie);
    const isChilean = letter === "K" && isAbout(look, from, ["rut"]) && isRut(`${digits}K`);
    if (isId || isChilean) {
      const begin = isNie && previous !== undefined ? previous : from;
      note(look, { kind: "national_id", from: begin, to: place + 1, rule: isChilean ? "rut" : "dni", sure: 0.95 });
      return;
    }
    if (!BEFORE_LETTER.has(word)) return;
  }
}

/** What is called an account or an identity and has no check digits, or not the right ones. */
function findNamed(look: Look, piece: Run): void {
  const { from, to } = boundsOf(piece);
  const { length } = digitsOf(piece);
  const topic = topicAt(look, from);
  if (isMoney(look, from, to)) return;
  if ((topic === "account" || topic === "routing") && length >= 6 && length <= 30)
    note(look, { kind: "bank_account", from, to, rule: "account_named", sure: 0.7 });
  if ((topic === "dni" || topic === "rut") && length >= 7 && length <= 11)
    note(look, { kind: "national_id", from, to, rule: "id_named", sure: 0.75 });
  if (topic === "ssn" && length >= 7 && length <= 9)
    note(look, { kind: "national_id", from, to, rule: "id_named", sure: 0.7 });
}

/** Written or spelled: "ES91 2100…", "E S nine one two one…". */
function findIbans(look: Look): void {
  for (const [at, { text }] of look.tokens.entries()) {
    const isPair = /^[a-z]{2}$/.test(text) && ibanLength(text.toUpperCase()) !== undefined;
    const isSpelled = letterOf(text) !== undefined && isAbout(look, at, ["account"], NEAR + 10);
    if (!isPair && !isSpelled) continue;
    const read = spelledFrom(look, at);
    if (read && isIban(read.text))
      note(look, { kind: "bank_account", from: at, to: read.to, rule: "iban", sure: 0.99 });
  }
}

/** Letters and digits from a place on, as many as an IBAN of the country has that the first two name. */
function spelledFrom(look: Look, at: number): { text: string; to: number } | undefined {
  const places = [at, ...after(look, at, 80)];
  const words = places.map((place) => look.tokens[place]?.text ?? "");
  let text = "";
  for (let index = 0; index < words.length;) {
    const number = text.length >= 2 ? numberAt(words, index) : undefined;
    const word = words[index] ?? "";
    const letters =
      /^[a-z]{1,4}$/.test(word) && !isFiller(word) && !LETTERS.has(word) ? word.toUpperCase() : letterOf(word);
    if (number) text += number.digits;
    else if (letters && (text.length < 2 || letters.length === 4 || letters.length === 1)) text += letters;
    else if (!isFiller(word) && !/^[./+_-]$/.test(word)) return undefined;
    index += number?.words ?? 1;
    const length = text.length < 2 ? Infinity : (ibanLength(text.slice(0, 2)) ?? 0);
    if (text.length === length) return { text, to: (places[index - 1] ?? at) + 1 };
    if (text.length > length) return undefined;
  }
  return undefined;
}
