/** An answered, recorded call that ended just now, in Anura's variables; another one each time. */
export function sampleCall(options: { audioUrl: string; seconds: number; now: number; random?: () => number }): {
  [name: string]: string;
} {
  const random = options.random ?? Math.random;
  const seconds = Math.round(options.seconds);
  return {
    hooktrigger: "END",
    dialtime: buenosAiresTime(options.now - seconds * 1000),
    direction: "inbound",
    calling: `+54911${String(Math.floor(random() * 1e8)).padStart(8, "0")}`,
    called: "+541152630000",
    status: "answered",
    duration: String(seconds),
    billseconds: String(seconds),
    wasrecorded: "true",
    audio_file_mp3: options.audioUrl,
    accountname: "Trunkline Demo",
    accountextension: "300",
    queueagentname: "Robert Acosta",
    answerterminal: "1000",
  };
}

/** Anura writes the clock of its own country, which has no summer time, and no zone. */
function buenosAiresTime(milliseconds: number): string {
  return new Date(milliseconds - 3 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}
