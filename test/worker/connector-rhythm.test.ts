import { env } from "cloudflare:workers";
import { eq, inArray } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { dueConnectors, runConnector, syncConnector, updateConnector } from "../../src/connectors";
import { openDatabase } from "../../src/db/client";
import { connectors } from "../../src/db/schema";
import { neotelSettings } from "../../src/connectors/neotel/settings";
import { systemAct } from "../../src/identity";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/lib/time";
import { NOON, TEST_MASTER_KEYS } from "../factories";
import { newConnector } from "./new-connector";

const db = openDatabase(env.DB);
const DEPS = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: { allowPrivateAddresses: true, ownHosts: [] } };

/** How late the sweep of a minute comes, in milliseconds: crons are never on the second. */
const LATE = [300, 2_800, 0, 900, 4_100];

describe("the interval of a connector", () => {
  it("is kept within a minute, however late sweeps are and however long looks take", async () => {
    for (const seconds of [60, 90, 300, 600])
      for (const takes of [SECOND, 12 * SECOND, 40 * SECOND]) {
        const one = await newConnector();
        // Due in the middle of a minute, so that the first sweep comes half a minute late.
        const begun = NOON + 25 * SECOND;
        await db.update(connectors).set({ pollSeconds: seconds, dueAt: begun }).where(eq(connectors.id, one.id));
        let time = NOON;
        const fetch = async (input: never, init: never) => {
          time += takes;
          return one.bucket.fetch(input, init);
        };
        const starts: number[] = [];
        for (let minute = 0; minute < 120; minute += 1) {
          const sweep = NOON + minute * MINUTE + LATE[minute % LATE.length]!;
          if (time > sweep) continue;
          time = sweep;
          if (!(await dueConnectors(db, time, 200)).includes(one.id)) continue;
          starts.push(time);
          await runConnector({ ...one.deps, now: () => time, fetch: fetch as never }, one.id);
        }
        const gaps = starts.slice(1).map((at, index) => (at - starts[index]!) / SECOND);
        const what = `${seconds} s, looks of ${takes / SECOND} s: ${gaps.join(" ")}`;
        expect(Math.max(...gaps), what).toBeLessThanOrEqual(seconds + 60 + 5);
        expect(Math.min(...gaps), what).toBeGreaterThanOrEqual(seconds - 60 - 5);
        // Nothing adds up: over two hours it is the interval.
        expect(starts.length, what).toBeGreaterThanOrEqual(Math.floor((2 * HOUR) / (seconds * SECOND)) - 2);
        expect((await one.row()).looks).toBe(starts.length);
        await db.update(connectors).set({ state: "paused" }).where(eq(connectors.id, one.id));
      }
  });

  it("is kept by what became due just now, while looks that take long hold every place", async () => {
    const now = NOON + DAY;
    const old = await Promise.all([newConnector(), newConnector(), newConnector()]);
    for (const one of old)
      await db
        .update(connectors)
        .set({ dueAt: now - 4 * MINUTE })
        .where(eq(connectors.id, one.id));
    const fresh = await newConnector();
    await db
      .update(connectors)
      .set({ dueAt: now - 20 * SECOND })
      .where(eq(connectors.id, fresh.id));
    const due = await dueConnectors(db, now, 2);
    expect(due).toContain(fresh.id);
    expect(due).toHaveLength(2);
  });

  it("is new at once where it is made shorter", async () => {
    const one = await newConnector();
    await db
      .update(connectors)
      .set({ pollSeconds: 86_400, dueAt: NOON + DAY })
      .where(eq(connectors.id, one.id));
    await updateConnector(DEPS, one.target, { pollSeconds: 60 }, systemAct(NOON + HOUR));
    expect((await one.row()).dueAt).toBe(NOON + HOUR + MINUTE);
    await updateConnector(DEPS, one.target, { pollSeconds: 600 }, systemAct(NOON + HOUR));
    expect((await one.row()).dueAt).toBe(NOON + HOUR + MINUTE);
  });

  it("gives way to a look that was asked for while another one was under way", async () => {
    const one = await newConnector();
    let asked = 0;
    const fetch = async (input: never, init: never) => {
      asked += 1;
      if (asked === 1) await syncConnector(DEPS, one.target, systemAct(one.at() + SECOND));
      return one.bucket.fetch(input, init);
    };
    await one.look(MINUTE, { fetch: fetch as never });
    expect((await one.row()).dueAt).toBe(one.at() + SECOND);
    await one.look(MINUTE);
    expect((await one.row()).dueAt).toBeGreaterThan(one.at() + MINUTE);
  });

  it.each([1, 2, 3])("gives way to one that was asked for in turn %i of a look of three, at its end", async (turn) => {
    const one = await newConnector();
    for (const name of ["a", "b", "c"]) one.bucket.put(`incoming/${name}.txt`, "no audio");
    one.bucket.inPagesOf(1);
    let [late, lists] = [0, 0];
    const now = () => one.at() + late;
    const fetch = async (input: never, init: never) => {
      lists += 1;
      // Each page takes so long that the next one is of another turn.
      late += 4 * MINUTE;
      if (lists === turn) await syncConnector(DEPS, one.target, systemAct(now()));
      return one.bucket.fetch(input, init);
    };
    const deps = { fetch: fetch as never, now };
    expect(await one.look(MINUTE, deps)).toBe(now());
    expect(await one.look(0, deps)).toBe(now());
    expect(await one.look(0, deps)).toBeUndefined();
    expect([lists, (await one.row()).looks, (await one.row()).cursor]).toEqual([3, 1, null]);
    expect((await one.row()).dueAt).toBeLessThanOrEqual(now());
    // It is done once, and the interval goes on.
    await one.look(0, { now });
    expect((await one.row()).looks).toBe(2);
    expect((await one.row()).dueAt).toBeGreaterThan(now());
  });

  it("gives way to it also where a later turn of the look fails", async () => {
    const one = await newConnector();
    for (const name of ["a", "b"]) one.bucket.put(`incoming/${name}.txt`, "no audio");
    one.bucket.inPagesOf(1);
    let [late, lists] = [0, 0];
    const now = () => one.at() + late;
    const fetch = async (input: never, init: never) => {
      lists += 1;
      late += 4 * MINUTE;
      if (lists > 1) return new Response("<Error><Code>SlowDown</Code></Error>", { status: 503 });
      await syncConnector(DEPS, one.target, systemAct(now()));
      return one.bucket.fetch(input, init);
    };
    await one.look(MINUTE, { fetch: fetch as never, now });
    await one.look(0, { fetch: fetch as never, now });
    const { trouble, dueAt, cursor } = await one.row();
    expect(trouble).toMatchObject({ code: "slow_down" });
    expect(dueAt).toBeLessThanOrEqual(now());
    expect(cursor).toBeNull();
  });

  it("keeps what Neotel's look left where a later turn of it fails, and drops that it was asked for", async () => {
    const one = await newConnector();
    const place = JSON.stringify({ from: NOON - DAY, deep: NOON, start: NOON - 3 * DAY, tries: 0 });
    const settings = neotelSettings.parse({
      base_url: "https://neotel.example.com",
      id_task: 1,
      host: "ftp.example.com",
      username: "neo",
    });
    for (const [cursor, kept] of [
      [`?!${place}`, `!${place}`],
      [`!${place}`, `!${place}`],
      [`?${place}`, place],
    ] as const) {
      await db
        .update(connectors)
        .set({ kind: "neotel", settings, cursor, dueAt: NOON, failures: 0 })
        .where(eq(connectors.id, one.id));
      await one.look(MINUTE, { fetch: (async () => new Response("", { status: 500 })) as never });
      const { cursor: after, failures } = await one.row();
      expect([after, failures]).toEqual([kept, 1]);
    }
  });

  it("gives way to it also where the look fails, unless the storage said when it may be asked", async () => {
    for (const [headers, expected] of [
      [{}, SECOND],
      [{ "retry-after": "120" }, 2 * MINUTE],
    ] as const) {
      const one = await newConnector();
      const fetch = async () => {
        await syncConnector(DEPS, one.target, systemAct(one.at() + SECOND));
        return new Response("<Error><Code>SlowDown</Code></Error>", { status: 503, headers });
      };
      await one.look(MINUTE, { fetch: fetch as never });
      expect((await one.row()).trouble).toMatchObject({ code: "slow_down" });
      expect((await one.row()).dueAt - one.at()).toBe(expected);
    }
  });

  it("is that which it was given while a look was under way, also after one that failed", async () => {
    for (const fails of [false, true]) {
      const one = await newConnector();
      await db.update(connectors).set({ pollSeconds: 86_400 }).where(eq(connectors.id, one.id));
      const fetch = async (input: never, init: never) => {
        await updateConnector(DEPS, one.target, { pollSeconds: 120 }, systemAct(one.at()));
        return fails ? new Response("", { status: 500 }) : one.bucket.fetch(input, init);
      };
      await one.look(0, { fetch: fetch as never });
      expect([fails, ((await one.row()).dueAt - one.at()) / SECOND]).toEqual([fails, 120]);
    }
  });

  it("is kept in turn where more are due than there are places: none is left out for ever", async () => {
    await db.update(connectors).set({ state: "paused" });
    const begun = NOON + 2 * DAY;
    const all: string[] = [];
    for (let made = 0; made < 16; made += 1) all.push((await newConnector()).id);
    await db.update(connectors).set({ pollSeconds: 60, dueAt: begun }).where(inArray(connectors.id, all));
    const looked = new Set<string>();
    for (let sweep = 0; sweep < 12; sweep += 1) {
      const now = begun + sweep * MINUTE;
      const due = await dueConnectors(db, now, 4);
      expect(new Set(due).size).toBe(4);
      for (const id of due) looked.add(id);
      await db
        .update(connectors)
        .set({ dueAt: now + MINUTE })
        .where(inArray(connectors.id, due));
    }
    expect(looked.size).toBe(all.length);
  });
});
