import { clientOf, dataOf, type Connection } from "./connection.ts";
import { hear } from "./hear.ts";

type Call = {
  id: string;
  state: string;
  direction: string | null;
  from: string | null;
  to: string | null;
  duration_seconds: number | null;
  started_at: string;
  operator: { name: string } | null;
};

/** The newest calls, the oldest of them first; then, where wanted, what happens to calls as it happens. */
export async function calls(
  connection: Connection,
  { limit, follow }: { limit: number; follow: boolean },
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const answer = await clientOf(connection).GET("/v1/calls", { params: { query: { limit } } });
  for (const call of dataOf(answer, "GET /v1/calls").data.toReversed()) print(lineOf(call.state, call));
  if (!follow) return;
  for await (const { event, data } of hear(connection, { events: "call.*,recording.*,analysis.*" }, signal)) {
    if (event === "ready") print("waiting for calls; Ctrl-C ends");
    else if (event === "reset") print("something may have been missed while nobody listened");
    else {
      const { data: inner } = data as { data: { call?: Call } | null };
      if (inner?.call) print(lineOf(event, inner.call));
    }
  }
}

function lineOf(what: string, call: Call): string {
  const parties = `${call.from ?? "?"} → ${call.to ?? "?"}`;
  const seconds = call.duration_seconds === null ? "" : `${call.duration_seconds} s`;
  return [call.started_at, what.padEnd(20), call.id, parties, seconds, call.operator?.name ?? ""].join("  ").trimEnd();
}
