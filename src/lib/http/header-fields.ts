/** The headers of a request, by names in any case. The platform's own `Headers` are such fields. */
export type HeaderFields = Pick<Headers, "get" | "has"> & Iterable<[string, string]>;

/**
 * The same headers, read once: each question to the platform's own object costs more than the rest of a short function,
 * and a notice's headers are asked for some twenty times.
 */
export function readHeaderFields(headers: Headers): HeaderFields {
  const fields = new Map<string, string>();
  // A third of what its iterator costs.
  headers.forEach((value, name) => fields.set(name, value));
  const get = (name: string) => fields.get(name) ?? fields.get(name.toLowerCase()) ?? null;
  return { get, has: (name) => get(name) !== null, [Symbol.iterator]: () => fields.entries() };
}
