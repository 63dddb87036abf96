/**
 * A parameter behind a header's value. The text of a quoted one is what stands between the quotes, escapes included.
 */
export type Parameter = { name: string; value: string; quoted: boolean };

// Up to the next semicolon that is in no quotes; quotes that are never closed reach to the end.
const PIECE = /;((?:[^;"]|"(?:[^"\\]|\\[^])*"?)*)/g;
const QUOTED = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*"((?:[^"\\]|\\[^])*)"\s*$/;
// A name that should stand in quotes and does not may hold blanks.
const BARE = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=([^"]*)$/;
const FOLD = /\r?\n[ \t]+/g;

/** A header on one line: RFC 9110 §5.2 and RFC 5322 §2.2.3 let long ones go on behind a line break and a blank. */
export function unfolded(header: string): string {
  return header.replace(FOLD, " ");
}

/**
 * The parameters of a header, `; name=value` each, in the order they stand and with their names in lower case;
 * undefined in the place of what is none. Blanks around the equals sign, which RFC 9110 §5.6.6 forbids and people type,
 * are let through.
 */
export function readParameters(text: string): (Parameter | undefined)[] {
  const pieces = [...text.matchAll(PIECE)].map(([, piece = ""]) => piece);
  return pieces.filter((piece) => piece.trim() !== "").map(parameterIn);
}

function parameterIn(piece: string): Parameter | undefined {
  const quoted = QUOTED.exec(piece);
  const [, name, value] = quoted ?? BARE.exec(piece) ?? [];
  if (name === undefined || value === undefined) return undefined;
  return { name: name.toLowerCase(), value: quoted ? value : value.trim(), quoted: quoted !== null };
}
