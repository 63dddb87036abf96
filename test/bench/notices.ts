import { createHmac } from "node:crypto";
import { renderAnura } from "../fixtures/anura-template.ts";

/** One request, ready to be sent again and again. `mark` is the text by which a receiver knows what it is about. */
export type Notice = { path: string; headers: Record<string, string>; body: string; mark: string };

/** A text that names one call of one phase of the benchmark, found again in whatever is delivered about it. */
export function markOf(phase: string, number: number): string {
  return `bench-${phase}-${number}-`;
}

/** Finds a mark in a delivered body. */
export const MARK = /bench-[a-z0-9]+-\d+-/;

/** Another caller for each call: what is read of one is not known from the call before. */
function callerOf(mark: string): string {
  return `+5491167${(/\d+(?=-$)/.exec(mark)?.[0] ?? "").padStart(6, "0")}`;
}

/** An Audian event about a finished call without a recording, signed now. The floor is sent exactly the same. */
export function audianNotice(path: string, secret: string, mark: string, headers: Record<string, string> = {}): Notice {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const body = JSON.stringify({
    id: `evt_${mark}`,
    event: "call.completed",
    timestamp: "2026-02-10T13:32:50Z",
    data: {
      call_id: mark,
      direction: "inbound",
      from: callerOf(mark),
      to: "+5491126888209",
      status: "completed",
      started_at: "2026-02-10T13:30:45Z",
      answered_at: "2026-02-10T13:30:50Z",
      ended_at: "2026-02-10T13:32:50Z",
      duration: 125,
      talk_seconds: 120,
      agent_name: "Agente 300",
      queue: "Ventas",
      tags: ["renewal", "spanish"],
    },
  });
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  const signed = {
    "content-type": "application/json",
    "x-audian-timestamp": timestamp,
    "x-audian-signature": signature,
  };
  return { path, headers: { ...signed, ...headers }, body, mark };
}

/** Anura's notice of the seed, as Anura fills it in. */
export function anuraNotice(apiKey: string, campaign: number, mark: string, audioUrl: string): Notice {
  const body = renderAnura(
    { calling: callerOf(mark), audio_file_mp3: audioUrl, cdrid: mark, accountname: `LinkSolution ${mark}` },
    campaign,
  )
    // The seed's variables hold no id; its optional `cdrid` identifies the call.
    .replace("{", `{\n"cdrid": "${mark}",`);
  return { path: "/webhook/anura/", headers: { "content-type": "application/json", "x-api-key": apiKey }, body, mark };
}
