import type { LoadResult } from "./load.ts";
import { anuraNotice, markOf } from "./notices.ts";
import type { Organization } from "./organization.ts";
import type { Server } from "./server.ts";
import type { Subprocess } from "./subprocess.ts";

/** Calls as a platform reports them, whose recordings are fetched, kept and analysed. */
export async function bringCalls(
  server: Server,
  load: Subprocess,
  { apiKey, campaign }: Organization,
  { receiverUrl, phase, calls }: { receiverUrl: string; phase: string; calls: number },
): Promise<void> {
  const notices = Array.from({ length: calls }, (_, number) =>
    anuraNotice(apiKey, campaign, markOf(phase, number), `${receiverUrl}/audio.mp3`),
  );
  const { failed } = await load.ask<LoadResult>("run", { url: server.url, notices, connections: calls });
  if (failed > 0) throw new Error("a call was not taken");
}
