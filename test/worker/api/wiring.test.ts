import { exports } from "cloudflare:workers";
import { describe, it } from "vitest";

/** The Worker as it is deployed: app, database and endpoint objects, nothing replaced. */
async function call(method: string, path: string, key: string, body?: unknown) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = new Request(`https://trunkline.test${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const response = await exports.default.fetch(request);
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

describe("the API in the Worker", () => {
  it("takes a tenant from its making to an endpoint and its log", async ({ expect }) => {
    const made = await call("POST", "/admin/organizations", "operator-token-for-tests-only", { name: "Acme" });
    const { key } = made.body.api_key;
    expect((await call("POST", "/v1/campaigns", key, { name: "Renewals" })).body.number).toBe(1);
    const endpoint = await call("POST", "/v1/webhooks", key, { url: "https://subscriber.test/hooks", events: ["*"] });
    expect(endpoint.status).toBe(201);
    const path = `/v1/endpoints/${endpoint.body.id}`;
    expect((await call("GET", `${path}/log`, key)).body).toEqual({ data: [], next_cursor: null, prev_cursor: null });
    expect((await call("DELETE", path, key)).status).toBe(204);
    expect((await call("GET", path, key)).status).toBe(404);
    expect((await call("GET", "/v1/nothing", key)).body).toMatchObject({
      status: 404,
      type: "urn:trunkline:problem:not-found",
    });
    expect((await call("GET", "/openapi.json", key)).body.openapi).toBe("3.1.0");
  });
});
