import { describe, it } from "vitest";
import { EVENT_TYPES, eventExamples } from "../../../src/events";
import { apiClient } from "./client";

const METHODS = new Set(["get", "post", "put", "patch", "delete", "head"]);

type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: object }[];
  "x-codeSamples"?: { lang: string; source: string }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: object; example?: unknown }> }>;
};

type Schema = { $ref?: string; properties?: Record<string, Schema> };

async function read() {
  const { status, body } = await apiClient().get("/openapi.json");
  const operations = Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { responses, ...rest }]) => {
      // Failures are described once, beside the operations.
      const whole = Object.entries(responses).map(([code, answer]) => [code, named(body, answer)]);
      const operation: Operation = { ...rest, responses: Object.fromEntries(whole) };
      return { name: `${method} ${path}`, path, method, operation };
    }),
  );
  return { status, document: body, operations };
}

function named(document: unknown, answer: object): unknown {
  return "$ref" in answer && typeof answer.$ref === "string" ? resolve(document, answer.$ref) : answer;
}

/** Every `$ref` in the document. */
function refsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(refsIn);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "$ref" && typeof value === "string" ? [value] : refsIn(value),
  );
}

function resolve(document: unknown, ref: string): unknown {
  const steps = ref
    .replace(/^#\//, "")
    .split("/")
    .map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"));
  return steps.reduce((node: unknown, step) => (node as Record<string, unknown> | undefined)?.[step], document);
}

describe("/openapi.json", () => {
  it("is an OpenAPI 3.1 document that needs no key", async ({ expect }) => {
    const { status, document } = await read();
    expect(status).toBe(200);
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/),
      info: { title: expect.any(String), version: expect.any(String) },
      servers: [{ url: "https://trunkline.test" }],
    });
    expect(Object.keys(document.components.securitySchemes)).toEqual([
      "ApiKey",
      "Bearer",
      "AuthToken",
      "Session",
      "AdminToken",
    ]);
  });

  it("says what each group of operations is about", async ({ expect }) => {
    const { document, operations } = await read();
    const described = (document.tags as { name: string; description: string }[]).map(({ name }) => name);
    const events = Object.values<Record<string, Operation>>(document.webhooks).flatMap((item) => Object.values(item));
    const used = new Set([...operations.map(({ operation }) => operation), ...events].flatMap(({ tags = [] }) => tags));
    expect(described.toSorted()).toEqual([...used].toSorted());
  });

  it("describes every operation: summary, tag, responses, security that exists", async ({ expect }) => {
    const { document, operations } = await read();
    expect(operations.length).toBeGreaterThan(40);
    for (const { name, method, operation } of operations) {
      expect(METHODS, name).toContain(method);
      expect(operation.summary, name).toBeTruthy();
      expect(operation.tags, name).toHaveLength(1);
      expect(operation.security, name).toBeInstanceOf(Array);
      for (const requirement of operation.security ?? []) {
        for (const scheme of Object.keys(requirement))
          expect(document.components.securitySchemes, name).toHaveProperty(scheme);
      }
      expect(
        Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status)),
        name,
      ).toBe(true);
      for (const response of Object.values(operation.responses)) expect(response.description, name).toBeTruthy();
      expect(operation.responses.default?.content, name).toHaveProperty("application/problem+json");
    }
  });

  it("names every operation once, as a person would call it", async ({ expect }) => {
    const names = (await read()).operations.map(({ operation }) => operation.operationId ?? "");
    expect(names.filter((name) => !/^[a-z]+(?:[A-Z][A-Za-z0-9]*)$/.test(name))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["listCalls", "getCall", "createCampaign", "pauseEndpoint", "getMe"]));
  });

  it("describes no operation under two addresses", async ({ expect }) => {
    const { operations } = await read();
    expect(operations.filter(({ path }) => /^\/v1\/webhooks|^\/operator\/|.\/$/.test(path))).toEqual([]);
  });

  it("describes every operation, parameter and property", async ({ expect }) => {
    const { document, operations } = await read();
    for (const { name, operation } of operations) {
      expect(operation.description, name).toBeTruthy();
      for (const parameter of operation.parameters ?? [])
        expect(parameter.description, `${name} ${parameter.name}`).toBeTruthy();
    }
    expect(undescribed(document, [])).toEqual([]);
  });

  it("has a sample of every operation in each language", async ({ expect }) => {
    for (const { name, operation } of (await read()).operations) {
      const samples = operation["x-codeSamples"] ?? [];
      expect([name, samples.map(({ lang }) => lang)]).toEqual([name, ["Shell", "TypeScript", "Python"]]);
      for (const { source } of samples) expect(source, name).toContain("URL");
    }
  });

  it("has every event, as an endpoint receives it", async ({ expect }) => {
    const { document } = await read();
    expect(Object.keys(document.webhooks)).toEqual(EVENT_TYPES);
    for (const type of EVENT_TYPES) {
      const { schema, example } = document.webhooks[type].post.requestBody.content["application/json"];
      expect(schema.required).toEqual(["id", "type", "timestamp", "seq", "data"]);
      expect(example).toMatchObject({ type, data: eventExamples[type] });
    }
  });

  it("extends no schema in a way that refuses its own fields", async ({ expect }) => {
    expect(JSON.stringify((await read()).document)).not.toContain('"allOf"');
  });

  it("says of a sample that it is an object or a text, in all that take one", async ({ expect }) => {
    const { document, operations } = await read();
    const taken = operations.flatMap(({ name, operation }) => {
      const schema = (operation.requestBody?.content["application/json"]?.schema ?? {}) as Schema;
      const { properties } = (schema.$ref === undefined ? schema : resolve(document, schema.$ref)) as Schema;
      const sample = properties?.["sample"];
      return sample?.$ref === undefined ? [] : [{ name, ref: sample.$ref, schema: resolve(document, sample.$ref) }];
    });
    const schema = { oneOf: [{ type: "object", additionalProperties: true }, { type: "string" }] };
    const names = taken.map(({ name }) => name).toSorted((one, other) => (one < other ? -1 : 1));
    expect(names).toEqual([
      "post /v1/source-mappings/try",
      "post /v1/sources/{id}/samples",
      "post /v1/sources/{id}/try",
    ]);
    for (const one of taken)
      expect(one).toMatchObject({
        ref: "#/components/schemas/SampleNotice",
        schema: { ...schema, description: expect.any(String), example: expect.any(Object) },
      });
    for (const one of taken) expect(one.schema).not.toHaveProperty("type");
  });

  it("describes resumable uploads", async ({ expect }) => {
    const { document } = await read();
    expect(Object.keys(document.paths["/v1/uploads/tus"])).toEqual(["post"]);
    expect(Object.keys(document.paths["/v1/uploads/tus/{id}"])).toEqual(["head", "get", "patch", "delete"]);
  });

  it("declares exactly the parameters its paths have", async ({ expect }) => {
    for (const { name, path, operation } of (await read()).operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect(
        declared.map((parameter) => parameter.name),
        name,
      ).toEqual(inPath);
      expect(
        declared.every((parameter) => parameter.required),
        name,
      ).toBe(true);
    }
  });

  it("has a schema for every body, and no reference that leads nowhere", async ({ expect }) => {
    const { document, operations } = await read();
    for (const { name, operation } of operations) {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)].flatMap((one) =>
        Object.values(one?.content ?? {}),
      );
      for (const body of bodies) expect(Object.keys(body.schema).length, name).toBeGreaterThan(0);
    }
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of refs) expect(resolve(document, ref), ref).toBeDefined();
  });

  it("has an example of every body, in either direction", async ({ expect }) => {
    const { operations, document } = await read();
    for (const { name, operation } of operations) {
      const media = [operation.requestBody, ...Object.values(operation.responses)].flatMap((one) =>
        Object.entries(one?.content ?? {}),
      );
      for (const [type, { example, schema }] of media) {
        if (type.includes("json")) expect(example ?? exampleOf(document, schema), name).toBeDefined();
      }
    }
  });
});

describe("what is made of the document", () => {
  it("is a Postman collection with every operation", async ({ expect }) => {
    const { operations } = await read();
    const { status, body } = await apiClient().get("/postman.json");
    expect(status).toBe(200);
    expect(body.info.schema).toContain("/collection/v2.1.0/");
    const requests = body.item.flatMap(({ item }: { item: object[] }) => item) as Request[];
    const found = requests.map(({ request }) => `${request.method} ${request.url.path.join("/")}`);
    const expected = operations.map(({ method, path }) =>
      `${method.toUpperCase()} ${path.slice(1)}`.replaceAll(/\{(\w+)\}/g, ":$1"),
    );
    expect(found.toSorted()).toEqual(expected.toSorted());
    const create = requests.find(({ request }) => request.url.raw === "{{url}}/v1/campaigns" && request.body);
    expect(JSON.parse(create?.request.body?.raw ?? "")).toEqual({ name: "Renewals" });
  });

  it("is a text with a line for every operation and event", async ({ expect }) => {
    const { headers, body } = await apiClient().get("/llms.txt");
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(body).toMatch(/^# Trunkline\n/);
    for (const { method, path } of (await read()).operations)
      expect(body).toContain(`\`${method.toUpperCase()} ${path}\``);
    for (const type of EVENT_TYPES) expect(body).toContain(`- \`${type}\`:`);
    expect(body).toContain("https://trunkline.test/docs#/Calls/listCalls");
  });

  it("is a page that loads nothing from elsewhere and has no script in itself", async ({ expect }) => {
    const { status, headers, body } = await apiClient().get("/docs");
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    const loaded = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(loaded.filter((address) => !/^\/(?:assets\/|llms\.txt$)/.test(address))).toEqual([]);
    expect(body).not.toMatch(/<script[^>]*>[^<]|style=/);
  });
});

type Request = { request: { method: string; url: { raw: string; path: string[] }; body?: { raw?: string } } };

/** Where a schema's property has no description. Examples are data, not schemas. */
function undescribed(node: unknown, path: string[]): string[] {
  if (typeof node !== "object" || node === null) return [];
  const { properties } = node as { properties?: Record<string, unknown> };
  const shape = typeof properties === "object" && properties !== null ? Object.entries(properties) : [];
  const missing = shape.every(([, one]) => typeof one === "object")
    ? shape
        .filter(([, one]) => !(one as { description?: string }).description)
        .map(([name]) => [...path, name].join("/"))
    : [];
  return Object.entries(node).reduce(
    (found, [name, inner]) =>
      name === "example" || name === "const" ? found : [...found, ...undescribed(inner, [...path, name])],
    missing,
  );
}

/** The example of a named schema, or of the things a list holds. */
function exampleOf(document: unknown, schema: object): unknown {
  const { $ref, properties } = schema as { $ref?: string; properties?: { data?: { items?: object } } };
  if ($ref !== undefined) return (resolve(document, $ref) as { example?: unknown }).example;
  return properties?.data?.items && exampleOf(document, properties.data.items);
}
