/** As much of an OpenAPI document as is read and completed here. */
export type Schema = {
  $ref?: string;
  description?: string;
  example?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
};
export type Media = { schema?: Schema; example?: unknown };
export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema & { type?: string; default?: unknown; maxLength?: number };
  example?: unknown;
};
export type Answer = {
  $ref?: string;
  description?: string;
  headers?: Record<string, object>;
  content?: Record<string, Media>;
};
export type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Answer>;
  security?: Record<string, string[]>[];
  /** The permission it needs; `any` where every caller has it. */
  "x-permission"?: string;
  "x-codeSamples"?: { lang: string; label: string; source: string }[];
};
export type Paths = Record<string, Record<string, Operation>>;
export type Document = {
  info: { title: string; description: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Paths;
  webhooks?: Paths;
  components: { schemas: Record<string, Schema>; responses?: Record<string, Answer> };
};

/** Every operation with its method and path. */
export function operationsOf(paths: Paths): { method: string; path: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  );
}

/** The example of a body: its own, or that of its schema. */
export function exampleOf({ components }: Document, { example, schema }: Media): unknown {
  if (example !== undefined) return example;
  const named = schema?.$ref?.split("/").at(-1);
  return named === undefined ? schema?.example : components.schemas[named]?.example;
}
