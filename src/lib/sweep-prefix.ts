const PAGE = 500;

/** What a sweep reads: the objects under `prefix`. Those uploaded before `before` (milliseconds) are checked. */
export type SweepPlan = {
  prefix: string;
  /**
   * The key of the object that stores where the last sweep stopped. It is in the bucket because it is about the bucket.
   */
  bookmark: string;
  before: number;
  /** The most pages read; the next sweep continues from there. */
  pages: number;
  pageSize?: number;
};

export type Sweep = {
  seen: number;
  deleted: number;
  /** Whether it reached the end; the next sweep then starts over. */
  finished: boolean;
};

/** Deletes the objects under a prefix that nothing refers to: `referredAmong` gives the keys that something does. */
export async function sweepPrefix(
  bucket: R2Bucket,
  { prefix, bookmark, before, pages, pageSize = PAGE }: SweepPlan,
  referredAmong: (keys: readonly string[]) => Promise<{ key: string }[]>,
): Promise<Sweep> {
  let seen = 0;
  let deleted = 0;
  let last = (await (await bucket.get(bookmark))?.text()) ?? prefix;
  for (let page = 0; page < pages; page += 1) {
    const { objects, truncated } = await bucket.list({ prefix, limit: pageSize, startAfter: last });
    const old = objects.filter((object) => object.uploaded.getTime() < before).map((object) => object.key);
    const referred = new Set(old.length === 0 ? [] : (await referredAmong(old)).map(({ key }) => key));
    const orphans = old.filter((key) => !referred.has(key));
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
