import { Trouble } from "../trouble.ts";
import type { Connection } from "./connection.ts";
import { hear } from "./hear.ts";

export type Listening = { to: string; profile: string; events: string };

type Request = { type: string; method: string; headers: Record<string, string>; body: string };

/** Sends what an endpoint would be sent to an address of this machine, until it is stopped. */
export async function listen(
  connection: Connection,
  { to, profile, events }: Listening,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const target = targetOf(to);
  for await (const { event, data } of hear(connection, { profile, events }, signal)) {
    if (event === "ready") {
      const { secret } = data as { secret: string };
      print(`listening to ${events} as ${profile}, forwarding to ${target}`);
      print(`signing secret: ${secret}`);
    } else if (event === "reset") print("something may have been missed while nobody listened");
    else if (event === "request") print(await forward(target, data as Request, signal));
  }
}

/** A port of this machine, or an address. */
export function targetOf(text: string): string {
  if (/^\d{1,5}$/.test(text)) return `http://127.0.0.1:${text}/`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Trouble(`"${text}" is no port and no http address`);
  return url.href;
}

async function forward(target: string, request: Request, signal: AbortSignal): Promise<string> {
  const { type, method, headers, body } = request;
  const name = type.padEnd(22);
  const started = performance.now();
  try {
    const answer = await fetch(target, { method, headers, body, signal, redirect: "manual" });
    await answer.arrayBuffer();
    return `${name} ${answer.status} in ${Math.round(performance.now() - started)} ms`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return `${name} not taken: ${cause}`;
  }
}
