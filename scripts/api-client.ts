import { Trouble } from "./trouble.ts";

export type Answer = { status: number; body: unknown };

/** A small client for the local API. It returns any answer, whatever its status; only a missing answer throws. */
export async function request(
  url: string,
  path: string,
  options: { method?: string; token?: string; body?: unknown } = {},
): Promise<Answer> {
  const headers: { [name: string]: string } = { accept: "application/json" };
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
  if (options.body !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(`${url}${path}`, {
      method: options.method ?? "GET",
      headers,
      signal: AbortSignal.timeout(15_000),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text) };
  } catch (error) {
    const reason =
      error instanceof Error && error.name === "TimeoutError" ? "no answer in 15 s" : "nothing answers there";
    throw new Trouble(`${options.method ?? "GET"} ${url}${path} failed: ${reason}`);
  }
}

/** The body of a successful answer; else throws one line with what was refused and why. */
export function expectSuccess(answer: Answer, what: string): { [key: string]: unknown } {
  if (answer.status >= 200 && answer.status < 300 && isObject(answer.body)) return answer.body;
  throw new Trouble(`${what} failed: ${answer.status} ${describeProblem(answer.body)}`.trim());
}

function describeProblem(body: unknown): string {
  if (!isObject(body)) return oneLine(toText(body));
  const fields = Array.isArray(body.errors)
    ? body.errors.filter(isObject).map((one) => `${toText(one.field)} ${toText(one.message)}`)
    : [];
  return oneLine([toText(body.detail ?? body.message ?? body.title), ...fields].join(" "));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}

/** A text at a path of keys, e.g. `["organization", "id"]`; trouble when it is not there. */
export function textAt(value: unknown, path: readonly string[]): string {
  const found = valueAt(value, path);
  if (typeof found !== "string") throw new Trouble(`the API's answer has no ${path.join(".")}`);
  return found;
}

export function numberAt(value: unknown, path: readonly string[]): number {
  const found = valueAt(value, path);
  if (typeof found !== "number") throw new Trouble(`the API's answer has no ${path.join(".")}`);
  return found;
}

export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** A value for a person to read: texts and numbers as they are, "" for nothing, the rest as JSON. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
