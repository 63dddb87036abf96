import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { PROJECT } from "../../scripts/wrangler.ts";

export type Graph = {
  fetch(request: Request): Promise<Response>;
  put(path: string, bytes?: Uint8Array | string): object;
  remove(path: string): void;
  clear(): void;
  folder(path: string): object;
  read(path: string): Uint8Array | undefined;
  inPagesOf(size: number): void;
  grantToApplication(): void;
  files(): string[];
};

/** The script that the Worker's tests have in its runtime, in Node. */
export async function bundleGraph(): Promise<{ graph: Graph; remove(): void }> {
  const at = mkdtempSync(join(tmpdir(), "graph-"));
  const file = join(at, "graph.mjs");
  const entryPoints = [join(PROJECT, "test/worker/fake-graph.ts")];
  await build({ entryPoints, bundle: true, format: "esm", outfile: file, logLevel: "silent" });
  const { fakeGraph } = (await import(pathToFileURL(file).href)) as { fakeGraph(now: () => number): Graph };
  return { graph: fakeGraph(() => Date.now()), remove: () => rmSync(at, { recursive: true, force: true }) };
}

/**
 * Microsoft's sign-in, Graph and the links to bytes, scripted after Microsoft's documents, over HTTP: a request's host is the
 * first part of its path here.
 */
export async function startGraph() {
  const { graph, remove } = await bundleGraph();
  graph.grantToApplication();
  const server = createServer((request, response) => {
    respond(graph, `https:/${request.url ?? "/"}`, request, response).catch(() => void response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    graph,
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.closeAllConnections();
      server.close();
      remove();
    },
  };
}

/** Answers a request as the script answers it at this address. */
export async function respond(
  graph: Graph,
  address: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "GET", headers } = request;
  const given = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === "string" && !/^(host|connection|content-length|transfer-encoding)$/.test(name)
      ? [[name, value]]
      : [],
  ) as [string, string][];
  const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
  const answered = await graph.fetch(new Request(address, { method, headers: given, ...body }));
  const bytes = Buffer.from(await answered.arrayBuffer());
  response.writeHead(answered.status, { ...Object.fromEntries(answered.headers), "content-length": bytes.length });
  response.end(bytes);
}
