/** What a file's name says of its call. Empty where it says nothing. */
export type FileFacts = {
  external_id: string;
  number: string;
  direction: "inbound" | "outbound" | "";
  /** As a field for date and time has it: the clock of whoever named the file, without an offset. */
  started_at: string;
};

const INBOUND = /^(in|inbound|incoming|entrante|entrada|recibida)$/i;
const OUTBOUND = /^(out|outbound|outgoing|saliente|salida|realizada)$/i;
const DAY = String.raw`(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])`;
const A_DAY = new RegExp(`^${DAY}$`);
const CLOCK = String.raw`([01]\d|2[0-3])[-_.:]?([0-5]\d)(?:[-_.:]?([0-5]\d))?`;
const MOMENT = new RegExp(String.raw`(?<!\d)${DAY}[T _-]+${CLOCK}(?!\d)|(?<!\d)${DAY}${CLOCK}(?!\d)`);

/** As many digits have a date or a number; a name with fewer, such as "Recording (2)", tells no two calls apart. */
const TELLING = 6;

/**
 * Reads what recorders write into names: the moment, the direction as a word, and a telephone number. The reference is
 * the name itself without its ending where it is one of its own, so that the same file twice is the same call.
 */
export function factsOf(fileName: string): FileFacts {
  const name = fileName.replace(/\.[a-z0-9]{1,5}$/i, "").trim();
  const moment = MOMENT.exec(name);
  const rest = moment ? name.replace(moment[0], " ") : name;
  const words = rest.split(/[^\p{L}\d+]+/u);
  const number = words.find((word) => /^\+?\d{7,15}$/.test(word) && !A_DAY.test(word)) ?? "";
  const direction = words.some((word) => INBOUND.test(word))
    ? "inbound"
    : words.some((word) => OUTBOUND.test(word))
      ? "outbound"
      : "";
  const reference = name.replace(/\D/g, "").length >= TELLING ? name.slice(0, 200) : "";
  return { external_id: reference, number, direction, started_at: moment ? asField(moment) : "" };
}

function asField(moment: RegExpExecArray): string {
  const [year, month, day, hour, minute, second = "00"] =
    moment[1] === undefined ? moment.slice(7) : moment.slice(1, 7);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}
