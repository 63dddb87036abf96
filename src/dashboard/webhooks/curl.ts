/** A request as a command for a shell. */
export function curlOf(request: {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}): string {
  return [
    `curl -sS -i -X ${request.method} ${quoted(request.url)}`,
    ...Object.entries(request.headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    `  --data-binary ${quoted(request.body)}`,
  ].join(" \\\n");
}

/** Nothing within single quotes means anything to a shell but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
