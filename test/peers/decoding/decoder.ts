/** The Worker's `decodeRecording` as far as it is used here; its own types are those of the Worker's runtime. */
export type Decode = (
  input: {
    chunks: AsyncIterable<Uint8Array>;
    file: { size: number; read(at: number, length: number): Promise<Uint8Array> };
  },
  maxSeconds: number,
  sink: (channels: readonly Float32Array[], length: number, format: Format) => void,
) => Promise<Outcome>;

export type Format = { container: string; codec: string; sampleRate: number; channels: number };

export type Outcome =
  | { ok: true; value: { format: Format; durationSeconds: number; warnings: string[] } }
  | { ok: false; error: { kind: string; detail?: string } };
