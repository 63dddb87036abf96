import { resolve } from "node:path";
import { Trouble } from "../trouble.ts";

export type StartSettings = {
  port: number;
  stateDir: string;
  /** Its address for people and scripts on this machine. */
  url: string;
  /** Its address for `npm start` itself: a name may mean two addresses. */
  localUrl: string;
  /** The origin that links are made from and that signed addresses are checked against. */
  publicUrl: string;
  /** The address of a server that transcribes, as OpenAI's does; "" for none. */
  transcribeUrl: string;
  /** Whether the spans of every invocation are kept in the state folder. */
  traces: boolean;
};

type Environment = Record<string, string | undefined>;

/** PORT, STATE_DIR, PUBLIC_URL, TRANSCRIBE_URL and TRACES, checked. A relative STATE_DIR is meant from the project's folder. */
export function readSettings(env: Environment, project: string): StartSettings {
  const port = readPort(env.PORT);
  const url = `http://localhost:${port}`;
  return {
    port,
    stateDir: readStateDir(env, project),
    url,
    localUrl: `http://127.0.0.1:${port}`,
    publicUrl: readPublicUrl(env.PUBLIC_URL) ?? url,
    transcribeUrl: readTranscribeUrl(env.TRANSCRIBE_URL),
    traces: readSwitch("TRACES", env.TRACES),
  };
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

/** Kept as it is typed, but for slashes at its end: senders sign the address that they were given. */
function readPublicUrl(text: string | undefined): string | undefined {
  const typed = text?.trim() ?? "";
  if (typed === "") return undefined;
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  const isOrigin = url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash;
  if (!isOrigin) {
    throw new Trouble(
      `PUBLIC_URL must be an address like https://calls.example.com, without a query, not "${typed.slice(0, 200)}"`,
    );
  }
  return typed.replace(/\/+$/, "");
}

function readTranscribeUrl(text: string | undefined): string {
  const typed = text?.trim() ?? "";
  if (typed !== "" && !/^https?:$/.test(URL.parse(typed)?.protocol ?? ""))
    throw new Trouble(`TRANSCRIBE_URL must be an address like http://127.0.0.1:8790, not "${typed.slice(0, 200)}"`);
  return typed;
}

function readSwitch(name: string, text: string | undefined): boolean {
  if (text === undefined || text === "" || text === "false") return false;
  if (text === "true") return true;
  throw new Trouble(`${name} must be "true" or "false", not "${text.slice(0, 40)}"`);
}
