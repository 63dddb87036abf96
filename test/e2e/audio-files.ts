/** A WAV whose samples are noise: the same for a seed, and unlike for two. */
export function noise(size: number, seed: number): Buffer<ArrayBuffer> {
  const file = Buffer.alloc(size);
  file.write("RIFF", 0);
  file.writeUInt32LE(size - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8_000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(size - 44, 40);
  for (let at = 44, state = seed; at < size; at += 1) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    file[at] = state >>> 16;
  }
  return file;
}
