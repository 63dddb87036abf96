import { join } from "node:path";
import { isObject, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { readSecrets } from "../../scripts/start/secrets.ts";
import { arrivalsOf, isComplete, makeCall } from "../e2e/calls.ts";
import { eventually } from "../e2e/trunkline.ts";
import { inParallel, type Ground, type Harness } from "./harness.ts";

type Operation = { method: string; path: string; parameters: string[] };

/**
 * Every route of the OpenAPI document, with every method it has, every identifier of another organization in each place
 * for one, path and query: nothing of theirs is answered, and nothing of theirs is changed.
 */
export const tenants: Harness = {
  name: "tenants",
  async run(ground) {
    const { url } = ground.running.connection;
    const owner = ground.running.connection.apiKey;
    const theirs = await idsOf(ground);
    const stranger = await newOrganization(ground);
    const before = await snapshot(url, owner, theirs);
    const operations = await operationsOf(url);
    const faults: string[] = [];
    let probes = 0;
    async function probe(method: string, path: string, id: string): Promise<void> {
      probes += 1;
      const body = method === "GET" || method === "DELETE" ? undefined : {};
      const answer = await request(url, path, { method, token: stranger, ...(body ? { body } : {}) });
      const text = JSON.stringify(answer.body ?? "");
      const inPath = new URL(path, url).pathname.includes(id);
      if (inPath && answer.status < 300) faults.push(`${method} ${path}: ${answer.status}`);
      if (answer.status >= 500) faults.push(`${method} ${path}: ${answer.status}`);
      const others = theirs.filter((one) => one !== id && text.includes(one));
      if (others.length > 0) faults.push(`${method} ${path} names ${others.join(", ")}`);
      if (!inPath && answer.status < 300 && listed(answer.body) > 0)
        faults.push(`${method} ${path} lists ${text.slice(0, 200)}`);
    }
    const work = operations.flatMap(({ method, path, parameters }) =>
      theirs.flatMap((id) => [
        ...(path.includes("{") ? [{ method, path: path.replaceAll(/\{\w+\}/g, id), id }] : []),
        ...(method === "GET" && !path.includes("{")
          ? parameters.map((name) => ({ method, path: `${path}?${name}=${id}`, id }))
          : []),
      ]),
    );
    await inParallel(work, 8, ({ method, path, id }) => probe(method, path, id));
    const after = await snapshot(url, owner, theirs);
    for (const [path, text] of before) if (after.get(path) !== text) faults.push(`${path} was changed`);
    return { figure: `${probes} foreign probes on ${operations.length} operations, ${faults.length} leaks`, faults };
  },
};

function listed(body: unknown): number {
  const data = valueAt(body, ["data"]);
  // The stranger's own key is the one thing that it has.
  return Array.isArray(data) ? data.filter((one) => !textOf(one).includes('"id":"key_')).length : 0;
}

const textOf = (value: unknown) => JSON.stringify(value);

/** One of everything that the demo organization has, after a whole call: its identifiers. */
async function idsOf({ running }: Ground): Promise<string[]> {
  const { url, apiKey, campaignId } = running.connection;
  const recording = await serveRecording();
  const call = await makeCall(running.connection, recording.url, readTruth());
  await eventually("a call to look for", () => arrivalsOf(running.connection, call), isComplete, 120_000);
  recording.close();
  const make = (path: string, body: object) => request(url, path, { method: "POST", token: apiKey, body });
  await make("/v1/sources", { kind: "freeswitch", name: "Theirs", campaign_id: campaignId });
  await make("/v1/operators", { name: "Theirs" });
  const lists = [
    "calls",
    "recordings",
    "tasks",
    "analyses",
    "endpoints",
    "sources",
    "inbound",
    "operators",
    "campaigns",
    "api-keys",
  ];
  const ids = new Set<string>();
  for (const list of lists) {
    const { body } = await request(url, `/v1/${list}?limit=2`, { token: apiKey });
    const data = valueAt(body, ["data"]);
    for (const one of Array.isArray(data) ? data : []) if (isObject(one) && typeof one.id === "string") ids.add(one.id);
  }
  return [...ids];
}

/** A second organization; its key. */
async function newOrganization({ place, running }: Ground): Promise<string> {
  const token = readSecrets(join(place.stateDir, "secrets.env")).OPERATOR_TOKEN;
  const { body } = await request(running.connection.url, "/operator/organizations", {
    method: "POST",
    token,
    body: { name: "Stranger" },
  });
  return textAt(body, ["api_key", "key"]);
}

async function operationsOf(url: string): Promise<Operation[]> {
  const paths = valueAt((await request(url, "/openapi.json")).body, ["paths"]);
  return Object.entries(isObject(paths) ? paths : {})
    .filter(([path]) => /^\/v[12]\/(?!uploads\/tus)/.test(path))
    .flatMap(([path, item]) =>
      Object.entries(isObject(item) ? item : {})
        .filter(([method]) => ["get", "post", "put", "patch", "delete"].includes(method))
        .map(([method, operation]) => {
          const all = valueAt(operation, ["parameters"]);
          const query = (Array.isArray(all) ? all.filter(isObject) : []).filter((one) => one.in === "query");
          return { method: method.toUpperCase(), path, parameters: query.map((one) => String(one.name)) };
        }),
    );
}

/** What its owner sees of each thing, but for what its own use changes. */
async function snapshot(url: string, key: string, ids: readonly string[]): Promise<Map<string, string>> {
  const names: Record<string, string> = {
    call: "calls",
    rec: "recordings",
    task: "tasks",
    wh: "endpoints",
    src: "sources",
    cmp: "campaigns",
    opr: "operators",
  };
  const seen = new Map<string, string>();
  for (const id of ids) {
    const list = names[id.split("_")[0] ?? ""];
    if (list === undefined) continue;
    const { status, body } = await request(url, `/v1/${list}/${id}`, { token: key });
    // A signed link is made anew for each answer.
    seen.set(`/v1/${list}/${id}`, `${status} ${textOf(body).replaceAll(/"audio_url(_expires_at)?":"[^"]*"/g, "")}`);
  }
  return seen;
}
