/** A link to a recording's audio, and when it stops working (ISO 8601). */
export type AudioLink = { url: string; expiresAt: string };

/** Makes a recording's link when it is called. */
export type MintLink = (recordingId: string) => Promise<AudioLink>;
/** Likewise the link of a sent report. */
export type MintReportLink = MintLink;

/**
 * Gives the event's data with a new link beside every stored recording and sent report, so that an attempt ten hours late
 * still carries a working link. Everything else stays as in the snapshot.
 */
export async function bindLinks(
  data: Record<string, unknown>,
  mint: MintLink,
  mintReport: MintReportLink,
): Promise<Record<string, unknown>> {
  const bound = { ...data };
  if (isReport(bound.report)) {
    const { url, expiresAt } = await mintReport(bound.report.id);
    bound.report = { ...bound.report, csv_url: url, csv_url_expires_at: expiresAt };
  }
  if (isKeptRecording(bound.recording)) bound.recording = await withLink(bound.recording, mint);
  if (Array.isArray(bound.recordings)) {
    bound.recordings = await Promise.all(
      bound.recordings.map((one: unknown) => (isKeptRecording(one) ? withLink(one, mint) : one)),
    );
  }
  return bound;
}

type KeptRecording = { id: string; state: "completed" };

async function withLink(recording: KeptRecording, mint: MintLink) {
  const { url, expiresAt } = await mint(recording.id);
  return { ...recording, audio_url: url, audio_url_expires_at: expiresAt };
}

function isKeptRecording(value: unknown): value is KeptRecording {
  if (typeof value !== "object" || value === null) return false;
  const { id, state } = value as { id?: unknown; state?: unknown };
  return typeof id === "string" && state === "completed";
}

function isReport(value: unknown): value is { id: string; schedule_id: string } {
  if (typeof value !== "object" || value === null) return false;
  const { id, schedule_id: schedule } = value as { id?: unknown; schedule_id?: unknown };
  return typeof id === "string" && typeof schedule === "string";
}
