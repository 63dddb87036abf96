import type { RecordingFile } from "../../recording-file";

/** More than the largest page, of 65,307 bytes. */
const TAIL_BYTES = 66 * 1024;
const PAGE_HEADER_BYTES = 27;

/** Whether an Ogg file ends in the middle of a page: it has no length to compare with. */
export async function endsInsideOggPage(file: RecordingFile): Promise<boolean> {
  const start = Math.max(0, file.size - TAIL_BYTES);
  const tail = await file.read(start, TAIL_BYTES);
  const page = lastPageAt(tail);
  if (page < 0) return false;
  if (page + PAGE_HEADER_BYTES > tail.length) return true;
  const segments = tail[page + PAGE_HEADER_BYTES - 1]!;
  const table = tail.subarray(page + PAGE_HEADER_BYTES, page + PAGE_HEADER_BYTES + segments);
  const bytes = table.reduce((sum, segment) => sum + segment, 0);
  return page + PAGE_HEADER_BYTES + segments + bytes > tail.length;
}

function lastPageAt(bytes: Uint8Array): number {
  for (let at = bytes.length - 4; at >= 0; at -= 1) {
    if (bytes[at] === 0x4f && bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 && bytes[at + 3] === 0x53) return at;
  }
  return -1;
}
