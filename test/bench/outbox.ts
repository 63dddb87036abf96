import type { Server } from "./server.ts";

/**
 * Writes one recorded, untold event per mark into our database, as copies of a real `call.completed` that came the
 * whole way before, and gives the nudges for them. For measuring delivery alone.
 */
export async function layOutbox(
  server: Server,
  marks: readonly string[],
): Promise<{ organizationId: string; stream: string }[]> {
  const db = await server.miniflare.getD1Database("DB");
  const model = await db
    .prepare(
      `SELECT organization_id AS organizationId, data, json_extract(data, '$.call.external_id') AS mark FROM events
       WHERE type = 'call.completed' ORDER BY recorded_at DESC LIMIT 1`,
    )
    .first<{ organizationId: string; data: string; mark: string }>();
  if (!model) throw new Error("no call came the whole way yet");
  const rows = JSON.stringify(marks.map((mark) => ({ mark, stream: `call_${mark}`, id: `evt_${mark}` })));
  const { organizationId, data, mark } = model;
  await db.batch([
    db
      .prepare(
        `INSERT INTO events (stream, seq, id, organization_id, type, recorded_at, data)
         SELECT value ->> 'stream', 1, value ->> 'id', ?2, 'call.completed', unixepoch() * 1000, replace(?3, ?4, value ->> 'mark')
         FROM json_each(?1)`,
      )
      .bind(rows, organizationId, data, mark),
    db
      .prepare(
        `INSERT INTO pending_streams (stream, organization_id, from_seq, since)
         SELECT value ->> 'stream', ?2, 1, unixepoch() * 1000 FROM json_each(?1)`,
      )
      .bind(rows, organizationId),
  ]);
  return marks.map((one) => ({ organizationId, stream: `call_${one}` }));
}
