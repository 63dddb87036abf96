/**
 * Writes plain data like CPython's `json.dumps(value)`, so that a receiver who parses a body and dumps it again gets
 * the same bytes. Like JSON.stringify it leaves out undefined and writes null for non-finite numbers.
 */
export function pythonJson(value: unknown): string {
  if (typeof value === "string") return pythonString(value);
  if (typeof value === "number") return pythonNumber(value);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${pythonString(key)}: ${pythonJson(item)}`).join(", ")}}`;
  }
  return "null";
}

// ensure_ascii: each UTF-16 unit outside ASCII, and DEL, becomes an escape. JSON.stringify escapes lone surrogates.
function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

// JavaScript writes small numbers without exponent down to 1e-6, Python's repr down to 1e-4 and with two-digit
// exponents. Large ones agree: what JavaScript writes without exponent, Python reads as an int and prints the same.
function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) return "null";
  if (value === 0 || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}
