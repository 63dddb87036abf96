import { join } from "node:path";
import { isObject, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { readSecrets } from "../../scripts/start/secrets.ts";
import { arrivalsOf, isComplete, makeCall } from "../e2e/calls.ts";
import { eventually } from "../e2e/trunkline.ts";
import { inParallel, type Ground, type Harness } from "./harness.ts";

type Operation = { method: string; path: string; parameters: string[] };

/** Who probes: by an API key, or by the session of a person. */
type Prober = { name: string; headers: Record<string, string> };

/**
 * Every route of the OpenAPI document, with every method it has, every identifier of another organization in each place
 * for one, path and query: nothing of theirs is answered, and nothing of theirs is changed. Then the same by a member of
 * the organization itself who is limited to another campaign.
 */
export const tenants: Harness = {
  name: "tenants",
  async run(ground) {
    const { url } = ground.running.connection;
    const owner = ground.running.connection.apiKey;
    const theirs = await idsOf(ground);
    const probers: [Prober, readonly string[]][] = [
      [await newOrganization(ground), theirs],
      [await newLimitedMember(ground), theirs.filter((id) => OF_A_CAMPAIGN.test(id))],
    ];
    const before = await snapshot(url, owner, theirs);
    const operations = await operationsOf(url);
    const faults: string[] = [];
    let probes = 0;
    for (const [prober, ids] of probers) {
      const work = operations.flatMap((operation) => ids.flatMap((id) => probesWith(operation, id)));
      probes += work.length;
      await inParallel(work, 8, async (probe) => {
        faults.push(...(await faultsOf(url, prober, probe, ids)).map((fault) => `${prober.name}: ${fault}`));
      });
    }
    const after = await snapshot(url, owner, theirs);
    for (const [path, text] of before) if (after.get(path) !== text) faults.push(`${path} was changed`);
    return { figure: `${probes} foreign probes on ${operations.length} operations, ${faults.length} leaks`, faults };
  },
};

/** What hangs on a campaign. Endpoints, operators and keys are of the whole organization. */
const OF_A_CAMPAIGN = /^(call|rec|task|ana|src|cmp|inb)_/;

type Probe = { method: string; path: string; id: string };

/** An operation with an identifier in each place for one. */
function probesWith({ method, path, parameters }: Operation, id: string): Probe[] {
  if (path.includes("{")) return [{ method, path: path.replaceAll(/\{\w+\}/g, id), id }];
  return method === "GET" ? parameters.map((name) => ({ method, path: `${path}?${name}=${id}`, id })) : [];
}

async function faultsOf(
  url: string,
  { headers }: Prober,
  { method, path, id }: Probe,
  theirs: readonly string[],
): Promise<string[]> {
  const body = method === "GET" || method === "DELETE" ? undefined : {};
  const answer = await ask(url, path, { method, headers, ...(body ? { body } : {}) });
  const text = JSON.stringify(answer.body ?? "");
  const isInPath = new URL(path, url).pathname.includes(id);
  const others = theirs.filter((one) => one !== id && text.includes(one));
  return [
    ...(isInPath && answer.status < 300 ? [`${method} ${path}: ${answer.status}`] : []),
    ...(answer.status >= 500 ? [`${method} ${path}: ${answer.status}`] : []),
    ...(others.length > 0 ? [`${method} ${path} names ${others.join(", ")}`] : []),
    ...(!isInPath && answer.status < 300 && listed(answer.body, theirs) > 0
      ? [`${method} ${path} lists ${text.slice(0, 200)}`]
      : []),
  ];
}

async function ask(
  url: string,
  path: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body?: object },
): Promise<{ status: number; body: unknown; cookies: string[] }> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { accept: "application/json", ...headers, ...(body ? { "content-type": "application/json" } : {}) },
    signal: AbortSignal.timeout(15_000),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: parsed(text), cookies: answer.headers.getSetCookie() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** How many rows of a list are of what is probed for. */
function listed(body: unknown, theirs: readonly string[]): number {
  const data = valueAt(body, ["data"]);
  return Array.isArray(data) ? data.filter((one) => theirs.some((id) => textOf(one).includes(id))).length : 0;
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

/** A second organization, by its first key. */
async function newOrganization({ place, running }: Ground): Promise<Prober> {
  const token = readSecrets(join(place.stateDir, "secrets.env")).OPERATOR_TOKEN;
  const { body } = await request(running.connection.url, "/operator/organizations", {
    method: "POST",
    token,
    body: { name: "Stranger" },
  });
  return { name: "stranger", headers: { authorization: `Bearer ${textAt(body, ["api_key", "key"])}` } };
}

/** An admin of the organization itself who is limited to a campaign of their own, by their session. */
async function newLimitedMember({ running }: Ground): Promise<Prober> {
  const { url, apiKey } = running.connection;
  const headers = { authorization: `Bearer ${apiKey}` };
  const post = (path: string, body: object) => ask(url, path, { method: "POST", headers, body });
  const campaign = await post("/v1/campaigns", { name: "Elsewhere" });
  const campaigns = [textAt(campaign.body, ["id"])];
  const invited = await post("/v1/invitations", { emails: ["limited@acme.example"], role: "admin", campaigns });
  const [one] = [valueAt(invited.body, ["data"])].flat();
  const token = textAt(one, ["link"]).split("/").at(-1);
  const body = { token, name: "Limited", password: "correct horse battery staple" };
  const accepted = await ask(url, "/v1/invitations/accept", { method: "POST", headers: {}, body });
  const cookie = accepted.cookies.map((line) => line.split(";")[0]).join("; ");
  const me = await ask(url, "/v1/me", { method: "GET", headers: { cookie } });
  return { name: "limited member", headers: { cookie, "x-csrf-token": textAt(me.body, ["csrf_token"]) } };
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
