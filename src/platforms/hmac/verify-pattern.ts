import { err, ok, type Result } from "../../lib/result";

const PLACES = ["body", "timestamp", "id", "url"] as const;
export type Place = (typeof PLACES)[number];

/** A piece of what is signed: text as it stands, or what goes in its place. */
export type Piece = { text: string } | { place: Place };

const encoder = new TextEncoder();

/**
 * The pieces of a pattern such as `v0:{timestamp}:{body}`, or what is wrong with it. The body is in it exactly once.
 */
export function parsePattern(pattern: string): Result<Piece[], string> {
  const pieces: Piece[] = [];
  for (const part of pattern.split(/(\{[^{}]*\})/)) {
    if (part === "") continue;
    const name = part.startsWith("{") && part.endsWith("}") ? part.slice(1, -1) : undefined;
    const place = PLACES.find((known) => known === name);
    if (place === undefined && /[{}]/.test(part)) {
      return err("may hold {body}, {timestamp}, {id} and {url}, and no other braces");
    }
    pieces.push(place === undefined ? { text: part } : { place });
  }
  const bodies = pieces.filter((piece) => "place" in piece && piece.place === "body");
  return bodies.length === 1 ? ok(pieces) : err("must hold {body} once: what is not signed can be changed by anybody");
}

/** What a pattern asks for; nothing where it is none. */
export function placesIn(pattern: string): Set<Place> {
  const parsed = parsePattern(pattern);
  return new Set(parsed.ok ? parsed.value.flatMap((piece) => ("place" in piece ? piece.place : [])) : []);
}

/** The bytes that were signed. */
export function fillPattern(
  pieces: readonly Piece[],
  values: Readonly<Record<Exclude<Place, "body">, string>>,
  body: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const parts = pieces.map((piece) => {
    if ("text" in piece) return encoder.encode(piece.text);
    return piece.place === "body" ? body : encoder.encode(values[piece.place]);
  });
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
