import { after, before, describe } from "node:test";
import { startGraph } from "./graph.ts";
import { storageSuite, type Peer } from "./storage-suite.ts";
import { startStorages } from "./storages.ts";

// The OneDrive connector in the runtime, against Microsoft's sign-in and Graph as a script, over sockets.

let microsoft: Awaited<ReturnType<typeof startGraph>>;
let storages: Awaited<ReturnType<typeof startStorages>>;

before(async () => {
  microsoft = await startGraph();
  storages = await startStorages();
});

after(async () => {
  microsoft?.stop();
  await storages?.stop();
});

function peerOf(): Peer {
  const { graph, port } = microsoft;
  return {
    put: async (name, content = name) => void graph.put(name, content),
    remove: async (name) => graph.remove(name),
    read: async (name) => Buffer.from(graph.read(name) ?? []).toString(),
    clear: async () => {
      graph.clear();
      for (const folder of ["incoming", "processed"]) graph.folder(folder);
    },
    ask: (body) => storages.ask(body),
    asked: ({ settings = {}, credentials, port: through = port } = {}) => ({
      kind: "onedrive",
      graph: through,
      settings: {
        client_id: "app",
        tenant_id: "acme.example",
        user: "carla@acme.example",
        import_path: "incoming/",
        processed_path: "processed/",
        ...settings,
      },
      credentials: credentials ?? { client_secret: "secret" },
    }),
    port,
    root: "",
    expired: { credentials: { client_secret: "of-last-year" }, code: "wrong_client_secret" },
    steps: ["list", "read", "write"],
    many: 450,
    // It is the same item wherever it lies, so it is moved to where it is.
    again: "moved",
    besides: (name) => name.replace(/\.wav$/, " 1.wav"),
  };
}

describe("the OneDrive connector as every storage", () => storageSuite(peerOf));
