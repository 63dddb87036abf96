import { contentTypeOf, formOf, MAX_RENDERED, parseTemplate, renderTemplate, valueAt } from "../templates";
import type { AttemptContext, ProfileRequest } from "./contract";

/** A body and its Content-Type. */
export type Body = { text: string; contentType: string };

/** How a profile writes JSON. */
export type Serialize = (value: unknown) => string;

/**
 * The body of a request: the profile's own, or the subscriber's template with `variables` inserted, written the
 * profile's way so that receivers who re-serialise it get the signed text. Throws when the result is too large.
 */
export function makeBody(
  context: Pick<AttemptContext, "template" | "headers">,
  own: Record<string, unknown>,
  serialize: Serialize = JSON.stringify,
  variables: Record<string, unknown> = own,
): Body {
  const contentType = contentTypeOf(context.headers) ?? "application/json";
  if (context.template === null) return { text: serialize(own), contentType };
  const template = parseTemplate(context.template, formOf(context.headers));
  const rendered = renderTemplate(template, (names) => valueAt(variables, names));
  if (!rendered.ok) throw new Error(`the template grew beyond ${MAX_RENDERED} characters`);
  return { text: template.form === "json" ? serialize(JSON.parse(rendered.value)) : rendered.value, contentType };
}

/** The request of an attempt. The profile's headers override the subscriber's, whatever the case of their names. */
export function requestOf(context: AttemptContext, body: Body, headers: Record<string, string>): ProfileRequest {
  const taken = new Set(["content-type", ...Object.keys(headers).map((name) => name.toLowerCase())]);
  const added = Object.entries(context.headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => !taken.has(name));
  return {
    method: context.method,
    headers: {
      ...Object.fromEntries(added),
      "content-type": body.contentType,
      ...(context.test ? { "trunkline-test": "true" } : {}),
      ...headers,
    },
    body: body.text,
  };
}
