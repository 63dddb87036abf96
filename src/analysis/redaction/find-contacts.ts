import { after, before, boundsOf, digitsOf, isMoney, note, piecesOf, topicAt, type Look } from "./look";

/** Telephone numbers and e-mail addresses. */
export function findContacts(look: Look): void {
  findEmails(look);
  for (const run of look.runs) {
    for (const piece of piecesOf(look, run)) {
      const { from, to } = boundsOf(piece);
      const { length } = digitsOf(piece);
      if (length < 7 || length > 15 || isMoney(look, from, to)) continue;
      const [previous] = [...before(look, from, 1)];
      const isInternational = previous !== undefined && look.tokens[previous]?.text === "+" && length >= 9;
      const isGrouped = piece.map(({ digits }) => digits.length).join("-") === "3-3-4" && isAllDigits(look, from, to);
      const topic = topicAt(look, from);
      if (isInternational || (isGrouped && topic !== "other"))
        note(look, {
          kind: "phone_number",
          from: isInternational ? previous : from,
          to,
          rule: "phone_written",
          sure: 0.85,
        });
      else if (topic === "phone") note(look, { kind: "phone_number", from, to, rule: "phone_named", sure: 0.75 });
    }
  }
}

function isAllDigits(look: Look, from: number, to: number): boolean {
  return look.tokens.slice(from, to).every(({ text }) => /^[\d.-]+$/.test(text));
}

const PROVIDERS = new Set("gmail hotmail outlook yahoo icloud live proton protonmail".split(" "));
const ENDINGS = new Set(
  "com net org edu gov info biz io co ar es mx cl uy pe br uk au de fr it us ca eu dev app me".split(" "),
);
const DOTS = new Set([".", "dot", "punto", "point"]);
/** Said before an address, and no part of it. */
const STOPS = new Set(
  "is it its my mine your e email mail mails correo electronico to a al es el la mi su address direccion send write me at envie enviar mandar mande anote the en the sera seria would be as follows que".split(
    " ",
  ),
);
/** Words of a name before the sign: "maria dot perez underscore seventy two". */
const MOST_NAME = 8;
const MOST_DOMAIN = 10;

function findEmails(look: Look): void {
  for (const [at, { text }] of look.tokens.entries()) {
    const isSign = text === "@" || text === "arroba";
    if (!isSign && text !== "at") continue;
    const to = domainEnd(look, at, isSign);
    const from = to === undefined ? at : nameStart(look, at);
    if (to !== undefined && from < at)
      note(look, { kind: "email", from, to, rule: isSign ? "email_sign" : "email_spoken", sure: isSign ? 0.95 : 0.8 });
  }
}

/** Where the domain after a sign ends; undefined where there is none. */
function domainEnd(look: Look, at: number, isSign: boolean): number | undefined {
  const places = [...after(look, at, MOST_DOMAIN)];
  const words = places.map((place) => look.tokens[place]?.text ?? "");
  let end: number | undefined;
  for (let index = 1; index < words.length; index += 1) {
    const isEnding = DOTS.has(words[index - 1] ?? "") && ENDINGS.has(words[index] ?? "");
    if (isEnding) end = places[index];
    else if (end !== undefined && !DOTS.has(words[index] ?? "")) break;
  }
  if (end !== undefined) return end + 1;
  return isSign && PROVIDERS.has(words[0] ?? "") && places[0] !== undefined ? places[0] + 1 : undefined;
}

function nameStart(look: Look, at: number): number {
  const word = look.tokens[at]?.word;
  let start = at;
  for (const place of before(look, at, MOST_NAME)) {
    const token = look.tokens[place];
    // What is written without a space belongs to it, whatever it is.
    if (!token || (STOPS.has(token.text) && token.word !== word)) break;
    start = place;
  }
  return start;
}
