/** A stereo 8 kHz 16-bit WAV: a tone with pauses on the left, silence on the right. */
export function sineWav(seconds: number): Uint8Array<ArrayBuffer> {
  const rate = 8_000;
  const samples = rate * seconds;
  const bytes = new Uint8Array(44 + samples * 4);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + samples * 4, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples * 4, true);
  for (let index = 0; index < samples; index += 1) {
    const tone = index % rate < rate / 2 ? Math.sin((2 * Math.PI * 300 * index) / rate) * 8_000 : 0;
    view.setInt16(44 + index * 4, tone, true);
  }
  return bytes;
}
