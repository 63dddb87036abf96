import { resolve } from "node:path";
import { Trouble } from "../trouble.ts";

export type StartSettings = { port: number; stateDir: string; url: string };

type Environment = Record<string, string | undefined>;

/** PORT and STATE_DIR, checked. A relative STATE_DIR is meant from the project's folder. */
export function readSettings(env: Environment, project: string): StartSettings {
  const port = readPort(env.PORT);
  return { port, stateDir: readStateDir(env, project), url: `http://127.0.0.1:${port}` };
}

export function readStateDir(env: Environment, project: string): string {
  return resolve(project, env.STATE_DIR || ".trunkline");
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return 8787;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Trouble(`PORT must be a number from 1 to 65535, not "${text.slice(0, 40)}"`);
  return port;
}
