import { describe, it } from "vitest";
import { mintCampaign, mintEndpoint, mintOrganization } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

const base = { url: "https://subscriber.test/hooks", events: ["*"] };

// What is wrong, and the names of the fields that are told so.
const REFUSED: Record<string, { body: Record<string, unknown>; fields: string[] }> = {
  "an unknown profile": { body: { profile: "acme" }, fields: ["profile"] },
  "a version that is none": { body: { version: "v2" }, fields: ["version"] },
  "a method that is none": { body: { method: "GET" }, fields: ["method"] },
  "no events": { body: { events: [] }, fields: ["events"] },
  "an event type the profile does not have": {
    body: { profile: "voqo", events: ["call_ended", "call.completed", "recording.*"] },
    fields: ["events.1", "events.2"],
  },
  "an event that exists nowhere": {
    body: { profile: "authentivoice", events: ["fraud.high_risk", "fraud.low_risk"] },
    fields: ["events.1"],
  },
  "a reserved header": { body: { headers: { Host: "evil.test" } }, fields: ["headers.Host"] },
  "a signature of one's own": {
    body: { profile: "audian", headers: { "x-audian-signature": "0" } },
    fields: ["headers.x-audian-signature"],
  },
  "a header with a line break": { body: { headers: { "x-a": "1\r\nx-b: 2" } }, fields: ["headers.x-a"] },
  "a header that is no name": { body: { headers: { "x a": "1" } }, fields: ["headers.x a"] },
  "a variable outside the profile's": {
    body: { profile: "voicesense", events: ["analysis.*"], template: '{"a": "{{Secret}}"}' },
    fields: ["template"],
  },
  "a template that makes no JSON": {
    body: { profile: "voicesense", events: ["*"], template: '{"a": {{StreamId}}' },
    fields: ["template"],
  },
  "an unknown campaign": { body: { filters: { campaign_ids: ["cmp_0"] } }, fields: ["filters.campaign_ids.0"] },
  "an unknown source": { body: { filters: { source_ids: ["src_0"] } }, fields: ["filters.source_ids.0"] },
  "a risk beyond 100": { body: { filters: { minimum_risk: 101 } }, fields: ["filters.minimum_risk"] },
  "a filter that is none": { body: { filters: { operator_ids: [] } }, fields: ["filters.operator_ids"] },
  "an ordering that is none": { body: { ordering: "best_effort" }, fields: ["ordering"] },
  "no shards": { body: { shards: 0 }, fields: ["shards"] },
  "too many shards": { body: { shards: 33 }, fields: ["shards"] },
  "a timeout beyond 30 seconds": { body: { settings: { timeout_seconds: 31 } }, fields: ["settings.timeout_seconds"] },
  "seven at once": { body: { settings: { concurrency: 7 } }, fields: ["settings.concurrency"] },
  "a rate of nothing": { body: { settings: { rate_per_second: 0 } }, fields: ["settings.rate_per_second"] },
  "a wait of nothing": {
    body: { settings: { retry_waits_seconds: [5, 0] } },
    fields: ["settings.retry_waits_seconds.1"],
  },
  "waits beyond three weeks": {
    body: { settings: { retry_waits_seconds: Array.from({ length: 4 }, () => 604_800) } },
    fields: ["settings.retry_waits_seconds"],
  },
  "an end that is none": { body: { settings: { on_exhausted: "drop" } }, fields: ["settings.on_exhausted"] },
  "disabling after a second": {
    body: { settings: { disable_after_seconds: 1 } },
    fields: ["settings.disable_after_seconds"],
  },
  "a log kept for years": {
    body: { settings: { keep_payloads_seconds: 1e8 } },
    fields: ["settings.keep_payloads_seconds"],
  },
  "no backlog at all": { body: { settings: { max_backlog: 0 } }, fields: ["settings.max_backlog"] },
  "Ed25519 where there is none": {
    body: { profile: "audian", settings: { ed25519: true } },
    fields: ["settings.ed25519"],
  },
  "a setting that is none": { body: { settings: { colour: "red" } }, fields: ["settings.colour"] },
  "a retry policy that is none": {
    body: { retryPolicy: { maxRetries: 21, backoffMultiplier: 0 } },
    fields: ["retryPolicy.maxRetries", "retryPolicy.backoffMultiplier"],
  },
  "a short secret": { body: { profile: "authentivoice", secret: "seven77" }, fields: ["secret"] },
  "a secret without its prefix": { body: { profile: "audian", secret: "0123456789abcdef" }, fields: ["secret"] },
  "a secret of its own for voicesense": {
    body: { profile: "voicesense", secret: "0123456789abcdef" },
    fields: ["secret"],
  },
  "several things at once": {
    body: { url: "ftp://subscriber.test", events: ["fax.*"], version: "v9", headers: { te: "1" } },
    fields: ["url", "events.0", "version", "headers.te"],
  },
  "what is not known here": { body: { colour: "red" }, fields: ["colour"] },
};

describe("rules of an endpoint", () => {
  it.for(Object.keys(REFUSED))("refuses %s, naming it", async (name, { expect }) => {
    const { key } = await mintOrganization(db);
    const { body, fields } = REFUSED[name]!;
    const api = apiClient();
    const answer = await api.post("/v1/endpoints", { key, body: { ...base, ...body } });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(fields);
    expect(api.recorded.configured).toEqual([]);
    expect((await api.get("/v1/endpoints", { key })).body.data).toEqual([]);
  });

  it.for(Object.keys(REFUSED).filter((name) => !["profile", "secret"].some((key) => key in REFUSED[name]!.body)))(
    "refuses %s in a change as well",
    async (name, { expect }) => {
      const { id, key } = await mintOrganization(db);
      const endpoint = await mintEndpoint(db, id);
      const { body, fields } = REFUSED[name]!;
      const answer = await apiClient().patch(`/v1/endpoints/${endpoint.id}`, { key, body });
      expect(answer.status).toBe(422);
      expect(fieldsOf(answer)).toEqual(fields);
    },
  );

  it("says that the profile stays", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const change = (profile: string) => apiClient().patch(`/v1/endpoints/${endpoint.id}`, { key, body: { profile } });
    expect(fieldsOf(await change("voqo"))).toEqual(["profile"]);
    expect((await change("standard")).status).toBe(200);
  });

  it("judges a header by the template that is already there, and a template by the headers", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const plain = { headers: { "content-type": "text/plain" }, template: "Call {{id}}" };
    const made = await api.post("/v1/endpoints", { key, body: { ...base, ...plain } });
    expect(made.status).toBe(201);
    const path = `/v1/endpoints/${made.body.id}`;
    expect(fieldsOf(await api.patch(path, { key, body: { headers: {} } }))).toEqual(["template"]);
    expect(fieldsOf(await api.patch(path, { key, body: { template: null } }))).toEqual(["headers.content-type"]);
    expect((await api.patch(path, { key, body: { template: null, headers: {} } })).status).toBe(200);
  });

  it("does not take another organization's campaign for a filter", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const campaign = await mintCampaign(db, theirs.id);
    const body = { ...base, filters: { campaign_ids: [campaign.id] } };
    expect(fieldsOf(await apiClient().post("/v1/endpoints", { key: mine.key, body }))).toEqual([
      "filters.campaign_ids.0",
    ]);
  });

  it("still pauses an endpoint that a rule of today would refuse", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id, { events: ["fax.sent"], headers: { host: "old.test" } });
    const answer = await apiClient().patch(`/v1/endpoints/${endpoint.id}`, { key, body: { paused: true } });
    expect(answer.status).toBe(200);
  });
});
