import { invalid, type DomainError } from "../../errors";
import type { Colleague } from "../../identity";
import { err, ok, type Result } from "../../lib/result";

/** How somebody is named in a comment, after `@`: by their name or, where several have it, by the address of their mail. */
export type Handle = { userId: string; name: string; handle: string };

/** People that one comment names at most. */
const MOST_MENTIONS = 20;
/** Letters of a name that nobody has which a refusal repeats. */
const MOST_SHOWN = 60;

/** `@` that begins a word: the one of an address of mail does not. */
const AT = /(^|[\s([{"'“«¿¡/,;:])@(?=\S)/gu;
const ENDS = /^(?:$|[^\p{L}\p{N}_@])/u;
const WORD = /^[^\s,;:!?()[\]{}"“”«»]+/u;

/** How these people are named. */
export function handlesOf(people: readonly Pick<Colleague, "userId" | "name" | "email">[]): Handle[] {
  const isShared = (name: string) => people.filter((other) => folded(other.name) === folded(name)).length > 1;
  return people.map(({ userId, name, email }) => ({ userId, name, handle: isShared(name) ? email : name }));
}

/**
 * The ids of the people that a text names, each once, in the order of the text. An `@` before anything else is refused:
 * whoever wrote it would believe that somebody was told.
 */
export function mentionsIn(
  text: string,
  people: readonly Pick<Colleague, "userId" | "name" | "email">[],
): Result<string[], DomainError> {
  const found = new Set<string>();
  const byLength = people
    .flatMap(({ userId, name, email }) => [
      { userId, written: folded(name) },
      { userId, written: folded(email) },
    ])
    .filter(({ written }) => written !== "")
    .toSorted((one, other) => other.written.length - one.written.length);
  const whole = folded(text);
  for (const match of whole.matchAll(AT)) {
    const rest = whole.slice(match.index + match[0].length);
    const [first] = byLength.filter(({ written }) => rest.startsWith(written) && ENDS.test(rest.slice(written.length)));
    const named = byLength.filter(({ written }) => written === first?.written);
    if (!first) return err(invalid("text", nobody(rest)));
    if (new Set(named.map(({ userId }) => userId)).size > 1)
      return err(invalid("text", `names @${first.written}, as several are called: write the address of their mail`));
    found.add(first.userId);
  }
  if (found.size > MOST_MENTIONS) return err(invalid("text", `names more than ${MOST_MENTIONS} people`));
  return ok([...found]);
}

function nobody(rest: string): string {
  const name = (WORD.exec(rest)?.[0] ?? rest).slice(0, MOST_SHOWN);
  return `names @${name}, and nobody of that name may read it`;
}

/** As two spellings of a name are compared. */
function folded(text: string): string {
  return text.normalize("NFC").toLowerCase().trim();
}
