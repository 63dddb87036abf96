import { startInRuntime } from "./in-runtime.ts";

// Storages as the Worker opens them, in its runtime: what a peer's test asks of one.

const WORKER = `
import { connect } from "cloudflare:sockets";
import { CONNECTOR_KINDS } from "./src/connectors/kinds.ts";
// Microsoft's hosts are ones of a script, which listens at a port of this machine.
const MICROSOFT = /^https:[/][/]([^/]+[.](?:microsoft|microsoftonline|sharepoint)[.](?:com|us|cn|test))[/]/;
const deps = (policy, graph) => ({
  connect: (address, secureTransport = "off") => {
    const socket = connect(address, { secureTransport });
    socket.opened.catch(() => {});
    socket.closed.catch(() => {});
    return socket;
  },
  fetch: (input, init) => fetch(graph === undefined ? input : input.replace(MICROSOFT, "http://127.0.0.1:" + graph + "/$1/"), init),
  guardPolicy: policy ?? { allowPrivateAddresses: true, ownHosts: [] },
  now: () => Date.now(),
  keep: async () => {},
});
async function digestOf(body) {
  const { readable, writable } = new IdentityTransformStream();
  const digest = new crypto.DigestStream("SHA-256");
  const piped = readable.pipeTo(digest);
  const writer = writable.getWriter();
  let size = 0;
  for (;;) {
    const step = await body.next();
    if (step.kind === "broken") return { broken: step.failure.reason };
    if (step.kind === "end") break;
    size += step.bytes.length;
    await writer.write(step.bytes);
  }
  await writer.close();
  await piped;
  return { size, digest: [...new Uint8Array(await digest.digest)].map((part) => part.toString(16).padStart(2, "0")).join("") };
}
export default {
  async fetch(request) {
    const { kind: name, act, settings: given, credentials, file, files, cursor, policy, graph } = await request.json();
    const kind = CONNECTOR_KINDS[name];
    const parsed = kind.settings.safeParse(given);
    if (!parsed.success) return Response.json({ refused: parsed.error.issues.map(({ path, message }) => path.join(".") + " " + message) });
    const settings = parsed.data;
    if (act === "place") return Response.json((await kind.checkPlace(settings, policy)) ?? null);
    const kept = await kind.credentials.safeParseAsync(credentials);
    if (!kept.success) return Response.json({ refused: kept.error.issues.map(({ path, message }) => path.join(".") + " " + message) });
    const storage = kind.open(settings, kept.data, deps(policy, graph));
    const open = async (one) => {
      const opened = await storage.open(one);
      return opened.ok ? { ok: true, ...(await digestOf(opened.value.body)) } : opened;
    };
    try {
      if (act === "list") return Response.json(await storage.list(cursor ?? null));
      if (act === "test") return Response.json(await storage.test());
      if (act === "lookUp") return Response.json(await storage.lookUp(file));
      if (act === "settle") return Response.json(await storage.settle(file));
      // As a look does: several at a time, each moved once it was read.
      if (act === "take") return Response.json(await Promise.all(files.map(async (one) => [await open(one), await storage.settle(one)])));
      return Response.json(await open(file));
    } finally {
      storage.close();
    }
  },
};`;

export type Failure = { code: string; detail: string };
export type Found = { name: string; version: string; size: number; refusal?: string };
export type Listed = { ok: boolean; value: { files: Found[]; cursor: string | null }; error: Failure };
export type Opened = { ok: boolean; size: number; digest: string; broken?: string; error: Failure };
export type Step = { step: string; failure: Failure | null };

/** The Worker's storages; `ask` gives what came of one act. */
export function startStorages() {
  return startInRuntime(WORKER, "storages-worker.ts");
}
