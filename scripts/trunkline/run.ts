import { parseArgs, type ParseArgsConfig } from "node:util";
import { Trouble } from "../trouble.ts";
import { calls } from "./calls.ts";
import { readConnection } from "./connection.ts";
import { HELP, helpOf, type Command } from "./help.ts";
import { listen } from "./listen.ts";
import { progressOn } from "./progress.ts";
import { replay, type Replaying } from "./replay.ts";
import { trigger } from "./trigger.ts";
import { upload } from "./upload.ts";

type Environment = Record<string, string | undefined>;

const STATES = ["pending", "delivered", "parked", "held", "skipped"] as const;

/** Runs a command to its end, or until `signal`. Gives the exit code. */
export async function run(args: readonly string[], env: Environment, signal: AbortSignal): Promise<number> {
  const [name, ...rest] = args;
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(HELP);
    return name === undefined ? 1 : 0;
  }
  if (!isCommand(name)) throw new Trouble(`there is no command ${name}; --help lists them`);
  const { values, positionals } = parse(name, rest);
  if (values["help"] === true) {
    print(helpOf(name));
    return 0;
  }
  const text = (option: string) => (typeof values[option] === "string" ? values[option] : undefined);
  const connection = () => readConnection(env);
  switch (name) {
    case "listen": {
      const [to] = exactly(positionals, 1, name);
      const how = { to: to ?? "", profile: text("profile") ?? "standard", events: text("events") ?? "*" };
      await listen(connection(), how, print, signal);
      return 0;
    }
    case "trigger": {
      const [event = ""] = exactly(positionals, 1, name);
      return (await trigger(connection(), { event, webhook: text("webhook") }, print)) ? 0 : 1;
    }
    case "replay": {
      const [call] = exactly(positionals, positionals.length > 0 ? 1 : 0, name);
      const [from, to] = [text("from"), text("to")];
      const dryRun = values["dry-run"] === true;
      const state = stateIn(text("state"));
      await replay(connection(), { call, webhook: text("webhook"), state, from, to, dryRun }, print);
      return 0;
    }
    case "upload": {
      if (positionals.length === 0) throw new Trouble("name the files to upload");
      const wanted = { files: positionals, campaign: text("campaign"), reference: text("reference") };
      return (await upload(connection(), wanted, progressOn(process.stdout))) === 0 ? 0 : 1;
    }
    case "calls": {
      exactly(positionals, 0, name);
      await calls(connection(), { limit: limitIn(text("limit")), follow: values["follow"] === true }, print, signal);
      return 0;
    }
    default:
      return name satisfies never;
  }
}

const OPTIONS: Record<Command, NonNullable<ParseArgsConfig["options"]>> = {
  listen: { profile: { type: "string" }, events: { type: "string" } },
  trigger: { webhook: { type: "string" } },
  replay: {
    webhook: { type: "string" },
    state: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    "dry-run": { type: "boolean" },
  },
  upload: { campaign: { type: "string" }, reference: { type: "string" } },
  calls: { follow: { type: "boolean", short: "f" }, limit: { type: "string" } },
};

function isCommand(name: string): name is Command {
  return Object.hasOwn(OPTIONS, name);
}

function parse(name: Command, args: string[]) {
  try {
    const options = { ...OPTIONS[name], help: { type: "boolean", short: "h" } } as const;
    return parseArgs({ args, options, allowPositionals: true }) as {
      values: Record<string, string | boolean | undefined>;
      positionals: string[];
    };
  } catch (error) {
    throw new Trouble(`${error instanceof Error ? error.message : String(error)}; ${name} --help lists them`);
  }
}

function exactly(positionals: readonly string[], count: number, name: Command): readonly string[] {
  if (positionals.length === count) return positionals;
  throw new Trouble(`${name} takes ${count === 0 ? "no argument" : "one argument"}; ${name} --help shows it`);
}

function stateIn(text: string | undefined): Replaying["state"] {
  const found = STATES.find((state) => state === text);
  if (text !== undefined && !found) throw new Trouble(`--state must be one of ${STATES.join(", ")}`);
  return found;
}

function limitIn(text: string | undefined): number {
  const limit = text === undefined ? 20 : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new Trouble("--limit must be a number from 1 to 200");
  return limit;
}
