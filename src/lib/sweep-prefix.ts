const PAGE = 500;

/** What a sweep looks through: the objects under `prefix`, those uploaded before `before` (milliseconds) judged. */
export type SweepPlan = {
  prefix: string;
  /** Key of the object that says where the last sweep stopped. In the bucket itself, because it says something about it. */
  bookmark: string;
  before: number;
  /** Pages read at most; the next sweep goes on from there. */
  pages: number;
  pageSize?: number;
};

export type Sweep = {
  seen: number;
  deleted: number;
  /** Whether it came to the end; the next one starts over. */
  finished: boolean;
};

/** Deletes the objects under a prefix that nobody speaks for any more: `orphansAmong` says which of these keys they are. */
export async function sweepPrefix(
  bucket: R2Bucket,
  { prefix, bookmark, before, pages, pageSize = PAGE }: SweepPlan,
  orphansAmong: (keys: readonly string[]) => Promise<string[]>,
): Promise<Sweep> {
  let seen = 0;
  let deleted = 0;
  let last = (await (await bucket.get(bookmark))?.text()) ?? prefix;
  for (let page = 0; page < pages; page += 1) {
    const { objects, truncated } = await bucket.list({ prefix, limit: pageSize, startAfter: last });
    const old = objects.filter((object) => object.uploaded.getTime() < before).map((object) => object.key);
    const orphans = old.length === 0 ? [] : await orphansAmong(old);
    if (orphans.length > 0) await bucket.delete(orphans);
    seen += objects.length;
    deleted += orphans.length;
    last = objects.at(-1)?.key ?? last;
    if (!truncated) {
      await bucket.delete(bookmark);
      return { seen, deleted, finished: true };
    }
  }
  await bucket.put(bookmark, last);
  return { seen, deleted, finished: false };
}
