import { describe, it, vi } from "vitest";
import { mintOrganization } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

describe("problems", () => {
  it("answers 400 to a body that is not JSON", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().post("/v1/campaigns", { key, text: '{"name": ' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.body).toMatchObject({ type: "urn:trunkline:problem:unreadable", status: 400, errors: [] });
  });

  it("answers 415 to another media type", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().post("/v1/campaigns", {
      key,
      text: "name=x",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBe(415);
  });

  it("takes no body for no body, whatever its type is said to be", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const headers = { "content-type": "application/json" };
    const needed = await apiClient().post("/v1/campaigns", { key, headers });
    expect(needed.status).toBe(422);
    expect(fieldsOf(needed)).toEqual(["name"]);
    expect((await apiClient().post("/v1/company-secret", { key, headers })).status).toBe(200);
    const empty = { key, headers: { ...headers, "content-length": "0" }, text: "" };
    expect((await apiClient().post("/v1/company-secret", empty)).status).toBe(200);
    expect((await apiClient().post("/v1/company-secret", { key, headers, text: "{" })).status).toBe(400);
  });

  it("answers 413 to a body over the limit", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().post("/v1/campaigns", { key, body: { name: "x".repeat(300_000) } });
    expect(answer.status).toBe(413);
  });

  it("names every field that is wrong, nested and unknown ones too", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().post("/v1/campaigns", {
      key,
      body: { name: 7, settings: { auto_analyze: "yes" }, colour: "red" },
    });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer).toSorted()).toEqual(["colour", "name", "settings.auto_analyze"]);
  });

  it.for([
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=many", "limit"],
    ["cursor=nonsense", "cursor"],
    ["staet=failed", "staet"],
    ["state=broken", "state"],
    ["from=yesterday", "from"],
    ["quarantine=perhaps", "quarantine"],
  ] as const)("names the parameter of ?%s", async ([query, field], { expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().get(`/v1/calls?${query}`, { key });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual([field]);
  });

  it("answers an unknown address in the same shape", async ({ expect }) => {
    const answer = await apiClient().get("/v3/nothing");
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ type: "urn:trunkline:problem:not-found", status: 404 });
  });

  it("shows nothing of a bug, but logs it as one line without the query", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const api = apiClient({
      now: () => {
        throw new Error("clock of secret-7 broke");
      },
    });
    const answer = await api.post("/v1/campaigns?token=secret-8", { key, body: { name: "x" } });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain("secret");
    expect(logged).toHaveBeenCalledOnce();
    const line = JSON.parse(String(logged.mock.calls[0]?.[0]));
    expect(line).toMatchObject({
      event: "request.failed",
      method: "POST",
      path: "/v1/campaigns",
      error: "Error: clock of secret-7 broke",
    });
    logged.mockRestore();
  });
});
