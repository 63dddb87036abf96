import { operationsOf, type Document } from "./shape";

/** The API in the form of llmstxt.org: what it is, and a line for each operation. */
export function llmsText(document: Document): string {
  const [{ url } = { url: "" }] = document.servers;
  const operations = operationsOf(document.paths);
  const parts = document.tags.map(({ name, description }) => {
    const lines = operations
      .filter(({ operation }) => operation.tags?.includes(name))
      .map(
        ({ method, path, operation }) =>
          `- [${operation.operationId}](${url}/docs#/${encodeURIComponent(name)}/${operation.operationId}): \`${method.toUpperCase()} ${path}\` ${operation.summary}`,
      );
    return lines.length === 0 ? "" : `## ${name}\n\n${description}\n\n${lines.join("\n")}\n`;
  });
  const events = Object.entries(document.webhooks ?? {}).map(
    ([type, item]) => `- \`${type}\`: ${item["post"]?.description ?? ""}`,
  );
  return [
    `# ${document.info.title}`,
    `> ${document.info.description.replaceAll("\n", "\n> ")}`,
    `- [OpenAPI 3.1](${url}/openapi.json): every operation, schema and event\n- [Postman collection](${url}/postman.json)\n`,
    ...parts.filter((part) => part !== ""),
    `## Events\n\n${events.join("\n")}\n`,
  ].join("\n\n");
}
