/** The block in so many channels: later parts of a file may have fewer or more than its beginning. */
export function asChannels(planes: readonly Float32Array[], count: number): readonly Float32Array[] {
  if (planes.length === count) return planes;
  if (count === 1) return [mean(planes)];
  return Array.from({ length: count }, (_, channel) => planes[Math.min(channel, planes.length - 1)]!);
}

function mean(planes: readonly Float32Array[]): Float32Array {
  return Float32Array.from(
    planes[0]!,
    (_, index) => planes.reduce((sum, plane) => sum + plane[index]!, 0) / planes.length,
  );
}
