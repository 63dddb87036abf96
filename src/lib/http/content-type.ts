/** The parts of a content type, in lower case. Without a header `type` is "" and `charset` undefined. */
export type ContentType = { type: string; charset: string | undefined };

/** Reads a Content-Type header. A header sent twice arrives joined by a comma; the first counts. */
export function readContentType(header: string | null): ContentType {
  const text = header ?? "";
  const type = (text.split(/[;,]/)[0] ?? "").trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))/i.exec(text);
  const name = (charset?.[1] ?? charset?.[2] ?? charset?.[3])?.trim().toLowerCase();
  return { type, charset: name === "" ? undefined : name };
}
