/** Something the user can put right: shown in one line, without a stack, exit code 1. */
export class Trouble extends Error {}

/** Runs a script's main function and turns its failure into what the terminal shows. */
export async function runScript(main: () => Promise<number>): Promise<void> {
  // A reader that stopped (`| head`) must not make us crash.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  let code = 1;
  try {
    code = await main();
  } catch (error) {
    if (error instanceof Trouble) process.stderr.write(`trunkline: ${error.message}\n`);
    else console.error(error);
  }
  // Not just exitCode: a socket left open must not keep a finished script alive.
  process.exit(code);
}
