// First of all: what it signs is what the runtime trusts.
import { OF_MICROSOFT } from "./private-ca.ts";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleGraph, respond, type Graph } from "./graph.ts";

// Microsoft's hosts as a script on this machine, for a whole `npm start`: the product asks the addresses that it always asks,
// over https. In a file system of its own the start reads another /etc/hosts, by which these names lead here, and it trusts a
// certificate of the test's own. Needs root, as CI has it: for the port 443, and for that file system.

const HOSTS = ["login.microsoftonline.com", "graph.microsoft.com", "acme.sharepoint.test"];

/** Why it cannot be done here; undefined where it can. */
export function noMicrosoft(): string | undefined {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs root: Microsoft's hosts are a script at port 443 here, in a file system of the start's own";
  }
}

export type Microsoft = {
  graph: Graph;
  /** The address of this machine where it listens. */
  address: string;
  /** What a command has to be behind, so that Microsoft's names lead here for it. */
  behind: readonly string[];
  /** Resolves once the first request comes that this fits, which is never answered. */
  cutAt(fits: (method: string, url: URL) => boolean): Promise<void>;
  stop(): void;
};

export async function startMicrosoft(): Promise<Microsoft> {
  const { graph, remove } = await bundleGraph();
  let cut: { fits: (method: string, url: URL) => boolean; strike: () => void } | undefined;
  const key = readFileSync(OF_MICROSOFT.key);
  const server = createServer({ key, cert: readFileSync(OF_MICROSOFT.certificate) }, (request, response) => {
    const url = new URL(request.url ?? "/", `https://${request.headers.host ?? ""}`);
    if (cut?.fits(request.method ?? "GET", url)) {
      const { strike } = cut;
      cut = undefined;
      response.destroy();
      return strike();
    }
    if (url.pathname.endsWith("/oauth2/v2.0/authorize")) {
      // A person signs in and agrees.
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", "code-of-ana");
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      return void response.writeHead(302, { location: back.href }).end();
    }
    respond(graph, url.href, request, response).catch(() => void response.destroy());
  });
  const address = await listen(server);
  const at = mkdtempSync(join(tmpdir(), "microsoft-"));
  const hosts = join(at, "hosts");
  const named = HOSTS.map((host) => `${address} ${host}`);
  writeFileSync(hosts, [readFileSync("/etc/hosts", "utf8"), ...named, ""].join("\n"));
  return {
    graph,
    address,
    behind: ["unshare", "-m", "sh", "-c", `mount --bind ${hosts} /etc/hosts && exec "$0" "$@"`],
    cutAt: (fits) => new Promise<void>((resolve) => (cut = { fits, strike: resolve })),
    stop: () => {
      server.closeAllConnections();
      server.close();
      rmSync(at, { recursive: true, force: true });
      remove();
    },
  };
}

/** At an address of this machine of its own, so that tests side by side do not take the port from each other. */
async function listen(server: Server): Promise<string> {
  const part = () => 1 + Math.floor(Math.random() * 250);
  const address = `127.${part()}.${part()}.${part()}`;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(443, address, resolve);
  });
  return (server.address() as AddressInfo).address;
}
