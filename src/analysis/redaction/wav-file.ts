/** Bytes before the samples of the files that are written here. */
export const WAV_HEADER = 44;
/** A WAV says its length in 32 bits. */
export const MOST_WAV_BYTES = 2 ** 32 - 1;

export type WavShape = { channels: number; sampleRate: number; frames: number };

/** The head of a WAV file of 16-bit samples. */
export function wavHeader({ channels, sampleRate, frames }: WavShape): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(WAV_HEADER);
  const view = new DataView(bytes.buffer);
  const text = (offset: number, value: string) => bytes.set(new TextEncoder().encode(value), offset);
  const size = frames * channels * 2;
  text(0, "RIFF");
  view.setUint32(4, WAV_HEADER - 8 + size, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, size, true);
  return bytes;
}

/** Full scale at 1 as 16 bits: what was decoded from 16 bits is what it was. */
export function sample16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768)));
}
