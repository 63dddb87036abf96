import { exampleOf, type Document, type Operation } from "./shape";

type Sample = { lang: string; label: string; source: string };

/** A value for each name in a path, by what comes before it. */
const IDS: Record<string, string> = {
  calls: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  campaigns: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  operators: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x",
  endpoints: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
  webhooks: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
  sources: "src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  uploads: "upl_01k3a7w8q0m4x2c9v5b6n7p8r1",
  tus: "upl_01k3a7w8q0m4x2c9v5b6n7p8r1",
  deliveries: "dlv_01k3a7w8q0m4x2c9v5b6n7p8r1",
  "api-keys": "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
  "source-kinds": "audian",
  references: "net2phone:user:42",
};
const ANY_ID = "01k3a7w8q0m4x2c9v5b6n7p8r1";

const AUDIO = "call.wav";

/** What one operation is called with. */
type Call = {
  method: string;
  path: string;
  names: Record<string, string>;
  headers: Record<string, string>;
  body: { kind: "none" } | { kind: "json"; value: unknown } | { kind: "audio" } | { kind: "form" };
};

/** The operation in curl, TypeScript and Python. `URL` and `KEY` are the address and the API key. */
export function codeSamples(document: Document, method: string, path: string, operation: Operation): Sample[] {
  const call = callOf(document, method, path, operation);
  return [
    { lang: "Shell", label: "curl", source: inCurl(call) },
    { lang: "TypeScript", label: "TypeScript", source: inTypeScript(call) },
    { lang: "Python", label: "Python", source: inPython(call) },
  ];
}

function callOf(document: Document, method: string, path: string, operation: Operation): Call {
  const steps = path.split("/");
  const names: Record<string, string> = {};
  steps.forEach((step, index) => {
    if (step.startsWith("{")) names[step.slice(1, -1)] = IDS[steps[index - 1] ?? ""] ?? ANY_ID;
  });
  const content = operation.requestBody?.content ?? {};
  const types = Object.keys(content);
  const json = content["application/json"];
  const audio = types.find((type) => type === "audio/*" || type.endsWith("octet-stream"));
  const body: Call["body"] = json
    ? { kind: "json", value: exampleOf(document, json) ?? {} }
    : audio
      ? { kind: "audio" }
      : { kind: types.length > 0 ? "form" : "none" };
  const type = json ? "application/json" : audio === "audio/*" ? "audio/wav" : audio;
  const needed = (operation.parameters ?? []).filter((one) => one.in === "header" && one.required === true);
  const headers = {
    ...credentials(method, operation),
    ...Object.fromEntries(needed.map(({ name, schema, example }) => [name, String(example ?? schemaValue(schema))])),
    ...(type === undefined ? {} : { "Content-Type": type }),
  };
  return { method: method.toUpperCase(), path: withQuery(path, operation), names, headers, body };
}

function credentials(method: string, { security = [] }: Operation): Record<string, string> {
  const ways = security.flatMap(Object.keys);
  if (ways.includes("ApiKey")) return { "X-API-Key": "$KEY" };
  if (ways.includes("AdminToken")) return { Authorization: "Bearer $OPERATOR_TOKEN" };
  if (ways.includes("Session")) {
    const cookie = { Cookie: "__Host-session=$SESSION" };
    // What writes with a session says the token of `GET /v1/me`.
    return method === "get" ? cookie : { ...cookie, "X-CSRF-Token": "$CSRF_TOKEN" };
  }
  return {};
}

function schemaValue(schema: object | undefined): unknown {
  const {
    enum: values,
    const: value,
    example,
  } = (schema ?? {}) as { enum?: unknown[]; const?: unknown; example?: unknown };
  return value ?? values?.[0] ?? example ?? 0;
}

/** The parameters that must be there, and `limit` where there is one. */
function withQuery(path: string, { parameters = [] }: Operation): string {
  const query = parameters.flatMap((one) => {
    if (one.in !== "query") return [];
    if (one.name === "limit") return ["limit=10"];
    return one.required === true ? [`${one.name}=$${one.name.toUpperCase()}`] : [];
  });
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function filled({ path, names }: Call): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));
}

function inCurl(call: Call): string {
  const { method, headers, body } = call;
  const lines = [
    `curl -sS${method === "GET" ? "" : method === "HEAD" ? " -I" : ` -X ${method}`} "$URL${filled(call)}"`,
  ];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H "${name}: ${value}"`);
  if (body.kind === "json") lines.push(`-d '${JSON.stringify(body.value).replaceAll("'", "'\\''")}'`);
  if (body.kind === "audio") lines.push(`--data-binary @${AUDIO}`);
  if (body.kind === "form") lines.push(`-F file=@${AUDIO}`, "-F campaign_id=1");
  return lines.join(" \\\n  ");
}

function inTypeScript(call: Call): string {
  const { method, headers, body } = call;
  const options = [
    `  method: "${method}",`,
    `  headers: ${objectOf(headers, (text) => environment(text, "process.env."))},`,
  ];
  const before: string[] = [];
  if (body.kind === "json") options.push(`  body: JSON.stringify(${indented(body.value)}),`);
  if (body.kind === "audio" || body.kind === "form") before.push('import { openAsBlob } from "node:fs";', "");
  if (body.kind === "audio") options.push(`  body: await openAsBlob("${AUDIO}"),`);
  if (body.kind === "form") {
    before.push(
      "const form = new FormData();",
      `form.set("file", await openAsBlob("${AUDIO}"), "${AUDIO}");`,
      'form.set("campaign_id", "1");',
    );
    options.push("  body: form,");
  }
  const address = environment(`$URL${filled(call)}`, "process.env.");
  return [
    ...before,
    `const answer = await fetch(${address}, {`,
    ...options,
    "});",
    "console.log(answer.status, await answer.text());",
  ].join("\n");
}

function inPython(call: Call): string {
  const { method, headers, body } = call;
  const lines = ["import json", "import os", "import urllib.request", ""];
  const sent = { ...headers };
  let data = "";
  if (body.kind === "json") data = `json.dumps(json.loads(r'''${JSON.stringify(body.value)}''')).encode()`;
  if (body.kind === "audio") data = `open("${AUDIO}", "rb").read()`;
  if (body.kind === "form") {
    sent["Content-Type"] = "multipart/form-data; boundary=part";
    lines.push(
      "head = b'--part\\r\\nContent-Disposition: form-data; name=\"campaign_id\"\\r\\n\\r\\n1\\r\\n'",
      `head += b'--part\\r\\nContent-Disposition: form-data; name="file"; filename="${AUDIO}"\\r\\n\\r\\n'`,
      `body = head + open("${AUDIO}", "rb").read() + b"\\r\\n--part--\\r\\n"`,
    );
    data = "body";
  }
  const entries = Object.entries(sent).map(([name, value]) => `        "${name}": ${pythonText(value)},`);
  lines.push(
    "request = urllib.request.Request(",
    `    ${pythonText(`$URL${filled(call)}`)},`,
    `    method="${method}",`,
    ...(entries.length === 0 ? [] : ["    headers={", ...entries, "    },"]),
    ...(data === "" ? [] : [`    data=${data},`]),
    ")",
    "with urllib.request.urlopen(request) as answer:",
    "    print(answer.status, answer.read().decode())",
  );
  return lines.join("\n");
}

/** A template with `$NAME` as the variables of the environment that they are. */
function environment(text: string, prefix: string): string {
  const [whole] = /^\$([A-Z_]+)$/.exec(text) ?? [];
  if (whole !== undefined) return `${prefix}${whole.slice(1)}!`;
  return text.includes("$") ? `\`${text.replaceAll(/\$([A-Z_]+)/g, `\${${prefix}$1}`)}\`` : JSON.stringify(text);
}

function pythonText(text: string): string {
  const parts = text.split(/(\$[A-Z_]+)/).filter((part) => part !== "");
  return parts
    .map((part) => (part.startsWith("$") ? `os.environ["${part.slice(1)}"]` : JSON.stringify(part)))
    .join(" + ");
}

function objectOf(entries: Record<string, string>, valueOf: (text: string) => string): string {
  const lines = Object.entries(entries).map(([name, value]) => `"${name}": ${valueOf(value)}`);
  return lines.length === 0 ? "{}" : `{ ${lines.join(", ")} }`;
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
}
