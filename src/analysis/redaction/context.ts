import type { Token } from "./tokens";

/** What the words around a number say that it is. */
export type Topic =
  | "card"
  | "code"
  | "expiry"
  | "account"
  | "routing"
  | "dni"
  | "ssn"
  | "rut"
  | "birth"
  | "phone"
  | "other"
  | "money";

const PHRASES: Readonly<Record<Topic, string>> = {
  card: "card number|card|long number|credit|debit|visa|mastercard|master card|amex|american express|tarjeta|numero de tarjeta|credito|debito|cabal|naranja|plastico|maestro|discover",
  code: "cvv|cvc|cvv2|c v v|c v c|security code|verification code|three digits on the back|three digit code|digits on the back|codigo de seguridad|clave de seguridad|codigo de verificacion|tres digitos|numeros de atras|numero de atras|digitos del dorso|digitos del reverso|del dorso|del reverso",
  expiry:
    "expiry|expiration|expires|expire|exp date|valid thru|valid until|valid through|good through|good until|vencimiento|vence|caducidad|caduca|valida hasta|fecha de expiracion|expira",
  account:
    "account number|bank account|iban|cbu|cvu|clabe|sort code|cuenta bancaria|numero de cuenta|cuenta corriente|caja de ahorro|caja de ahorros|cuenta de ahorro|savings account|checking account",
  routing: "routing number|routing|aba number|transit number",
  dni: "dni|d n i|documento|nie|cuit|cuil|cedula|national id|identity card|identity number|id number|numero de identidad|nif",
  ssn: "social security|ssn|s s n|social",
  rut: "rut|r u t|run",
  birth:
    "date of birth|birth date|birthdate|birthday|born|dob|d o b|fecha de nacimiento|nacimiento|naci|nacido|nacida|nacio|cumpleanos",
  phone:
    "phone|phone number|telephone|cell|cellphone|mobile|call me|call you|call back|reach me|reach you|whatsapp|telefono|celular|movil|llamame|llameme|llamarlo|llamarla|llamarte|contacto",
  other:
    "order|order number|orden|pedido|numero de pedido|reference|reference number|referencia|tracking|seguimiento|confirmation|confirmation number|confirmacion|invoice|factura|ticket|case|case number|caso|reclamo|policy|policy number|poliza|contract|contrato|serial|serie|model|modelo|part number|sku|barcode|codigo de barras|booking|reserva|flight|vuelo|imei|vin|meter|medidor|codigo de cliente|customer number|numero de cliente|expediente|tramite",
  money: "dollars|dollar|pesos|peso|euros|euro|usd|pounds|soles|bucks|cents|centavos|percent|por ciento",
};

type Phrase = { topic: Topic; words: readonly string[] };

const BY_FIRST: ReadonlyMap<string, readonly Phrase[]> = Map.groupBy(
  Object.entries(PHRASES).flatMap(([topic, phrases]) =>
    phrases.split("|").map((phrase) => ({ topic: topic as Topic, words: phrase.split(" ") })),
  ),
  ({ words }) => words[0] ?? "",
);

/** A place where words name a topic: the first token, and the one after the last. */
export type Mention = { topic: Topic; from: number; to: number };

/** All mentions in the order of their ends. A longer phrase counts in place of the shorter one that begins it. */
export function mentionsIn(tokens: readonly Token[]): Mention[] {
  return tokens
    .flatMap((token, from) => {
      const said = (BY_FIRST.get(token.text) ?? [])
        .filter(({ words }) => words.every((word, at) => isWordOf(tokens, from, at, word)))
        .toSorted((one, other) => other.words.length - one.words.length);
      const longest = said[0]?.words.length ?? 0;
      return said
        .filter(({ words }) => words.length === longest)
        .map(({ topic, words }) => ({ topic, from, to: from + words.length }));
    })
    .toSorted((one, other) => one.to - other.to);
}

function isWordOf(tokens: readonly Token[], from: number, at: number, word: string): boolean {
  const token = tokens[from + at];
  return token?.text === word && token.lane === tokens[from]?.lane;
}

/** The nearest mention, among these topics, that ends before `at` and not more than so many tokens before it. */
export function nearestBefore(
  mentions: readonly Mention[],
  at: number,
  topics: readonly Topic[],
  within: number,
): Mention | undefined {
  // Mentions are ordered by their ends.
  let [low, high] = [0, mentions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((mentions[middle]?.to ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; index >= 0; index -= 1) {
    const mention = mentions[index];
    if (!mention || at - mention.to > within) return undefined;
    if (topics.includes(mention.topic)) return mention;
  }
  return undefined;
}
