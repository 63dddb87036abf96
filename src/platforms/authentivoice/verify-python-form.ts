import { pythonJson } from "../../lib/python-json";
import { readUtf8 } from "../reading/text";

// What JSON is made of (RFC 8259), one at a time; what stands inside a string is checked when it is read.
const TOKEN =
  /[\t\n\r ]+|([{}[\]])|([,:])|("[^"\\]*(?:\\.[^"\\]*)*")|(-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)|(true|false|null)/sy;

/**
 * A JSON body as CPython's `json.dumps(json.loads(body))` writes it, or undefined when it is not made of JSON's parts.
 * Token by token, because a parser of ours would lose what Python keeps: the order of keys that look like numbers,
 * `1.0`, and integers of any length. A key that stands twice in an object is the one thing it does not follow.
 */
export function pythonForm(body: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const text = readUtf8(body);
  const dumped = text === undefined ? undefined : dump(text);
  return dumped === undefined ? undefined : new Uint8Array(new TextEncoder().encode(dumped));
}

function dump(text: string): string | undefined {
  let written = "";
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    // A sticky expression that does not match begins anew.
    if (!found) return undefined;
    const [, bracket, separator, string, number, fraction, exponent, word] = found;
    if (bracket !== undefined) written += bracket;
    else if (separator !== undefined) written += `${separator} `;
    else if (string !== undefined) {
      const content = stringOf(string);
      if (content === undefined) return undefined;
      written += pythonJson(content);
    } else if (number !== undefined)
      written += fraction === undefined && exponent === undefined ? pythonInteger(number) : pythonFloat(Number(number));
    else if (word !== undefined) written += word;
  }
  return written;
}

function stringOf(literal: string): unknown {
  try {
    return JSON.parse(literal);
  } catch {
    return undefined;
  }
}

function pythonInteger(digits: string): string {
  return digits === "-0" ? "0" : digits;
}

// `float.__repr__`: the shortest digits, as JavaScript's, with an exponent below 1e-4 and from 1e16 on.
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e16) return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  const plain = String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}
