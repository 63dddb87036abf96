import { commonSettings, type Guide, type GuideEntry, type Platform } from "../../../src/platforms";

const PUBLIC_URL = "https://calls.example.com";
const SOURCE = "src_…";

/** The line behind which a page goes on as it was written by hand. */
const END = "<!-- The guide ends here; what follows is written by hand. -->";

/**
 * The page `docs/use/connect-{kind}.md`: the platform's guide for a source that stands for any, then what the old page
 * has behind it.
 */
export function pageOf(platform: Platform, old: string): string {
  const { kind, title } = platform;
  const byHand = old.includes(END) ? old.slice(old.indexOf(END) + END.length) : "\n";
  const guide = platform.guide({
    webhookUrl: `${PUBLIC_URL}/webhook/${kind}/${SOURCE}`,
    publicUrl: PUBLIC_URL,
    source: { id: SOURCE, name: title, settings: {} },
    campaign: null,
  });
  const sections = [
    `<!-- \`npm run docs:guides\` writes this from src/platforms/${kind}/guide.ts, up to the mark where the guide ends. -->`,
    `# ${guide.title.slice(0, guide.title.lastIndexOf(": "))}`,
    guide.summary,
    `What you need:\n\n${listOf(guide.before)}`,
    `\`GET /v1/sources/{id}/guide\` says what follows for a source of yours, with its address and campaign filled in.`,
    "## In Trunkline: the source",
    sourceOf(platform),
    ...settingsOf(platform),
    `## In ${title}`,
    guide.steps.map((step, index) => `${index + 1}. **${step.title}.** ${step.text}`).join("\n"),
    ...entriesOf("what it asks for", guide.request),
    ...entriesOf("header", guide.headers),
    ...guide.snippets.flatMap(({ title: what, language, text }) => [`${what}:`, `\`\`\`${language}\n${text}\n\`\`\``]),
    "## What happens then",
    listOf(guide.next),
    "## How a notice is read",
    table(
      ["field", "what it is for"],
      guide.variables.map(({ field, variable, purpose, required }) => [
        variable === field ? `\`${field}\`` : `\`${field}\` (\`${variable}\`)`,
        required ? `${purpose} Required.` : purpose,
      ]),
    ),
    ...(guide.reading.length === 0
      ? []
      : [
          table(
            ["what comes", "what it means"],
            guide.reading.map(({ what, meaning }) => [what, meaning]),
          ),
        ]),
    listOf(guide.rules),
    "## What each answer means",
    "A refusal is `application/problem+json`: `reason` is stable, `message` is for people.",
    table(["status", "`reason`", "what it means"], guide.answers.map(answerRow)),
    "## Common trouble",
    table(
      ["what you see", "what to do"],
      guide.trouble.map(({ symptom, remedy }) => [symptom, remedy]),
    ),
    END,
  ];
  return `${sections.join("\n\n").replaceAll(encodeURI(SOURCE), SOURCE)}${byHand}`;
}

function sourceOf({ kind, title, ...platform }: Platform): string {
  const isSigned = platform.authentication === "signature";
  const itsKey = isSigned
    ? ""
    : `
# A key for it alone, which may do nothing else, shown this once; with "campaign_id" limited to one campaign
curl -sS -X POST $URL/v1/api-keys -H "X-API-Key: $KEY" -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ name: title, scopes: platform.keyScopes })}'`;
  const given =
    isSigned && platform.secret.origin === "platform" ? { secret: `THE_${wordOf(platform.secret.name)}` } : {};
  const body = JSON.stringify({ kind, name: title, campaign_id: "cmp_…", ...given });
  const shown = isSigned && platform.secret.origin === "either" ? ',…,"secret":"whsec_…"' : ",…";
  return `\`\`\`sh
URL=${PUBLIC_URL}
KEY=tk_…        # an API key of your organization
curl -sS -X POST $URL/v1/sources -H "X-API-Key: $KEY" -H "Content-Type: application/json" \\
  -d '${body}'
# {"id":"${SOURCE}","webhook_url":"${PUBLIC_URL}/webhook/${kind}/${SOURCE}"${shown}}${itsKey}
\`\`\``;
}

function wordOf(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z]+/g, "_");
}

/** What may be set on this platform's sources beside what may be set on all. */
function settingsOf({ settings }: Platform): string[] {
  const own = Object.entries(settings.shape).filter(([name]) => !Object.hasOwn(commonSettings.shape, name));
  if (own.length === 0) return [];
  const rows = own.map(([name, schema]) => [`\`${name}\``, schema.description ?? ""]);
  return ["Settings of its own (`GET /v1/source-kinds` lists all):", table(["setting", "what it means"], rows)];
}

function entriesOf(heading: string, entries: GuideEntry[]): string[] {
  if (entries.length === 0) return [];
  const rows = entries.map(({ name, value, note }) => [name, `\`${value}\``, note ?? ""]);
  return [table([heading, "value", ""], rows)];
}

function answerRow({ status, reason, meaning }: Guide["answers"][number]): string[] {
  if (status !== 200) return [String(status), reason === null ? "" : `\`${reason}\``, meaning];
  return reason === null ? ["200 `accepted`", "", meaning] : ["200 `ignored`", `\`${reason}\``, meaning];
}

function listOf(lines: string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
