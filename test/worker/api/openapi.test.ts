import { describe, it } from "vitest";
import { apiClient } from "./client";

const METHODS = new Set(["get", "post", "put", "patch", "delete", "head"]);

type Operation = {
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: object; example?: unknown }> }>;
};

async function read() {
  const { status, body } = await apiClient().get("/openapi.json");
  const operations = Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, path, method, operation })),
  );
  return { status, document: body, operations };
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
    const used = new Set(operations.flatMap(({ operation }) => operation.tags ?? []));
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

/** The example of a named schema, or of the things a list holds. */
function exampleOf(document: unknown, schema: object): unknown {
  const { $ref, properties } = schema as { $ref?: string; properties?: { data?: { items?: object } } };
  if ($ref !== undefined) return (resolve(document, $ref) as { example?: unknown }).example;
  return properties?.data?.items && exampleOf(document, properties.data.items);
}
