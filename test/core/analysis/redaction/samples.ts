import type { PiiKind, Utterance } from "../../../../src/analysis/redaction";

/**
 * What is said on a call, by whom, one line each (`o:` operator, `c:` customer, `m:` everyone on one channel), and what is to
 * be found in it: kind and words, each as they stand there.
 */
export type Sample = { name: string; said: string[]; found: [PiiKind, string][] };

export function utterancesOf(said: readonly string[]): Utterance[] {
  return said.map((line) => ({ lane: line.slice(0, 1), words: line.slice(2).trim().split(/\s+/) }));
}

// Numbers of cards, accounts and people are the test numbers of schemes and made-up ones with right check digits.
export const SAMPLES: Sample[] = [
  {
    name: "a card as digits",
    said: ["o: can I have the card number", "c: sure 4111 1111 1111 1111"],
    found: [["card_number", "4111 1111 1111 1111"]],
  },
  {
    name: "a card in one word, with punctuation",
    said: ["c: it is 5555-5555-5555-4444, thanks"],
    found: [["card_number", "5555-5555-5555-4444,"]],
  },
  {
    name: "a card digit by digit with hesitations",
    said: ["c: four five four three uh nine one eight um two seven six five four er three two one one okay"],
    found: [["card_number", "four five four three uh nine one eight um two seven six five four er three two one one"]],
  },
  {
    name: "a card over turns with the listener in between",
    said: [
      "o: go ahead with the card number",
      "c: four one one one",
      "o: mhm",
      "c: one one one one",
      "o: right",
      "c: one one one one",
      "o: and the last four",
      "c: one one one one",
    ],
    found: [["card_number", "four one one one / one one one one / one one one one / one one one one"]],
  },
  {
    name: "a card with double and oh",
    said: ["c: my visa is four double oh oh triple oh oh oh oh oh oh oh oh oh two"],
    found: [["card_number", "four double oh oh triple oh oh oh oh oh oh oh oh oh two"]],
  },
  {
    name: "a card in pairs",
    said: ["c: forty one eleven eleven eleven eleven eleven eleven eleven"],
    found: [["card_number", "forty one eleven eleven eleven eleven eleven eleven eleven"]],
  },
  {
    name: "a card in Spanish, digit by digit",
    said: [
      "o: ¿me da el número de la tarjeta?",
      "c: cuatro uno uno uno, eh, uno uno uno uno uno uno uno uno uno uno uno uno",
    ],
    found: [["card_number", "cuatro uno uno uno, eh, uno uno uno uno uno uno uno uno uno uno uno uno"]],
  },
  {
    name: "a card in Spanish, in thousands",
    said: [
      "c: cuatro mil quinientos cuarenta y tres nueve mil ciento ochenta y dos siete mil seiscientos cincuenta y cuatro tres mil doscientos once",
    ],
    found: [
      [
        "card_number",
        "cuatro mil quinientos cuarenta y tres nueve mil ciento ochenta y dos siete mil seiscientos cincuenta y cuatro tres mil doscientos once",
      ],
    ],
  },
  {
    name: "a card of American Express",
    said: ["c: thirty seven eighty two eight two two four six three one zero zero zero five"],
    found: [["card_number", "thirty seven eighty two eight two two four six three one zero zero zero five"]],
  },
  {
    name: "a card with a digit misheard, called a card",
    said: ["o: your card number please", "c: four one one one two one one one one one one one one one one one"],
    found: [["card_number", "four one one one two one one one one one one one one one one one"]],
  },
  {
    name: "an interruption inside a card",
    said: ["c: the tarjeta 4111 1111 wait a second 1111 1111"],
    found: [["card_number", "4111 1111 wait a second 1111 1111"]],
  },
  {
    name: "a number that is begun twice, and repeated by the listener",
    said: [
      "c: four five four three nine one sorry again",
      "c: four five four three nine one eight two seven six five four three two one one",
      "o: so that is forty five forty three ninety one",
    ],
    found: [
      ["card_number", "four five four three nine one"],
      ["card_number", "four five four three nine one eight two seven six five four three two one one"],
      ["card_number", "forty five forty three ninety one"],
    ],
  },
  {
    name: "expiry and code after the number",
    said: ["c: 4111 1111 1111 1111 0628 123"],
    found: [
      ["card_number", "4111 1111 1111 1111"],
      ["card_expiry", "0628"],
      ["card_code", "123"],
    ],
  },
  {
    name: "expiry and code when asked",
    said: [
      "o: and the expiry date of the card",
      "c: june twenty twenty eight",
      "o: and the security code on the back",
      "c: one two three",
    ],
    found: [
      ["card_expiry", "june twenty twenty eight"],
      ["card_code", "one two three"],
    ],
  },
  {
    name: "expiry and code in Spanish",
    said: [
      "o: ¿cuál es el vencimiento de la tarjeta?",
      "c: junio de dos mil veintiocho",
      "o: ¿y el código de seguridad?",
      "c: siete ocho nueve",
    ],
    found: [
      ["card_expiry", "junio de dos mil veintiocho"],
      ["card_code", "siete ocho nueve"],
    ],
  },
  {
    name: "the code of a card, the card named last",
    said: ["c: the security code of my card is 9 8 7"],
    found: [["card_code", "9 8 7"]],
  },
  {
    name: "an IBAN as written",
    said: ["c: ES91 2100 0418 4502 0005 1332"],
    found: [["bank_account", "ES91 2100 0418 4502 0005 1332"]],
  },
  {
    name: "an IBAN in one word",
    said: ["c: use GB29NWBK60161331926819 please"],
    found: [["bank_account", "GB29NWBK60161331926819"]],
  },
  {
    name: "an IBAN spelled",
    said: [
      "o: the IBAN please",
      "c: D E eight nine three seven zero four zero zero four four zero five three two zero one three zero zero zero",
    ],
    found: [
      [
        "bank_account",
        "D E eight nine three seven zero four zero zero four four zero five three two zero one three zero zero zero",
      ],
    ],
  },
  {
    name: "a CBU",
    said: ["c: 2850590940090418135201"],
    found: [["bank_account", "2850590940090418135201"]],
  },
  {
    name: "a CLABE",
    said: ["o: su clabe", "c: 032180000118359719"],
    found: [["bank_account", "032180000118359719"]],
  },
  {
    name: "an account that is called one",
    said: ["o: what is your account number", "c: it's one two three four five six seven eight"],
    found: [["bank_account", "one two three four five six seven eight"]],
  },
  {
    name: "a DNI with its letter",
    said: ["c: mi dni es 12345678 Z"],
    found: [["national_id", "12345678 Z"]],
  },
  {
    name: "a DNI with its letter by name, in words",
    said: ["c: uno dos tres cuatro cinco seis siete ocho letra zeta"],
    found: [["national_id", "uno dos tres cuatro cinco seis siete ocho letra zeta"]],
  },
  {
    name: "a NIE",
    said: ["c: soy X 1234567 L"],
    found: [["national_id", "X 1234567 L"]],
  },
  {
    name: "a CUIT in pairs, by its check digit",
    said: ["c: veinte, treinta y dos, noventa y seis, cuarenta y dos, treinta y tres, cero"],
    found: [["national_id", "veinte, treinta y dos, noventa y seis, cuarenta y dos, treinta y tres, cero"]],
  },
  {
    name: "a CUIL by its check digit",
    said: ["c: 20-12345678-6"],
    found: [["national_id", "20-12345678-6"]],
  },
  {
    name: "an Argentine DNI, which has no check digit",
    said: ["o: ¿su documento?", "c: treinta millones doscientos cuarenta y cinco mil seiscientos setenta y ocho"],
    found: [["national_id", "treinta millones doscientos cuarenta y cinco mil seiscientos setenta y ocho"]],
  },
  {
    name: "a social security number",
    said: ["o: your social security number", "c: five two three four five six seven eight nine"],
    found: [["national_id", "five two three four five six seven eight nine"]],
  },
  {
    name: "a social security number as written",
    said: ["c: 523-45-6789"],
    found: [["national_id", "523-45-6789"]],
  },
  {
    name: "a RUT",
    said: ["c: mi rut es 12.345.678-5"],
    found: [["national_id", "12.345.678-5"]],
  },
  {
    name: "a RUT that ends with K",
    said: ["c: el rut 10000013 K"],
    found: [["national_id", "10000013 K"]],
  },
  {
    name: "a date of birth",
    said: ["o: and your date of birth", "c: the fifth of june nineteen eighty"],
    found: [["date_of_birth", "fifth of june nineteen eighty"]],
  },
  {
    name: "a date of birth in Spanish",
    said: ["o: fecha de nacimiento", "c: el cinco de junio de mil novecientos ochenta"],
    found: [["date_of_birth", "cinco de junio de mil novecientos ochenta"]],
  },
  {
    name: "a date of birth in digits",
    said: ["c: I was born 05/06/1980"],
    found: [["date_of_birth", "05/06/1980"]],
  },
  {
    name: "a telephone number that is called one",
    said: ["c: my cell is five five five eight seven six five four three two"],
    found: [["phone_number", "five five five eight seven six five four three two"]],
  },
  {
    name: "an international number",
    said: ["c: +54 11 4567-8901"],
    found: [["phone_number", "+54 11 4567-8901"]],
  },
  {
    name: "an e-mail as written",
    said: ["c: write to maria.perez72@example.com please"],
    found: [["email", "maria.perez72@example.com"]],
  },
  {
    name: "an e-mail in Spanish",
    said: ["c: mi correo es maría punto pérez arroba gmail punto com"],
    found: [["email", "maría punto pérez arroba gmail punto com"]],
  },
  {
    name: "an e-mail in English",
    said: ["c: my email is john underscore smith at example dot co dot uk okay"],
    found: [["email", "john underscore smith at example dot co dot uk"]],
  },
  {
    name: "everyone on one channel",
    said: [
      "m: your card number please sure four one one one one one one one mhm one one one one one one one one thanks",
    ],
    found: [["card_number", "four one one one one one one one mhm one one one one one one one one"]],
  },

  // What is none of it.
  { name: "an order number with a wrong sum", said: ["c: the order is 4111 1111 1111 1112"], found: [] },
  { name: "an order number with the sum of a card", said: ["c: my order number is 4111 1111 1111 1111"], found: [] },
  { name: "a number of a parcel", said: ["c: seguimiento 9400 1118 9922 3857 2604 12"], found: [] },
  { name: "an invoice", said: ["o: factura 0001 00012345"], found: [] },
  { name: "a policy and when it ends", said: ["o: your policy 88123456 expires in June 2028"], found: [] },
  { name: "money", said: ["c: they took forty five thousand three hundred pesos from my card"], found: [] },
  { name: "money by card", said: ["c: with my card I paid 12345678 pesos"], found: [] },
  { name: "the last four", said: ["o: the card that ends in four two four two"], found: [] },
  { name: "hours and days", said: ["o: from nine to five, monday to friday, four to five days"], found: [] },
  {
    name: "sixteen equal digits",
    said: ["c: zero zero zero zero zero zero zero zero zero zero zero zero zero zero zero zero"],
    found: [],
  },
  { name: "years", said: ["c: in 2019 and 2020 and 2021 we had 1200 calls"], found: [] },
  { name: "at", said: ["c: I am at home at ten dot"], found: [] },
  { name: "a code for signing in", said: ["o: the verification code is 482910"], found: [] },
  { name: "how old", said: ["c: I have two children one is four and one is eight"], found: [] },
  { name: "a model", said: ["c: modelo 12345678 Z"], found: [["national_id", "12345678 Z"]] },
];
