import { meaningOf } from "./descriptions";
import { operationName } from "./operation-names";
import { PROBLEM_TYPE } from "../../lib/problem";
import { permissionOf, SELF } from "../permissions";
import { DONE_ELSEWHERE } from "../idempotency/elsewhere";
import { expandOf } from "./expand";
import { mend } from "./mend";
import { codeSamples } from "./samples";
import { operationsOf, type Document, type Operation, type Parameter, type Schema } from "./shape";

/** The same operations under another name: described once. */
const ALIASES = /^\/v1\/webhooks(?:\/|$)/;

/** Adds to the document what every operation has, and what is the same wherever a name is used. */
export function complete(document: Document): Document {
  mend(document.components.schemas, document);
  for (const path of Object.keys(document.paths)) if (ALIASES.test(path)) delete document.paths[path];
  for (const { method, path, operation } of operationsOf(document.paths)) {
    operation.operationId = operationName(method, path);
    operation.description ??= `${operation.summary}.`;
    namePermission(method, path, operation);
    addCommonParts(document, method, path, operation);
    for (const parameter of operation.parameters ?? []) describeParameter(path, parameter);
    shareFailures(document, operation);
  }
  describeSchemas(document);
  for (const { method, path, operation } of operationsOf(document.paths))
    operation["x-codeSamples"] = codeSamples(document, method, path, operation);
  return document;
}

/** Names the permission that an operation needs. Only OAuth has scopes that a document may list beside a scheme. */
function namePermission(method: string, path: string, operation: Operation): void {
  const permission = permissionOf(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ":$1"));
  if (permission === undefined || permission === SELF) return;
  operation["x-permission"] = permission;
  if (permission !== "any") operation.description += `\n\nNeeds the permission \`${permission}\`.`;
}

/** Resumable uploads have their own way to go on; without a caller there is nobody whose key it could be. */
const NOT_KEYED = /^\/v1\/(?:uploads\/tus|part-uploads|invitations\/accept|password-resets)/;

const REQUEST_ID = {
  description: "The id of the request: name it when you ask for help.",
  schema: { type: "string", example: "req_4f1c0a7be2d95f0386d1c7a94be05f12" },
};
const count = (description: string, example: number) => ({ description, schema: { type: "integer", example } });
const QUOTA = {
  "X-RateLimit-Limit": count("The organization's requests in an hour.", 1_000),
  "X-RateLimit-Remaining": count("At least so many of them were left.", 940),
  "X-RateLimit-Reset": count("When the next hour begins, in Unix seconds.", 1_787_241_600),
};
const ETAG = {
  description: "Names the state that is shown. Send it as `If-None-Match` to read again, as `If-Match` to change.",
  schema: { type: "string", example: '"4f1c0a7be2d95f0386d1c7a94be05f12"' },
};
const FIELDS: Parameter = {
  name: "fields",
  in: "query",
  description: "Only these fields of the answer, or of each entry of a list: names with commas between them.",
  schema: { type: "string" },
};
const IF_MATCH: Parameter = {
  name: "If-Match",
  in: "header",
  description: "The `ETag` of a read, as you know it: what was changed since is not changed again, and answers 412.",
  schema: { type: "string" },
};

const IDEMPOTENCY_KEY: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Sent again with this key and the same body within 24 hours, the request is answered alike and not carried out again.",
  schema: { type: "string", maxLength: 255 },
};
const AT_LEAST_ONCE =
  "With an `Idempotency-Key` it is carried out at least once: after a crash that left no answer it is done again.";

/** What the router does for every operation of a kind (read-answers.ts, if-match.ts, idempotency, quota.ts). */
function addCommonParts(document: Document, method: string, path: string, operation: Operation): void {
  const { paths } = document;
  const success = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
  const quota = /^\/v[12]\//.test(path) ? QUOTA : {};
  for (const [, answer] of success) answer.headers = { ...answer.headers, "X-Request-Id": REQUEST_ID, ...quota };
  const isJson = (one: Operation | undefined) => one?.responses["200"]?.content?.["application/json"] !== undefined;
  if (method === "get" && isJson(operation) && /^\/(?:v\d|admin)\//.test(path)) {
    operation.parameters = [...(operation.parameters ?? []), FIELDS, ...expandOf(document, operation)];
    operation.responses["304"] ??= { description: "You have this already: `If-None-Match` names it" };
  }
  if (/^(?:get|patch|put)$/.test(method) && isJson(operation)) {
    const shown = operation.responses["200"];
    if (shown) shown.headers = { ...shown.headers, ETag: ETAG };
  }
  if (method === "post" && !NOT_KEYED.test(path)) {
    operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
    if (DONE_ELSEWHERE.has(path)) operation.description += `\n\n${AT_LEAST_ONCE}`;
  }
  if (/^(?:patch|put|delete)$/.test(method) && isJson(paths[path]?.["get"])) {
    operation.parameters = [...(operation.parameters ?? []), IF_MATCH];
    const { content } = operation.responses["default"] ?? {};
    operation.responses["412"] ??= { description: "Precondition failed", ...(content && { content }) };
  }
}

/** Failures are alike everywhere: each is in the document once. */
function shareFailures({ components }: Document, { responses }: Operation): void {
  for (const [status, answer] of Object.entries(responses)) {
    if (answer.content?.[PROBLEM_TYPE] === undefined) continue;
    const name = status === "default" ? "AnyFailure" : `Failure${status}`;
    components.responses ??= {};
    components.responses[name] ??= answer;
    responses[status] = { $ref: `#/components/responses/${name}` };
  }
}

function describeParameter(path: string, parameter: Parameter): void {
  if (parameter.description !== undefined) return;
  const before = path.split("/")[path.split("/").indexOf(`{${parameter.name}}`) - 1];
  const meaning =
    parameter.name === "id" && before !== undefined ? `The id, as ${listIn(path, before)} shows it.` : undefined;
  parameter.description = parameter.schema?.description ?? meaning ?? meaningOf(parameter.name);
}

function listIn(path: string, before: string): string {
  return `\`${path.slice(0, path.indexOf(`/${before}/`))}/${before}\``;
}

/** Describes each property that does not describe itself, and says that lists are linked in both directions. */
function describeSchemas(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const schema = node as Schema;
  if (isShape(schema)) {
    for (const [name, property] of Object.entries(schema.properties)) property.description ??= meaningOf(name);
    if ("prev_cursor" in schema.properties) schema.required = [...(schema.required ?? []), "prev_cursor"];
  }
  for (const [name, inner] of Object.entries(node))
    if (name !== "example" && name !== "examples") describeSchemas(inner);
}

function isShape(schema: Schema): schema is Schema & { properties: Record<string, Schema> } {
  const properties: unknown = schema.properties;
  return (
    typeof properties === "object" &&
    properties !== null &&
    Object.values(properties).every((one) => typeof one === "object" && one !== null)
  );
}
