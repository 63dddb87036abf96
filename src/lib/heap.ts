/** A binary heap: `pop` gives the entry with the smallest `at`. For timetables of thousands of entries. */
export type Heap<T> = { items: { at: number; value: T }[] };

export function newHeap<T>(): Heap<T> {
  return { items: [] };
}

export function peekHeap<T>(heap: Heap<T>): { at: number; value: T } | undefined {
  return heap.items[0];
}

export function pushHeap<T>({ items }: Heap<T>, at: number, value: T): void {
  let index = items.push({ at, value }) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (items[parent]!.at <= items[index]!.at) return;
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
    if (left < items.length && items[left]!.at < items[smallest]!.at) smallest = left;
    if (right < items.length && items[right]!.at < items[smallest]!.at) smallest = right;
    if (smallest === index) return top;
    swap(items, smallest, index);
    index = smallest;
  }
}

function swap(items: unknown[], one: number, other: number): void {
  const held = items[one]!;
  items[one] = items[other]!;
  items[other] = held;
}
