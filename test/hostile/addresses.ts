import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, isObject, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { migrate, startServer, type Server } from "../bench/server.ts";
import { anuraNotice } from "../fixtures/anura-notice.ts";
import { inParallel, type Harness } from "./harness.ts";
import { MOVED_NAMES, openInternet, PUBLIC_HOST, redirectTo } from "./internet.ts";
import { spellings } from "./private-hosts.ts";

/** Endpoints of one organization at a time; it may have 50. */
const AT_ONCE = 40;

type Stranger = {
  post(path: string, body: object, method?: string): ReturnType<typeof request>;
  notice(more: Record<string, unknown>): ReturnType<typeof request>;
  read(path: string): ReturnType<typeof request>;
};

/**
 * On a deployment that allows no private address: each spelling saved as an endpoint and changed to; past the check at
 * saving, tested and delivered to; as a recording; and behind a redirect of a public host, of an endpoint and of a
 * recording. Nothing but the public host is ever asked for anything.
 */
export const addresses: Harness = {
  name: "addresses",
  async run({ long }) {
    const internet = await openInternet();
    const server = await startServer({
      config: "wrangler.toml",
      quiet: true,
      vars: { PUBLIC_URL: "https://trunkline.test", ALLOW_PRIVATE_ADDRESSES: "false" },
      outbound: internet.answer,
    });
    try {
      await migrate(server);
      const stranger = await newStranger(server);
      const hosts = spellings();
      const faults: string[] = [];
      const urls = hosts.map((host) => `https://${host}:${internet.port}/a.mp3`);
      let uses = await refusedAtSaving(stranger, hosts, internet.port, faults);
      const some = long ? urls : urls.filter((_, index) => index % 8 === 0);
      const moved = MOVED_NAMES.map((name) => `https://${name}/`);
      uses += await testedAndDelivered(server, stranger, [...some, ...moved], "blocked", faults);
      uses += await testedAndDelivered(
        server,
        stranger,
        some.slice(0, long ? undefined : AT_ONCE).map(redirectTo),
        "redirect",
        faults,
      );
      const recordings = [
        ...urls,
        ...urls.map((url) => url.replace("https:", "http:")),
        ...moved,
        ...[...urls, ...moved].map(redirectTo),
      ];
      uses += await fetchedAsRecordings(server, stranger, recordings, faults);
      const escaped = internet.escaped();
      faults.push(...escaped);
      const redirects = internet.redirects();
      if (redirects < recordings.length / 3) faults.push(`only ${redirects} redirects were asked for`);
      return {
        figure: `${hosts.length} spellings of private hosts and ${moved.length} names moved to one in ${uses} uses, ${redirects} redirects, ${escaped.length} connections`,
        faults,
      };
    } finally {
      await server.stop();
      internet.close();
    }
  },
};

async function newStranger({ url, secrets }: Server): Promise<Stranger> {
  const options = { method: "POST", token: secrets.adminToken, body: { name: "A", plan: "enterprise" } };
  const token = textAt((await request(url, "/admin/organizations", options)).body, ["api_key", "key"]);
  const post = (path: string, body: object, method = "POST") => request(url, path, { method, token, body });
  const { number } = (await post("/v1/campaigns", { name: "C" })).body as { number: number };
  let made = 0;
  return {
    post,
    read: (path) => request(url, path, { token }),
    notice: (more) => {
      made += 1;
      const own = { calling: `+54911${50_000_000 + made}`, campaign_id: number, cdrid: `cdr-${made}` };
      return post("/webhook/anura/", JSON.parse(anuraNotice({ ...own, ...more })) as object);
    },
  };
}

async function refusedAtSaving({ post }: Stranger, hosts: string[], port: number, faults: string[]): Promise<number> {
  const allowed = { url: `https://${PUBLIC_HOST}/`, events: ["delivery.parked"] };
  const path = `/v1/endpoints/${textAt((await post("/v1/endpoints", allowed)).body, ["id"])}`;
  let uses = 0;
  function expectRefusal(what: string, status: number): void {
    uses += 1;
    if (status < 400 || status >= 500) faults.push(`${what}: ${status}`);
  }
  await inParallel(hosts, 8, async (host) => {
    for (const url of [`https://${host}:${port}/`, `http://${host}:${port}/`]) {
      expectRefusal(`save ${url}`, (await post("/v1/endpoints", { url, events: ["*"] })).status);
      expectRefusal(`change to ${url}`, (await post(path, { url }, "PATCH")).status);
    }
  });
  return uses;
}

/** Endpoints that were public when they were saved. `error`: what each attempt must end in. */
async function testedAndDelivered(
  server: Server,
  { post, notice, read }: Stranger,
  urls: readonly string[],
  error: "blocked" | "redirect",
  faults: string[],
): Promise<number> {
  const db = await server.miniflare.getD1Database("DB");
  for (let from = 0; from < urls.length; from += AT_ONCE) {
    const endpoints: { id: string; url: string }[] = [];
    await inParallel(urls.slice(from, from + AT_ONCE), 8, async (url) => {
      const settings = { retry_waits_seconds: [] };
      const made = await post("/v1/endpoints", {
        url: `https://${PUBLIC_HOST}/`,
        events: ["call.completed"],
        settings,
      });
      const id = textAt(made.body, ["id"]);
      await db.prepare("UPDATE endpoints SET url = ?, version = version + 1 WHERE id = ?").bind(url, id).run();
      endpoints.push({ id, url });
    });
    const taken = await notice({ audio_file_mp3: `https://${PUBLIC_HOST}/a.mp3` });
    const call = textAt(expectSuccess(taken, "a notice"), ["call_id"]);
    await inParallel(endpoints, 8, async ({ id, url }) => {
      const test = await askedAgain(() => post(`/v1/endpoints/${id}/test`, {}));
      if (test.status >= 500) faults.push(`test of ${url}: ${test.status}`);
      const found = await attemptOf(() => read(`/v1/endpoints/${id}/log?call_id=${call}`));
      if (found !== error) faults.push(`a delivery to ${url} ended in ${found}`);
      await askedAgain(() => post(`/v1/endpoints/${id}`, {}, "DELETE"));
    });
  }
  return urls.length * 2;
}

/** Asks once more where the first question was lost: an idle connection that the runtime closed is a client's to open anew. */
function askedAgain<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch(ask);
}

/** What the first attempt of the only delivery ended in. */
async function attemptOf(ask: () => ReturnType<typeof request>): Promise<string> {
  for (let turn = 0; turn < 150; turn += 1) {
    // A question that a busy machine lost is asked again: what counts is what the log says in the end.
    const answer = await ask().catch(() => undefined);
    const attempt = firstOf(valueAt(firstOf(valueAt(answer?.body, ["data"])), ["attempts"]));
    if (isObject(attempt)) return String(attempt.error);
    await sleep(200);
  }
  return "no attempt";
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

async function fetchedAsRecordings(
  server: Server,
  { notice }: Stranger,
  urls: string[],
  faults: string[],
): Promise<number> {
  const db = await server.miniflare.getD1Database("DB");
  await inParallel(urls, 8, async (url) => {
    const { status } = await notice({ audio_file_mp3: url });
    if (status >= 500) faults.push(`notice with ${url}: ${status}`);
  });
  // What was taken in goes through the queues: until nothing is open any more that could be fetched.
  const untried = "SELECT count(*) AS n FROM recordings WHERE state = 'pending' AND attempts = 0";
  for (let turn = 0; turn < 300; turn += 1) {
    if (turn > 10 && (await db.prepare(untried).first<number>("n")) === 0) break;
    await sleep(500);
  }
  const kept = await db.prepare("SELECT count(*) AS n FROM recordings WHERE state = 'completed'").first<number>("n");
  if (kept !== 0) faults.push(`${kept} recordings were fetched`);
  return urls.length;
}
