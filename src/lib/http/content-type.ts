/** A content type in its pieces, in lower case. `type` is "" where none was named; `charset` undefined likewise. */
export type ContentType = { type: string; charset: string | undefined };

/** Reads a Content-Type header. One that was set twice arrives joined by a comma: the first counts. */
export function readContentType(header: string | null): ContentType {
  const text = header ?? "";
  const type = (text.split(/[;,]/)[0] ?? "").trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))/i.exec(text);
  const name = (charset?.[1] ?? charset?.[2] ?? charset?.[3])?.trim().toLowerCase();
  return { type, charset: name === "" ? undefined : name };
}
