import { expect, it } from "vitest";
import { remembered } from "../../src/lib/remembered";

it("loads again after its time, and where a load failed", async () => {
  const known = remembered<string>(1_000, 10);
  let loads = 0;
  const load = async () => `value ${(loads += 1)}`;
  expect(await known("a", 0, load)).toBe("value 1");
  expect(await known("a", 999, load)).toBe("value 1");
  expect(await known("b", 999, load)).toBe("value 2");
  expect(await known("a", 1_000, load)).toBe("value 3");
  await expect(known("c", 0, async () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await known("c", 0, load)).toBe("value 4");
});

it("remembers so many keys, those loaded last", async () => {
  const known = remembered<number>(1_000, 2);
  const loaded: string[] = [];
  const ask = (key: string) => known(key, 0, async () => loaded.push(key));
  for (const key of ["a", "b", "c", "b", "a"]) await ask(key);
  expect(loaded).toEqual(["a", "b", "c", "a"]);
});
