import { withoutComments, type ConnectorKindName } from "../../connectors";
import { type ConnectorFields } from "./empty-fields";

/**
 * The form filled from printed blocks, which stand one behind the other; undefined when they are no JSON. What they do not state
 * stays as `fieldsFor` has it.
 */
export function filledFrom(
  printed: string,
  fieldsFor: (kind: ConnectorKindName) => ConnectorFields,
): ConnectorFields | undefined {
  const blocks = withoutComments(printed).match(/\{[^{}]*\}/g);
  if (!blocks) return undefined;
  let given: Record<string, unknown> = {};
  try {
    for (const block of blocks) given = { ...given, ...(JSON.parse(block) as object) };
  } catch {
    return undefined;
  }
  const fields = fieldsFor(typeof given["clientId"] === "string" ? "onedrive" : "s3");
  const text = (name: string, known: string) => (typeof given[name] === "string" ? given[name] : known);
  const patterns = given["filePatterns"];
  const poll = given["pollInterval"];
  const yesNo = (name: "autoAnalyze" | "notifyOnComplete") =>
    typeof given[name] === "boolean" ? (given[name] ? "yes" : "no") : fields[name];
  return {
    ...fields,
    endpoint: text("endpoint", fields.endpoint),
    bucket: text("bucket", fields.bucket),
    region: text("region", fields.region),
    accessKey: text("accessKey", fields.accessKey),
    secretKey: text("secretKey", fields.secretKey),
    clientId: text("clientId", fields.clientId),
    clientSecret: text("clientSecret", fields.clientSecret),
    tenantId: text("tenantId", fields.tenantId),
    importPath: text("syncFolder", text("importPath", fields.importPath)),
    processedPath: text("processedPath", fields.processedPath),
    patterns: Array.isArray(patterns) ? patterns.join(" ") : fields.patterns,
    poll: typeof poll === "number" ? String(poll) : fields.poll,
    naming: text("naming", fields.naming),
    autoAnalyze: yesNo("autoAnalyze"),
    transcriptionEngine: text("transcriptionEngine", fields.transcriptionEngine),
    assignToTeam: text("assignToTeam", fields.assignToTeam),
    notifyOnComplete: yesNo("notifyOnComplete"),
  };
}
