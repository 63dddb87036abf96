import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runScript, Trouble } from "../../scripts/trouble.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { measureAnalysis } from "./analysis.ts";
import { billOf } from "./cost.ts";
import { measureDelivery } from "./delivery.ts";
import { measureIngest } from "./ingest.ts";
import { makeLongRecording } from "./long-recording.ts";
import { describeMachine } from "./machine.ts";
import { countOperations } from "./operations.ts";
import { measureOutbound } from "./outbound.ts";
import { printFindings, type Findings } from "./report.ts";
import { measureSchemes } from "./schemes.ts";
import { startSubprocess } from "./subprocess.ts";

const PARTS = ["ingest", "schemes", "delivery", "outbound", "analysis", "operations"] as const;

/** Rounds are few enough for a minute or two each, and enough for their median to bear a neighbour's noise. */
const PLAN = {
  full: {
    ingest: { rounds: 5, seconds: 3, connections: 32 },
    schemes: { rounds: 3, seconds: 2, connections: 32 },
    delivery: { rounds: 3, burst: 1_500, connections: 32, rate: 20, seconds: 4 },
    outbound: {
      failing: { rounds: 5, connections: 32, rate: 20, seconds: 4 },
      shards: { rounds: 3, burst: 1_500 },
      rows: 500,
    },
    analysis: { minutes: 60, rounds: 5 },
    operations: { alone: 3, together: 20 },
  },
  quick: {
    ingest: { rounds: 3, seconds: 1, connections: 32 },
    schemes: { rounds: 2, seconds: 1, connections: 32 },
    delivery: { rounds: 1, burst: 400, connections: 32, rate: 20, seconds: 2 },
    outbound: {
      failing: { rounds: 2, connections: 32, rate: 20, seconds: 4 },
      shards: { rounds: 1, burst: 400 },
      rows: 100,
    },
    analysis: { minutes: 60, rounds: 1 },
    operations: { alone: 1, together: 5 },
  },
};

/** Everything here has a deadline of its own; this one is for the unforeseen. Milliseconds. */
const LONGEST_RUN = 30 * 60_000;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string", default: PARTS.join(",") } },
});

await runScript(async () => {
  const wanted = options.only.split(",");
  const unknown = wanted.filter((name) => !(PARTS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Trouble(`no such part: ${unknown.join(", ")}; there are ${PARTS.join(", ")}`);
  const plan = PLAN[options.quick ? "quick" : "full"];
  const findings: Findings = { machine: describeMachine() };
  const load = startSubprocess("load.ts");
  const receiver = startSubprocess("receiver.ts");
  setTimeout(() => {
    console.error("trunkline: the benchmark takes too long, something hangs");
    process.exit(1);
  }, LONGEST_RUN).unref();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  process.once("exit", () => [load, receiver].forEach((one) => one.stop()));
  const receiverUrl = await receiver.ask<string>("listen");

  if (wanted.includes("ingest")) {
    say("ingest");
    findings.ingest = await measureIngest(load, plan.ingest);
  }
  if (wanted.includes("schemes")) {
    say("the ways to prove a sender");
    findings.schemes = await measureSchemes(load, plan.schemes);
  }
  const ends = { load, receiver };
  // The outbound part looks at the same deliveries and adds a hundred endpoints, and then more.
  const fanOuts = wanted.includes("outbound") ? [1, 10, 100] : wanted.includes("delivery") ? [1, 10] : [];
  for (const endpoints of fanOuts) {
    say(`delivery to ${endpoints}`);
    const figures = await measureDelivery(ends, receiverUrl, endpoints, plan.delivery);
    findings.delivery = [...(findings.delivery ?? []), { endpoints, figures }];
  }
  if (wanted.includes("outbound")) {
    say("outbound");
    findings.outbound = await measureOutbound(ends, receiverUrl, plan.outbound);
  }
  if (wanted.includes("analysis")) {
    say("analysis");
    findings.analysis = await measureAnalysis(plan.analysis);
  }
  if (wanted.includes("operations")) {
    say("operations");
    findings.operations = await countOperations(load, receiver, receiverUrl, plan.operations);
  }
  const { analysis, operations } = findings;
  if (analysis && operations) {
    const fixtureMinutes = makeLongRecording(0.01).seconds / 60;
    const bill = (calls: typeof operations.alone) => billOf(calls, analysis, fixtureMinutes);
    findings.bills = { alone: bill(operations.alone), together: bill(operations.together) };
  }

  printFindings(findings);
  mkdirSync(`${PROJECT}/.trunkline`, { recursive: true });
  const path = `${PROJECT}/.trunkline/bench.json`;
  writeFileSync(path, `${JSON.stringify(findings, null, 2)}\n`);
  console.log(`\nAll figures: ${path}`);
  return 0;
});

function say(what: string): void {
  process.stderr.write(`measuring ${what} …\n`);
}
