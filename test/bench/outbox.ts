import type { Server } from "./server.ts";

/**
 * Writes one recorded, undelivered event per call into our database, as copies of a real `call.completed` of the
 * organization that came the whole way before, and gives the nudges for them, in the same order. For measuring delivery
 * alone.
 */
export async function layOutbox(
  server: Server,
  calls: readonly { mark: string; organizationId: string }[],
): Promise<{ organizationId: string; stream: string }[]> {
  for (const organizationId of new Set(calls.map((call) => call.organizationId))) {
    const marks = calls.filter((call) => call.organizationId === organizationId).map(({ mark }) => mark);
    await layOne(server, marks, organizationId);
  }
  return calls.map(({ mark, organizationId }) => ({ organizationId, stream: streamOf(mark) }));
}

async function layOne(server: Server, marks: readonly string[], organizationId: string): Promise<void> {
  const db = await server.miniflare.getD1Database("DB");
  const model = await db
    .prepare(
      `SELECT data, json_extract(data, '$.call.external_id') AS mark FROM events
       WHERE type = 'call.completed' AND organization_id = ? ORDER BY recorded_at DESC LIMIT 1`,
    )
    .bind(organizationId)
    .first<{ data: string; mark: string }>();
  if (!model) throw new Error("no call came the whole way yet");
  const rows = JSON.stringify(marks.map((mark) => ({ mark, stream: streamOf(mark), id: `evt_${mark}` })));
  await db
    .prepare(
      `INSERT INTO events (stream, seq, id, organization_id, type, recorded_at, data)
       SELECT value ->> 'stream', 1, value ->> 'id', ?2, 'call.completed', unixepoch() * 1000, replace(?3, ?4, value ->> 'mark')
       FROM json_each(?1)`,
    )
    .bind(rows, organizationId, model.data, model.mark)
    .run();
}

function streamOf(mark: string): string {
  return `call_${mark}`;
}
