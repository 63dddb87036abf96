/**
 * A binary heap: `pop` gives the entry with the smallest `at`, the first pushed of equal ones. For schedules with
 * thousands of entries.
 */
export type Heap<T> = { items: Item<T>[]; pushed: number };

type Item<T> = { at: number; order: number; value: T };

export function newHeap<T>(): Heap<T> {
  return { items: [], pushed: 0 };
}

export function peekHeap<T>(heap: Heap<T>): { at: number; value: T } | undefined {
  return heap.items[0];
}

export function pushHeap<T>(heap: Heap<T>, at: number, value: T): void {
  const { items } = heap;
  let index = items.push({ at, order: heap.pushed++, value }) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(items[index]!, items[parent]!)) return;
    swap(items, parent, index);
    index = parent;
  }
}

export function popHeap<T>({ items }: Heap<T>): { at: number; value: T } | undefined {
  const top = items[0];
  const last = items.pop();
  if (!top || !last || items.length === 0) return top;
  items[0] = last;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    let smallest = index;
    if (left < items.length && isBefore(items[left]!, items[smallest]!)) smallest = left;
    if (right < items.length && isBefore(items[right]!, items[smallest]!)) smallest = right;
    if (smallest === index) return top;
    swap(items, smallest, index);
    index = smallest;
  }
}

function isBefore(one: Item<unknown>, other: Item<unknown>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function swap(items: unknown[], one: number, other: number): void {
  const held = items[one]!;
  items[one] = items[other]!;
  items[other] = held;
}
