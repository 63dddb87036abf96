import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A row as SQL Server's driver hands it to the task. */
export type NeoRow = Readonly<Record<string, string | number | null>>;

/**
 * Neotel's HTTP API in script: an ASP.NET web service (.asmx) whose method `ExecuteTaskNN` takes `idTask` and NN parameters by
 * GET, and answers with JSON inside of an XML string; a method that fails answers 500 with the exception in clear text. The
 * forms are those that Microsoft prints for the HTTP-GET binding of XML web services, and Neotel for ExecuteTask.
 */
export async function startNeoApi() {
  let rows: readonly NeoRow[] = [];
  let instead: ((response: ServerResponse) => void) | undefined;
  const asked: URL[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? "/", "http://neotel.invalid");
    asked.push(url);
    if (instead) return instead(response);
    const [, count] = /^\/neoapi\/webservice\.asmx\/ExecuteTask(\d\d)$/.exec(url.pathname) ?? [];
    const fail = (text: string) =>
      void response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(text);
    if (count === undefined)
      return fail("Request format is unrecognized for URL unexpectedly ending in '/webservice.asmx'.");
    for (const name of ["idTask", ...Array.from({ length: Number(count) }, (_, at) => `param${at + 1}`)])
      if (!url.searchParams.has(name)) return fail(`Missing parameter: ${name}.`);
    const [from = "", to = ""] = ["param1", "param2"].map((name) => url.searchParams.get(name) ?? "");
    const found = rows.filter(({ FECHA }) => String(FECHA) >= from && String(FECHA) < to);
    response.writeHead(200, { "content-type": "text/xml; charset=utf-8" });
    response.end(
      `<?xml version="1.0" encoding="utf-8"?>\r\n<string xmlns="http://tempuri.org/">${escaped(JSON.stringify(found))}</string>`,
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/neoapi/webservice.asmx`,
    asked,
    has: (given: readonly NeoRow[]) => void (rows = given),
    answersWith: (other: ((response: ServerResponse) => void) | undefined) => void (instead = other),
    stop: () => void server.close(),
  };
}

/** .NET's XML writer escapes these three in text, and leaves quotes. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
