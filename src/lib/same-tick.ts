/** Does the work of all items that are given in one turn at once, in their order. */
export function sameTick<T>(work: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let gathered: T[] = [];
  let underWay: Promise<void> | undefined;
  return (item) => {
    gathered.push(item);
    underWay ??= Promise.resolve().then(() => {
      const items = gathered;
      gathered = [];
      underWay = undefined;
      return work(items);
    });
    return underWay;
  };
}
