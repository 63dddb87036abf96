// Numbers as people say them, in English and in Spanish. Words are folded: without accents and capitals.

const listed = (words: string, first: number, step = 1) =>
  words.split(" ").flatMap((names, at) => names.split("|").map((name) => [name, first + at * step] as const));

const UNITS = new Map([
  ...listed("zero one two three four five six seven eight nine", 0),
  ...listed("cero uno dos tres cuatro cinco seis siete ocho nueve", 0),
]);
/** Mean something else too, or are how an engine hears a digit: they count between digits only. */
const WEAK = new Map<string, number>([
  ...listed("oh|o|nought", 0),
  ...listed("won|un|una", 1),
  ...listed("to|too", 2),
  ...listed("for|fore", 4),
  ...listed("ate", 8),
  ...listed("once", 11),
]);
const TEENS = new Map([
  ...listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10),
  ...listed("diez onze doce trece catorce quince dieciseis diecisiete dieciocho diecinueve", 10),
  ...listed(
    "veintiuno|veintiun veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve",
    21,
  ),
]);
const TENS = new Map([
  ...listed("twenty thirty forty|fourty fifty sixty seventy eighty ninety", 20, 10),
  ...listed("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10),
]);
const HUNDREDS = new Map(
  listed(
    "cien|ciento doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas quinientos|quinientas seiscientos|seiscientas setecientos|setecientas ochocientos|ochocientas novecientos|novecientas",
    100,
    100,
  ),
);
const LARGE = new Map([...listed("thousand|mil", 1_000), ...listed("million|millon|millones", 1_000_000)]);
const REPEATS = new Map(listed("double|doble triple", 2));

/** A number that begins at a word: its digits, how many words it takes, and whether it may be no number at all. */
export type SpokenNumber = { digits: string; words: number; isWeak: boolean };

type Last = "none" | "unit" | "tens" | "hundreds" | "large";

/** Reads the number that begins at `at`, as long as it goes on; undefined where none does. */
export function numberAt(words: readonly string[], at: number): SpokenNumber | undefined {
  const word = words[at] ?? "";
  if (/^\d+$/.test(word)) return { digits: word, words: 1, isWeak: false };
  const repeats = REPEATS.get(word);
  if (repeats !== undefined) {
    const next = words[at + 1] ?? "";
    const digit = /^\d$/.test(next) ? Number(next) : (UNITS.get(next) ?? (next === "oh" ? 0 : undefined));
    return digit === undefined ? undefined : { digits: String(digit).repeat(repeats), words: 2, isWeak: false };
  }
  const weak = WEAK.get(word);
  return weak === undefined ? compoundAt(words, at) : { digits: String(weak), words: 1, isWeak: true };
}

/** "Four thousand five hundred and forty-three", "cuatro mil quinientos cuarenta y tres": one number of several words. */
function compoundAt(words: readonly string[], start: number): SpokenNumber | undefined {
  let [total, current] = [0, 0];
  let last: Last = "none";
  let at = start;
  for (; at < words.length; at += 1) {
    const isJoint = last === "tens" ? words[at] === "y" : last !== "none" && last !== "unit" && words[at] === "and";
    const word = words[isJoint ? at + 1 : at] ?? "";
    const [unit, ten] = [UNITS.get(word), TENS.get(word)];
    // "Once" is eleven after hundreds, and by itself it may be English.
    const teen = TEENS.get(word) ?? (word === "once" && last !== "none" ? 11 : undefined);
    const [hundreds, large] = [HUNDREDS.get(word), LARGE.get(word)];
    if (unit !== undefined && last !== "unit" && !(unit === 0 && last !== "none")) {
      current += unit;
      last = "unit";
    } else if (teen !== undefined && last !== "unit" && last !== "tens") {
      current += teen;
      last = "unit";
    } else if (ten !== undefined && last !== "unit" && last !== "tens") {
      current += ten;
      last = "tens";
    } else if (hundreds !== undefined && (last === "none" || last === "large")) {
      current += hundreds;
      last = "hundreds";
    } else if (word === "hundred" && current > 0 && current < 100 && (last === "unit" || last === "tens")) {
      current *= 100;
      last = "hundreds";
    } else if (large !== undefined && (current > 0 || word === "mil") && !isJoint) {
      total += Math.max(1, current) * large;
      current = 0;
      last = "large";
    } else break;
    if (isJoint) at += 1;
  }
  return at === start ? undefined : { digits: String(total + current), words: at - start, isWeak: false };
}

/** Said between digits without a meaning for the number: an engine's hesitations, what the listener says, punctuation. */
const FILLERS = new Set(
  "uh um er erm eh em ehm mm mmm mhm aha aja este esto y and then the ok okay okey vale si yes yeah yep right correct correcto bien bueno dale perfecto perfect so well now luego despues guion dash space espacio hyphen listo entonces please favor por claro sigue go on ahead continue continua".split(
    " ",
  ),
);

/** Whether digits on both sides of a word may belong together. */
export function isFiller(word: string): boolean {
  return FILLERS.has(word);
}
