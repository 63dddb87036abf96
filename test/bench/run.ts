import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runScript, Trouble } from "../../scripts/trouble.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { measureAnalysis } from "./analysis.ts";
import { billOf } from "./cost.ts";
import { measureConnectors } from "./connectors.ts";
import { measureDelivery } from "./delivery.ts";
import { measureIngest } from "./ingest.ts";
import { makeLongRecording } from "./long-recording.ts";
import { describeMachine } from "./machine.ts";
import { countOperations } from "./operations.ts";
import { measureOutbound } from "./outbound.ts";
import { FIGURES, PAGE, writePage } from "./page.ts";
import { measurePages } from "./pages.ts";
import { tablesOf, type Findings } from "./report.ts";
import { measureRequests } from "./requests.ts";
import { measureSchemes } from "./schemes.ts";
import { measureSearch } from "./search.ts";
import { startSubprocess } from "./subprocess.ts";
import { print } from "./table.ts";

const PARTS = [
  "ingest",
  "schemes",
  "delivery",
  "outbound",
  "analysis",
  "operations",
  "connectors",
  "requests",
  "search",
  "pages",
] as const;

/** Ten thousand files take longer than all else together: this part is run by its name, and its figures stand by themselves. */
const BY_NAME = "connectors";
const WHOLE = PARTS.filter((name) => name !== BY_NAME);

/** The whole within a quarter of an hour; enough rounds for their spread to show a neighbour's noise. */
const PLAN = {
  full: {
    ingest: { rounds: 5, seconds: 2, connections: 32 },
    schemes: { rounds: 2, seconds: 2, connections: 32 },
    delivery: { rounds: 3, burst: 1_500, connections: 32, rate: 20, seconds: 4 },
    many: { rounds: 1, burst: 1_500, connections: 32, rate: 20, seconds: 4 },
    outbound: {
      failing: { rounds: 5, connections: 32, rate: 20, seconds: 10 },
      shards: { rounds: 2, burst: 1_000 },
      rows: 500,
    },
    analysis: { minutes: 60, rounds: 4, lengths: [10, 180], codedMinutes: 30 },
    operations: { alone: 3, together: 20 },
    connectors: { gigabytes: 3, files: 10_000 },
    requests: { turns: 60 },
    search: { calls: 100_000, requests: 200 },
    pages: { calls: 100_000, looks: 100 },
  },
  quick: {
    ingest: { rounds: 3, seconds: 1, connections: 32 },
    schemes: { rounds: 2, seconds: 1, connections: 32 },
    delivery: { rounds: 2, burst: 400, connections: 32, rate: 20, seconds: 2 },
    many: { rounds: 1, burst: 400, connections: 32, rate: 20, seconds: 2 },
    outbound: {
      failing: { rounds: 2, connections: 32, rate: 20, seconds: 4 },
      shards: { rounds: 1, burst: 400 },
      rows: 100,
    },
    analysis: { minutes: 60, rounds: 1, lengths: [10, 60], codedMinutes: 5 },
    operations: { alone: 1, together: 5 },
    connectors: { gigabytes: 0.2, files: 300 },
    requests: { turns: 10 },
    search: { calls: 20_000, requests: 40 },
    pages: { calls: 20_000, looks: 30 },
  },
};

/** What is measured at this number of endpoints is there for the curve, and takes fewer turns. */
const MANY = 100;

/** Everything here has a deadline of its own; these are for the unforeseen. Milliseconds. */
const LONGEST_RUN = 30 * 60_000;
const LONGEST_BY_NAME = 180 * 60_000;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: WHOLE.join(",") },
    docs: { type: "boolean", default: false },
  },
});

await runScript(async () => {
  const wanted = options.only.split(",");
  const unknown = wanted.filter((name) => !(PARTS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Trouble(`no such part: ${unknown.join(", ")}; there are ${PARTS.join(", ")}`);
  const isWhole = WHOLE.every((name) => wanted.includes(name));
  if (options.docs && (options.quick || !(isWhole || options.only === BY_NAME)))
    throw new Trouble(
      `the performance page takes the figures of one whole run, or those of \`--only ${BY_NAME}\`: leave out --quick`,
    );
  const begunAt = Date.now();
  const plan = PLAN[options.quick ? "quick" : "full"];
  const findings: Findings = { machine: describeMachine() };
  const load = startSubprocess("load.ts");
  const receiver = startSubprocess("receiver.ts");
  setTimeout(
    () => {
      console.error("trunkline: the benchmark takes too long, something hangs");
      process.exit(1);
    },
    wanted.includes(BY_NAME) ? LONGEST_BY_NAME : LONGEST_RUN,
  ).unref();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  process.once("exit", () => [load, receiver].forEach((one) => one.stop()));
  const receiverUrl = await receiver.ask<string>("listen");

  if (wanted.includes("ingest")) {
    say("ingest");
    findings.ingest = await measureIngest(load, plan.ingest);
    save(findings);
  }
  if (wanted.includes("schemes")) {
    say("the ways to prove a sender");
    findings.schemes = await measureSchemes(load, plan.schemes);
    save(findings);
  }
  const ends = { load, receiver };
  // The outbound part looks at the same deliveries and adds a hundred endpoints, and then more.
  const fanOuts = wanted.includes("outbound") ? [1, 10, MANY] : wanted.includes("delivery") ? [1, 10] : [];
  for (const endpoints of fanOuts) {
    say(`delivery to ${endpoints}`);
    const figures = await measureDelivery(ends, receiverUrl, endpoints, endpoints === MANY ? plan.many : plan.delivery);
    findings.delivery = [...(findings.delivery ?? []), { endpoints, figures }];
    save(findings);
  }
  if (wanted.includes("outbound")) {
    say("outbound");
    findings.outbound = await measureOutbound(ends, receiverUrl, plan.outbound);
    save(findings);
  }
  if (wanted.includes("analysis")) {
    say("analysis");
    findings.analysis = await measureAnalysis(plan.analysis);
    save(findings);
  }
  if (wanted.includes("operations")) {
    say("operations");
    findings.operations = await countOperations(load, receiver, receiverUrl, plan.operations);
    save(findings);
  }
  if (wanted.includes("connectors")) {
    say("connectors");
    findings.connectors = await measureConnectors(plan.connectors);
    save(findings);
  }
  if (wanted.includes("requests")) {
    say("requests");
    findings.requests = await measureRequests(load, receiverUrl, plan.requests);
    save(findings);
  }
  if (wanted.includes("search")) {
    say("search");
    findings.search = await measureSearch(plan.search);
    save(findings);
  }
  if (wanted.includes("pages")) {
    say("pages");
    findings.pages = await measurePages(load, receiverUrl, plan.pages);
    save(findings);
  }
  const { analysis, operations } = findings;
  if (analysis && operations) {
    const fixtureMinutes = makeLongRecording(0.01).seconds / 60;
    const bill = (calls: typeof operations.alone) => billOf(calls, analysis, fixtureMinutes);
    findings.bills = { alone: bill(operations.alone), together: bill(operations.together) };
  }

  findings.machine.minutes = Math.round((Date.now() - begunAt) / 60_000);
  for (const table of tablesOf(findings)) print(table);
  save(findings);
  console.log(`\nAll figures: ${FIGURES}`);
  if (options.docs) {
    writePage(findings);
    console.log(`Written into ${PAGE}`);
  }
  return 0;
});

/** After each part, so that one that fails does not take the minutes of the others with it. */
function save(findings: Findings): void {
  mkdirSync(`${PROJECT}/.trunkline`, { recursive: true });
  writeFileSync(FIGURES, `${JSON.stringify(findings, null, 2)}\n`);
}

function say(what: string): void {
  process.stderr.write(`measuring ${what} …\n`);
}
