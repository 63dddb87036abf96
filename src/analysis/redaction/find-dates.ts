import { nearestBefore } from "./context";
import { isNearCard } from "./find-cards";
import { after, isNamedBetween, note, type Look } from "./look";
import { numberAt } from "./numbers";

const MONTHS = new Set(
  "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic".split(
    " ",
  ),
);
const ORDINALS = new Set(
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth primero th st nd rd".split(
    " ",
  ),
);
const BETWEEN = new Set("of the de del in en el year ano slash barra / - . y and , mes dia month day".split(" "));

/** Tokens after "born" or "expires" in which the date comes; of "born in Buenos Aires in 1980" too. */
const WITHIN = 18;
/** Tokens of a date, "the twenty-fifth of december of nineteen ninety-nine". */
const MOST = 16;

/** When somebody was born, and when a card expires, where that is spoken of. */
export function findDates(look: Look): void {
  for (const { topic, to } of look.mentions) {
    if (topic !== "birth" && topic !== "expiry") continue;
    const date = dateAfter(look, to);
    if (!date || (topic === "expiry" && !isNearCard(look, date.from))) continue;
    // What is spoken of nearer to it is what it is about.
    const nearest = nearestBefore(look.mentions, date.from, ["birth", "expiry", "code", "other", "phone"], WITHIN + 1);
    if (nearest && nearest.to !== to) continue;
    const isRight = topic === "birth" ? date.digits.length >= 4 || date.hasMonth : date.digits.length <= 6;
    const kind = topic === "birth" ? "date_of_birth" : "card_expiry";
    if (isRight) note(look, { kind, from: date.from, to: date.to, rule: `${topic}_named`, sure: 0.8 });
  }
}

type SpokenDate = { from: number; to: number; digits: string; hasMonth: boolean };

/** The first date that anybody says after a place. */
function dateAfter(look: Look, start: number): SpokenDate | undefined {
  const end = Math.min(look.tokens.length, start + WITHIN);
  for (let at = start; at < end; at += 1) {
    const date = isPart(look, at) ? dateAt(look, at) : undefined;
    if (date && (date.digits !== "" || date.hasMonth)) return date;
  }
  return undefined;
}

function isPart(look: Look, at: number): boolean {
  const word = look.tokens[at]?.text ?? "";
  const number = numberAt([word], 0);
  return MONTHS.has(word) || ORDINALS.has(word) || (number !== undefined && !number.isWeak);
}

function dateAt(look: Look, from: number): SpokenDate {
  const places = [from, ...after(look, from, MOST)];
  const words = places.map((place) => look.tokens[place]?.text ?? "");
  const date: SpokenDate = { from, to: from + 1, digits: "", hasMonth: false };
  for (let at = 0; at < words.length;) {
    const word = words[at] ?? "";
    const number = numberAt(words, at);
    if (at > 0 && isNamedBetween(look, date.to, places[at] ?? from)) break;
    if (date.digits.length + (number?.digits.length ?? 0) > 8) break;
    if (number && (!number.isWeak || date.digits !== "")) date.digits += number.digits;
    else if (MONTHS.has(word)) date.hasMonth = true;
    else if (!ORDINALS.has(word)) {
      if (!BETWEEN.has(word)) break;
      at += 1;
      continue;
    }
    at += number?.words ?? 1;
    date.to = (places[at - 1] ?? from) + 1;
  }
  return date;
}
