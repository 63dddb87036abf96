import type { Schema } from "./shape";

type Node = Schema & {
  type?: string | string[];
  allOf?: Node[];
  anyOf?: Node[];
  items?: object;
  prefixItems?: object[];
  minItems?: number;
  maxItems?: number;
  additionalProperties?: unknown;
};

/**
 * Writes what the generator of the document says in a way that validators and generators of clients misread. A schema that
 * extends another becomes one schema: as `allOf`, two strict ones would refuse each other's fields.
 */
export function mend(schemas: Record<string, Schema>, node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const schema = node as Node;
  const [base, own] = schema.allOf ?? [];
  if (base && own && schema.allOf?.length === 2) extend(schemas, schema, base, own);
  if (schema.prefixItems && schema.items === undefined) {
    schema.items = schema.prefixItems[0] ?? {};
    schema.minItems = schema.prefixItems.length;
    schema.maxItems = schema.prefixItems.length;
  }
  for (const [name, inner] of Object.entries(node)) {
    if (name === "example") completeLinks(inner);
    else mend(schemas, inner);
  }
}

function extend(schemas: Record<string, Schema>, schema: Node, base: Node, own: Node): void {
  const isNullable = own.properties === undefined && own.type?.includes("null");
  delete schema.allOf;
  if (isNullable) {
    schema.anyOf = [base, { type: "null" }];
    return;
  }
  const whole = resolved(schemas, base);
  const additionalProperties = own.additionalProperties ?? whole.additionalProperties;
  Object.assign(schema, {
    type: "object",
    properties: { ...whole.properties, ...own.properties },
    required: [...new Set([...(whole.required ?? []), ...(own.required ?? [])])],
    ...(additionalProperties === undefined ? {} : { additionalProperties }),
  });
}

/** The schema that a reference names, which may extend another one. */
function resolved(schemas: Record<string, Schema>, node: Node): Node {
  const named: Node = node.$ref === undefined ? node : (schemas[node.$ref.split("/").at(-1) ?? ""] ?? {});
  const [base, own] = named.allOf ?? [];
  if (base && own) extend(schemas, named, base, own);
  return named;
}

/** The example of a list, whose links are filled in for all lists at once. */
function completeLinks(example: unknown): void {
  if (typeof example !== "object" || example === null || !("next_cursor" in example) || !("data" in example)) return;
  Object.assign(example, { prev_cursor: null });
}
