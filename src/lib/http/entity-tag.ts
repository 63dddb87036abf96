/** Whether `If-None-Match` or `If-Match` names this tag. Tags are compared weakly: a proxy that packs makes them weak. */
export function isNamedBy(header: string | undefined, etag: string): boolean {
  const names = (header ?? "").split(",").map((name) => name.trim().replace(/^W\//, ""));
  return names.includes(etag) || names.includes("*");
}
