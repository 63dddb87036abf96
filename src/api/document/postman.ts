import { exampleOf, operationsOf, type Document, type Operation } from "./shape";

const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/** The document as a Postman collection (v2.1): a folder for each tag, a request for each operation. */
export function postmanCollection(document: Document): object {
  const operations = operationsOf(document.paths);
  return {
    info: { name: document.info.title, description: document.info.description, schema: SCHEMA },
    auth: { type: "apikey", apikey: [pair("key", "X-API-Key"), pair("value", "{{key}}"), pair("in", "header")] },
    variable: [
      { key: "url", value: document.servers[0]?.url ?? "" },
      { key: "key", value: "" },
      { key: "operator_token", value: "" },
    ],
    item: document.tags.flatMap(({ name, description }) => {
      const item = operations
        .filter(({ operation }) => operation.tags?.includes(name))
        .map(({ method, path, operation }) => requestOf(document, method, path, operation));
      return item.length === 0 ? [] : [{ name, description, item }];
    }),
  };
}

function pair(key: string, value: string) {
  return { key, value, type: "string" };
}

function requestOf(document: Document, method: string, path: string, operation: Operation): object {
  const parameters = operation.parameters ?? [];
  const steps = path.split("/").filter(Boolean);
  const query = parameters
    .filter((one) => one.in === "query")
    .map(({ name, description, required }) => ({ key: name, value: "", description, disabled: required !== true }));
  const ways = (operation.security ?? []).flatMap(Object.keys);
  return {
    name: operation.summary,
    request: {
      method: method.toUpperCase(),
      description: operation.description,
      ...authOf(ways),
      header: parameters
        .filter((one) => one.in === "header")
        .map(({ name, description, required }) => ({ key: name, value: "", description, disabled: required !== true })),
      ...bodyOf(document, operation),
      url: {
        raw: `{{url}}/${steps.map(variable).join("/")}`,
        host: ["{{url}}"],
        path: steps.map(variable),
        query,
        variable: parameters
          .filter((one) => one.in === "path")
          .map(({ name, description }) => ({ key: name, value: "", description })),
      },
    },
  };
}

function variable(step: string): string {
  return step.startsWith("{") ? `:${step.slice(1, -1)}` : step;
}

function authOf(ways: readonly string[]): object {
  if (ways.includes("ApiKey")) return {};
  if (ways.includes("AdminToken")) return { auth: { type: "bearer", bearer: [pair("token", "{{operator_token}}")] } };
  return { auth: { type: "noauth" } };
}

function bodyOf(document: Document, operation: Operation): object {
  const content = operation.requestBody?.content ?? {};
  const json = content["application/json"];
  if (json) {
    const raw = JSON.stringify(exampleOf(document, json) ?? {}, null, 2);
    return { body: { mode: "raw", raw, options: { raw: { language: "json" } } } };
  }
  const form = content["multipart/form-data"];
  if (form) {
    const fields = Object.entries(form.schema?.properties ?? {}).map(([key, { description }]) =>
      key === "file"
        ? { key, type: "file", src: [], description }
        : { key, type: "text", value: "", description, disabled: true },
    );
    return { body: { mode: "formdata", formdata: fields } };
  }
  return Object.keys(content).length === 0 ? {} : { body: { mode: "file", file: {} } };
}
