import type { CommonSettings } from "./settings";

/** What an example notice is written from. */
export type ExampleContext<S extends CommonSettings = CommonSettings> = {
  /** Milliseconds: when the call of the example ended. */
  now: number;
  /** 32 hexadecimal digits that no other example has: the ids in it are made of them. */
  unique: string;
  settings: S;
  /** The campaign whose number the notice names, where the platform's notices name one. Null: none is chosen. */
  campaign: { number: number } | null;
};

/** Who talks in every example. Ofcom keeps these numbers of London for stories: they are nobody's. */
export const CALLER = "+442079460018";
export const LINE = "+442079460199";
export const OPERATOR = "Sample Operator";

/** In seconds: the talk is as long as the recording that goes with a sample (samples/catalog.ts, billing). */
export const RINGING = 4;
export const TALK = 27;
export const LENGTH = RINGING + TALK;

/** Stands in the ids of examples, where the platform's have room for words: a call of such an id is nobody's. */
const MARK = "sample-";

/** An id that says what it is. */
export function exampleId(unique: string): string {
  return `${MARK}${unique}`;
}

const EXAMPLE = new RegExp(`${MARK}[0-9a-f]{32}`);

/** Whether an id is one of `exampleId`, or holds one. */
export function isExampleId(id: string): boolean {
  return EXAMPLE.test(id);
}

/** The id of a sample's call, by the id in its notice: never that of the call of the platform's that the notice is of. */
export function sampleIdOf(externalId: string): string {
  return isExampleId(externalId) ? externalId : `${MARK}${externalId}`;
}

/** What stands in the notice of a sample whose call has this id; undefined where no sample's call can have it. */
export function idInSample(externalId: string): string | undefined {
  return externalId.startsWith(MARK) ? externalId.slice(MARK.length) : undefined;
}

/** What no two examples have in common. */
export function newUnique(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The digits in the form of a UUID. */
export function uuidOf(unique: string): string {
  return unique.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A number of so many decimal digits; of up to 15, JSON keeps each. */
export function digitsOf(unique: string, length: number): string {
  const least = 10n ** BigInt(length - 1);
  return String(least + (BigInt(`0x${unique}`) % (9n * least)));
}

/** When the call of an example began, was answered and ended, in milliseconds, on whole seconds. */
export function momentsOf(now: number): { startedAt: number; answeredAt: number; endedAt: number } {
  const endedAt = now - (now % 1_000);
  return { startedAt: endedAt - LENGTH * 1_000, answeredAt: endedAt - TALK * 1_000, endedAt };
}

/** JSON as a person reads it. */
export function written(body: object): string {
  return JSON.stringify(body, null, 2);
}
