import { join } from "node:path";
import { expectSuccess, numberAt, request, textAt } from "../../scripts/api-client.ts";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { readSecrets } from "../../scripts/start/secrets.ts";
import { makeCall } from "../e2e/calls.ts";
import { eventually } from "../e2e/trunkline.ts";
import { anuraNotice } from "../fixtures/anura-notice.ts";
import { inParallel, type Ground, type Harness } from "./harness.ts";
import { slowServers, type SlowServers } from "./slow-servers.ts";
import { faultsOf } from "./soak.ts";

/** What the recordings queue works on at once, and ten times as many that never end. */
const SLOTS = 5;
const TIMES = 10;

type Hostile = { post(path: string, body: object): ReturnType<typeof request>; campaign: string; number: number };

/**
 * One organization's servers hang, drip and swell, for its recordings, endpoint tests, look-ups and comparisons. A
 * neighbour's calls are delivered, recording and analysis included, while they still do. Counted: none of what was
 * begun may have come to its end by then, else it did not stand in anybody's way.
 */
export const starvation: Harness = {
  name: "starvation",
  async run(ground) {
    const slow = await slowServers();
    const recording = await serveRecording();
    const truth = readTruth();
    /** So many calls, one after the other; `took` is the median, from the request on to its last event. */
    async function neighbour(count: number): Promise<{ faults: string[]; took: number }> {
      const faults: string[] = [];
      const took: number[] = [];
      for (let at = 0; at < count; at += 1) {
        const began = performance.now();
        const call = await makeCall(ground.running.connection, recording.url, truth);
        faults.push(...(await faultsOf(ground.running.connection, [call])));
        took.push(performance.now() - began);
      }
      return { faults, took: took.toSorted((one, other) => one - other)[Math.floor(count / 2)] ?? 0 };
    }
    try {
      // The first call after a start takes longer than others do.
      await neighbour(1);
      const count = ground.long ? 40 : 9;
      const alone = await neighbour(count);
      const hostile = await newHostile(ground);
      const notices = SLOTS * TIMES * (ground.long ? 4 : 1);
      const kinds = ["hang", "drip", "swell", "bomb"] as const;
      await inParallel(
        Array.from({ length: notices }, (_, at) => at),
        8,
        async (at) => {
          const url = slow.urls[at % slow.urls.length] ?? "";
          const more = { audio_file_mp3: `${url}/${kinds[at % kinds.length]}/${at}`, campaign_id: hostile.number };
          const notice = JSON.parse(anuraNotice({ calling: `+54911${67_900_000 + at}`, ...more })) as object;
          expectSuccess(await hostile.post("/webhook/anura/", notice), "a notice");
        },
      );
      const tests = testEndpoints(hostile, slow);
      const asked = await askPlatforms(hostile, slow);
      await eventually(
        "a request of a slow server",
        async () => slow.counts().begun,
        (begun) => begun > 0,
        60_000,
      );
      const beside = await neighbour(count);
      const { begun, open } = slow.counts();
      const faults = [...alone.faults, ...beside.faults];
      if (open === 0) faults.push("nothing hostile was under way any more when the neighbour's calls were delivered");
      slow.close();
      await tests;
      const ratio = (beside.took / alone.took).toFixed(1);
      return {
        figure: `${notices} recordings, ${TIMES} endpoints, each tested, and ${asked} comparisons at servers that never end: ${begun} tries begun and ${open} still open when the neighbour's calls were delivered, which took ${ratio} times as long as alone`,
        faults,
      };
    } finally {
      slow.close();
      recording.close();
    }
  },
};

async function newHostile({ place, running }: Ground): Promise<Hostile> {
  const { url } = running.connection;
  const admin = readSecrets(join(place.stateDir, "secrets.env")).OPERATOR_TOKEN;
  const made = await request(url, "/admin/organizations", {
    method: "POST",
    token: admin,
    body: { name: "Slow", plan: "enterprise" },
  });
  const token = textAt(made.body, ["api_key", "key"]);
  const post: Hostile["post"] = (path, body) => request(url, path, { method: "POST", token, body });
  const campaign = expectSuccess(await post("/v1/campaigns", { name: "Slow" }), "a campaign");
  return { post, campaign: textAt(campaign, ["id"]), number: numberAt(campaign, ["number"]) };
}

/** Endpoints at hosts that hang, each tested; what the tests answer does not matter, and they wait long. */
async function testEndpoints({ post }: Hostile, slow: SlowServers): Promise<void> {
  const targets = Array.from({ length: TIMES }, (_, at) => `${slow.urls[at % slow.urls.length]}/hang/endpoint/${at}`);
  await inParallel(targets, TIMES, async (url) => {
    const endpoint = expectSuccess(await post("/v1/endpoints", { url, events: ["*"] }), "an endpoint");
    // Its caller gives up; the test goes on.
    await post(`/v1/endpoints/${textAt(endpoint, ["id"])}/test`, {}).catch(() => undefined);
  });
}

/** Comparisons with platforms that never answer: how many were begun. */
async function askPlatforms({ post, campaign }: Hostile, slow: SlowServers): Promise<number> {
  for (let at = 0; at < TIMES; at += 1) {
    const api = `${slow.urls[at % slow.urls.length]}/hang/platform/${at}`;
    const source = expectSuccess(
      await post("/v1/sources", {
        kind: "zoom",
        name: `Slow ${at}`,
        campaign_id: campaign,
        secret: "a-token-of-twenty-letters",
        settings: { api_url: api, oauth_url: api },
        credentials: { account_id: "a", client_id: "b", client_secret: "c" },
      }),
      "a source",
    );
    const hour = (ago: number) => new Date(Date.now() - ago * 3_600_000).toISOString();
    const span = { from: hour(2), until: hour(1) };
    expectSuccess(await post(`/v1/sources/${textAt(source, ["id"])}/reconciliations`, span), "a comparison");
  }
  return TIMES;
}
