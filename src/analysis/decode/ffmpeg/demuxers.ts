/** The demuxer and the name of the container, by the media type that the content shows. MP3 is not among them. */
const DEMUXERS: Readonly<Record<string, { demuxer: string; container: string }>> = {
  "audio/wav": { demuxer: "wav", container: "wav" },
  "audio/mp4": { demuxer: "mov", container: "mp4" },
  "video/mp4": { demuxer: "mov", container: "mp4" },
  "audio/aac": { demuxer: "aac", container: "adts" },
  "audio/ogg": { demuxer: "ogg", container: "ogg" },
  "audio/flac": { demuxer: "flac", container: "flac" },
  "audio/webm": { demuxer: "matroska", container: "webm" },
  "audio/x-matroska": { demuxer: "matroska", container: "matroska" },
  "audio/amr": { demuxer: "amr", container: "amr" },
  "audio/amr-wb": { demuxer: "amr", container: "amr" },
  "audio/gsm": { demuxer: "gsm", container: "gsm" },
  "audio/aiff": { demuxer: "aiff", container: "aiff" },
  "audio/basic": { demuxer: "au", container: "au" },
  "audio/x-caf": { demuxer: "caf", container: "caf" },
  "audio/x-ms-wma": { demuxer: "asf", container: "asf" },
};

export type Container = { demuxer: string; container: string; name: string };

export function containerOf(mediaType: string, name: string): Container | null {
  const known = DEMUXERS[mediaType];
  return known ? { ...known, name } : null;
}

/** The clock of these has its zero at the recording's start, so that leading silence is part of the recording. */
export function startsAtZero(container: string): boolean {
  return container === "mp4" || container === "webm" || container === "matroska";
}

/** The codec in the words of `RecordingFormat`. */
export function codecOf(name: string): string {
  if (name === "pcm_mulaw") return "mulaw";
  if (name === "pcm_alaw") return "alaw";
  return name.startsWith("pcm_f") ? "float" : name.startsWith("pcm_") ? "pcm" : name;
}
