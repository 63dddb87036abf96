import { describe, it } from "vitest";
import { catalog, EVENT_TYPES, type EventType } from "../../../src/events";
import { mintOrganization } from "../../factories";
import { apiClient, db } from "./client";

type Shown = {
  type: EventType;
  description: string;
  schema: { type: string; properties: Record<string, object>; required: string[] };
  example: Record<string, unknown>;
  profiles: { name: string; subscribe_as: string[] }[];
};

async function shown(): Promise<Shown[]> {
  const { key } = await mintOrganization(db);
  return (await apiClient().get("/v1/event-types", { key })).body.data;
}

describe("/v1/event-types", () => {
  it("lists the whole catalog, each with a description, a schema and an example that follows it", async ({
    expect,
  }) => {
    const types = await shown();
    expect(types.map(({ type }) => type)).toEqual(EVENT_TYPES);
    for (const { type, description, schema, example } of types) {
      expect(description, type).not.toBe("");
      expect(schema.type, type).toBe("object");
      expect(Object.keys(example), type).toEqual(expect.arrayContaining(schema.required));
      expect(catalog[type].safeParse(example).error, type).toBeUndefined();
    }
  });

  it("lists the profiles of each type, and the names they use", async ({ expect }) => {
    const types = await shown();
    const speakers = (type: EventType) => types.find((one) => one.type === type)?.profiles;
    expect(speakers("call.processed")).toContainEqual({ name: "voqo", subscribe_as: ["call.processed", "call_ended"] });
    expect(speakers("analysis.completed")?.map(({ name }) => name)).toEqual([
      "standard",
      "audian",
      "voicesense",
      "authentivoice",
    ]);
    expect(speakers("call.completed")).not.toContainEqual(expect.objectContaining({ name: "voqo" }));
  });

  it("lists names that an endpoint of that profile may really ask for", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const pairs = (await shown()).flatMap((one) => one.profiles);
    const names = Map.groupBy(pairs, ({ name }) => name);
    expect(names.size).toBe(5);
    for (const [profile, spoken] of names) {
      const events = spoken.flatMap(({ subscribe_as: alias }) => alias);
      const made = await apiClient().post("/v1/endpoints", { key, body: { url: "https://a.test/", profile, events } });
      expect(made.status, profile).toBe(201);
    }
  });
});
