// `npm run test:hostile [-- --long] [-- name …]`: each harness once against a running start, each ending in a figure.
import { cleanUp, newPlace, npmStart } from "../e2e/trunkline.ts";
import { addresses } from "./addresses.ts";
import { crash } from "./crash.ts";
import { garbage } from "./garbage.ts";
import { seededRandom, type Ground, type Harness } from "./harness.ts";
import { races } from "./races.ts";
import { soak } from "./soak.ts";
import { starvation } from "./starvation.ts";
import { tenants } from "./tenants.ts";

// The one that kills the start goes last.
const HARNESSES: readonly Harness[] = [tenants, addresses, garbage, races, starvation, soak, crash];

const words = process.argv.slice(2);
const long = words.includes("--long");
const names = words.filter((word) => word !== "--long");
const unknown = names.filter((name) => !HARNESSES.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(`no harness ${unknown.join(", ")}; there are ${HARNESSES.map((one) => one.name).join(", ")}`);
  process.exit(2);
}

const place = await newPlace();
let ground: Ground | undefined;
let faults = 0;
try {
  ground = { place, running: await npmStart(place), long, random: seededRandom(2026) };
  for (const harness of HARNESSES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const outcome = await harness.run(ground).catch((error: unknown) => ({
      figure: "did not come to its end",
      faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    }));
    console.log(`${harness.name.padEnd(11)} ${outcome.figure}`);
    for (const fault of outcome.faults.slice(0, 10)) console.log(`  FAULT ${fault}`);
    faults += outcome.faults.length;
  }
} finally {
  await cleanUp(place, ground?.running);
}
console.log(faults === 0 ? "nothing broke" : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
