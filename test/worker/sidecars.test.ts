import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { openStorage, previewFiles, runConnector, updateConnector } from "../../src/connectors";
import { openDatabase } from "../../src/db/client";
import { calls, connectorSidecars } from "../../src/db/schema";
import { FULL_REACH, systemAct } from "../../src/identity";
import { bringInOf } from "../../src/jobs/bring-in";
import { DAY, HOUR, MINUTE } from "../../src/lib/time";
import { forgetAwaited } from "../../src/connectors";
import { runBatch } from "../../src/db/client";
import { mintCampaign, mintOrganization, NOON, TEST_MASTER_KEYS } from "../factories";
import { apiClient } from "./api/client";
import { s3Error } from "./fake-bucket";
import { inboxOf, newConnector } from "./new-connector";

const db = openDatabase(env.DB);
const ANY = { allowPrivateAddresses: true, ownHosts: [] };
const FIELDS = {
  operator: "agent.name",
  from: "parties.0",
  to: "parties.1",
  direction: "kind",
  started_at: "began",
  campaign: "queue",
  external_id: "id",
  tags: "labels",
  "custom[wrap]": "wrap_up",
};
const RULE = { name: "{name}.json", fields: FIELDS, wait_minutes: 30 };
const SAID = {
  id: "call-77",
  agent: { name: "Ana Gómez" },
  parties: ["+541143210000", "+541155550000"],
  kind: "Outbound",
  began: "2026-08-20T11:05:09-03:00",
  queue: "Ventas",
  labels: ["VIP", "Back  Office", ","],
  wrap_up: 12,
};

type Life = Awaited<ReturnType<typeof newConnector>>;

const awaited = (one: Life) => db.select().from(connectorSidecars).where(eq(connectorSidecars.connectorId, one.id));

async function oneCall(one: Life) {
  await one.pipeline.run();
  const made = await one.calls();
  expect(made).toHaveLength(1);
  return made[0]!;
}

describe("a sidecar", () => {
  it("gives operator, numbers, direction, time, campaign, id, tags and more, and is moved with its recording", async () => {
    const one = await newConnector({ processed_path: "processed", sidecar: RULE });
    const sales = await mintCampaign(db, one.within.organizationId);
    const settings = { campaign_map: { ventas: sales.id } };
    await updateConnector(
      { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY },
      one.target,
      { settings },
      systemAct(NOON),
    );
    one.bucket.put("incoming/x.wav");
    one.bucket.put("incoming/x.json", JSON.stringify(SAID));
    await one.look();
    await one.look();
    const call = await oneCall(one);
    expect(call).toMatchObject({
      externalId: "call-77",
      operatorName: "Ana Gómez",
      fromE164: "+541143210000",
      toE164: "+541155550000",
      direction: "outbound",
      startedAt: Date.UTC(2026, 7, 20, 14, 5, 9),
      campaignId: sales.id,
      tags: ["back office", "vip"],
    });
    expect(call.custom).toMatchObject({ wrap: "12" });
    expect([...one.bucket.objects.keys()].toSorted()).toEqual(["processed/x.json", "processed/x.wav"]);
    expect(await awaited(one)).toEqual([]);
  });

  it("is never a recording, whatever the patterns say, and alone leads to nothing", async () => {
    const one = await newConnector({ file_patterns: ["*"], sidecar: { ...RULE, name: "{file}.Meta.XML" } });
    one.bucket.put("incoming/alone.wav.meta.xml", "<call><agent><name>Ana</name></agent></call>");
    await one.look();
    await one.look();
    expect(await one.files()).toEqual([]);
  });

  it("is waited for, then the recording comes in without it, and what it says later is added to the call", async () => {
    const one = await newConnector({ processed_path: "processed", naming: "{operator}", sidecar: RULE });
    const sales = await mintCampaign(db, one.within.organizationId);
    one.bucket.put("incoming/Someone.wav");
    await one.look();
    await one.look();
    expect((await one.files()).map(({ state }) => state)).toEqual(["seen"]);
    await one.look(15 * MINUTE);
    expect(await one.notices()).toEqual([]);
    await one.look(10 * MINUTE);
    const before = await oneCall(one);
    expect(before).toMatchObject({ operatorName: "Someone", campaignId: one.campaign.id, tags: [] });
    expect([...one.bucket.objects.keys()]).toEqual(["processed/Someone.wav"]);
    expect(await awaited(one)).toHaveLength(1);
    // Hours later, while a person has put a tag of their own on the call.
    await db
      .update(calls)
      .set({ tags: ["own"], version: before.version + 1 })
      .where(eq(calls.id, before.id));
    one.bucket.put("incoming/Someone.json", JSON.stringify({ ...SAID, queue: sales.number }));
    await one.look(5 * HOUR);
    const after = await oneCall(one);
    expect(after).toMatchObject({
      id: before.id,
      externalId: before.externalId,
      operatorName: "Ana Gómez",
      fromE164: "+541143210000",
      campaignId: sales.id,
      tags: ["back office", "own", "vip"],
    });
    expect(after.custom).toMatchObject({ file_external_id: "call-77", file_path: "incoming/Someone.wav" });
    expect([...one.bucket.objects.keys()].toSorted()).toEqual(["processed/Someone.json", "processed/Someone.wav"]);
    expect(await awaited(one)).toEqual([]);
    // Once: the same file put there again is nobody's.
    one.bucket.put("incoming/Someone.json", JSON.stringify({ ...SAID, agent: { name: "Another" } }));
    await one.look();
    expect((await oneCall(one)).operatorName).toBe("Ana Gómez");
  });

  it("that is half-written or of another format is waited for, and counts once it is whole", async () => {
    const one = await newConnector({ sidecar: RULE });
    one.bucket.put("incoming/a.wav");
    one.bucket.put("incoming/a.json", '{"agent": {"name": "An');
    await one.look();
    await one.look();
    expect(await one.notices()).toEqual([]);
    one.bucket.put("incoming/a.json", JSON.stringify(SAID));
    await one.look();
    expect((await oneCall(one)).operatorName).toBe("Ana Gómez");
    const other = await newConnector({ sidecar: { ...RULE, name: "{name}.xml" } });
    other.bucket.put("incoming/a.wav");
    other.bucket.put("incoming/a.xml", '<!DOCTYPE x [<!ENTITY e "boom">]><call><agent><name>&e;</name></agent></call>');
    await other.look();
    await other.look(HOUR);
    expect((await oneCall(other)).operatorName).toBeNull();
    other.bucket.put("incoming/a.xml", "<call><agent><name>Bea &amp; Co</name></agent></call>");
    await other.look(HOUR);
    expect((await oneCall(other)).operatorName).toBe("Bea & Co");
  });

  it("is told once and moved, whichever write a crash comes before, in time and late", async () => {
    for (const isLate of [false, true])
      for (let crashAt = 1; crashAt <= 14; crashAt += 1) {
        const one = await newConnector({ processed_path: "processed", sidecar: { ...RULE, wait_minutes: 0 } });
        one.bucket.put("incoming/a.wav");
        if (isLate) {
          await one.look();
          await one.look();
          await one.pipeline.run();
          expect([...one.bucket.objects.keys()]).toEqual(["processed/a.wav"]);
        } else await one.look();
        one.bucket.put("incoming/a.json", JSON.stringify(SAID));
        let writes = 0;
        const crash = () => {
          writes += 1;
          if (writes === crashAt) throw new Error("killed");
        };
        const broken = new Proxy(db, {
          get: (target, name) => {
            if (name === "update" || name === "insert" || name === "batch" || name === "delete") crash();
            return Reflect.get(target, name);
          },
        });
        const uploadDeps = { db: broken, bucket: env.BUCKET, inbox: inboxOf(one.pipeline), now: one.at };
        const fetch = async (input: never, init: never) => {
          if (new Request(input, init).method !== "GET") crash();
          return one.bucket.fetch(input, init);
        };
        await one
          .look(10 * MINUTE, { db: broken, bringIn: bringInOf(uploadDeps), fetch: fetch as never })
          .catch(() => undefined);
        await one.look(2 * HOUR);
        await one.look(2 * HOUR);
        const call = await oneCall(one);
        const left = [...one.bucket.objects.keys()].toSorted();
        expect([isLate, crashAt, call.operatorName, ...left]).toEqual([
          isLate,
          crashAt,
          "Ana Gómez",
          "processed/a.json",
          "processed/a.wav",
        ]);
        expect([isLate, crashAt, call.tags]).toEqual([isLate, crashAt, ["back office", "vip"]]);
      }
  });

  it("does not put a tag on again that a person took off", async () => {
    const one = await newConnector({ sidecar: RULE });
    one.bucket.put("incoming/a.wav");
    one.bucket.put("incoming/a.json", JSON.stringify(SAID));
    await one.look();
    await one.look();
    const call = await oneCall(one);
    await db
      .update(calls)
      .set({ tags: ["vip"], version: call.version + 1 })
      .where(eq(calls.id, call.id));
    const told = { ...one.within, sourceId: call.sourceId, externalId: call.externalId, campaignId: null };
    await one.deps.tellMore({ ...told, fields: new Map([["notes", "more"]]), tags: ["back office", "new"] });
    expect((await oneCall(one)).tags).toEqual(["new", "vip"]);
  });

  it("keeps what it cannot read as it was written, and a campaign that is none costs no call", async () => {
    const one = await newConnector({ sidecar: RULE });
    one.bucket.put("incoming/a.wav");
    one.bucket.put("incoming/a.json", JSON.stringify({ kind: "sideways", began: "some day", queue: "nowhere" }));
    await one.look();
    await one.look();
    const call = await oneCall(one);
    expect(call.campaignId).toBe(one.campaign.id);
    expect(call.custom).toMatchObject({
      file_direction: "sideways",
      file_started_at: "some day",
      file_campaign: "nowhere",
    });
  });

  it("that is late and fails holds no other up, and one that cannot be read is asked for once", async () => {
    const one = await newConnector({ processed_path: "processed", sidecar: { ...RULE, wait_minutes: 0 } });
    const names = ["a", "b", "c", "d"];
    for (const name of names) one.bucket.put(`incoming/${name}.wav`);
    await one.look();
    await one.look();
    await one.pipeline.run();
    expect(await awaited(one)).toHaveLength(4);
    for (const name of names)
      one.bucket.put(
        `incoming/${name}.json`,
        name === "c" ? "no JSON" : JSON.stringify({ ...SAID, id: name, agent: { name } }),
      );
    one.bucket.answerWith((method, key) =>
      method === "GET" && key === "incoming/a.json" ? s3Error(403, "AccessDenied") : undefined,
    );
    // Whichever a look begins with: each begins at another one.
    for (let looks = 0; looks < 4; looks += 1) await one.look(7 * MINUTE);
    const told = async () => {
      await one.pipeline.run();
      return (await one.calls()).flatMap(({ operatorName }) => operatorName ?? []).toSorted();
    };
    expect(await told()).toEqual(["b", "d"]);
    expect((await one.row()).trouble?.code).toBe("access_denied");
    expect((await awaited(one)).map(({ name }) => name.split("\t")[0])).toEqual(["incoming/a.json", "incoming/c.json"]);
    const asked = one.bucket.asked.length;
    await one.look();
    expect(one.bucket.asked.slice(asked).filter((what) => what.includes("c.json"))).toEqual([]);
    one.bucket.answerWith(() => undefined);
    one.bucket.put("incoming/c.json", JSON.stringify({ ...SAID, id: "c", agent: { name: "c" } }));
    await one.look();
    expect(await told()).toEqual(names);
    expect(await one.row()).toMatchObject({ trouble: null });
    expect(await awaited(one)).toEqual([]);
  });

  it("that is shared is moved also where the last of its recordings is refused, or gone", async () => {
    const rule = { ...RULE, fields: { operator: "agent.name" }, wait_minutes: 0 };
    // Listed before the one that comes in, and behind it.
    for (const ending of ["aac", "wma"])
      for (const isGone of [false, true]) {
        const one = await newConnector({ processed_path: "processed", sidecar: rule, file_patterns: ["*"] });
        one.bucket.put("incoming/call.mp3");
        one.bucket.put(`incoming/call.${ending}`, "<!DOCTYPE html><html>expired</html>");
        one.bucket.put("incoming/call.json", JSON.stringify(SAID));
        await one.look();
        if (isGone)
          one.bucket.answerWith((method, key) =>
            method === "GET" && key.endsWith(ending) ? s3Error(404, "NoSuchKey") : undefined,
          );
        await one.look();
        const states = (await one.files()).map(({ state }) => state).toSorted();
        expect(states).toEqual([isGone ? "gone" : "refused", "settled"]);
        expect([...one.bucket.objects.keys()].toSorted()).toEqual([
          `incoming/call.${ending}`,
          "processed/call.json",
          "processed/call.mp3",
        ]);
        expect((await oneCall(one)).operatorName).toBe("Ana Gómez");
      }
  });

  it("that is shared is moved also where the last of its recordings is refused, or gone, in a later look", async () => {
    const rule = { ...RULE, fields: { operator: "agent.name" }, wait_minutes: 0 };
    for (const isLate of [false, true])
      for (const isGone of [false, true]) {
        const one = await newConnector({ processed_path: "processed", sidecar: rule, file_patterns: ["*"] });
        const say = () => one.bucket.put("incoming/call.json", JSON.stringify(SAID));
        one.bucket.put("incoming/call.mp3");
        if (!isLate) say();
        await one.look();
        // It is seen for the first time as the other comes in.
        one.bucket.put("incoming/call.wma", "<!DOCTYPE html><html>expired</html>");
        await one.look();
        if (isLate) say();
        one.bucket.answerWith((method, key) =>
          method === "GET" && key.endsWith("wma") ? s3Error(500, "InternalError") : undefined,
        );
        await one.look();
        expect([...one.bucket.objects.keys()]).toContain("incoming/call.json");
        one.bucket.answerWith(() => undefined);
        if (isGone) one.bucket.objects.delete("incoming/call.wma");
        await one.look();
        await one.look();
        const left = isGone ? [] : ["incoming/call.wma"];
        expect([...one.bucket.objects.keys()].toSorted()).toEqual([
          ...left,
          "processed/call.json",
          "processed/call.mp3",
        ]);
        expect(await awaited(one)).toEqual([]);
        expect((await oneCall(one)).operatorName).toBe("Ana Gómez");
      }
  });

  it("that stays is not moved before its recording, on a later page or in a later turn, is over", async () => {
    const rule = { ...RULE, fields: { operator: "agent.name" }, wait_minutes: 0 };
    for (const isInTurns of [false, true]) {
      const one = await newConnector({ processed_path: "processed", sidecar: rule });
      for (const name of ["mp3", "wav"]) one.bucket.put(`incoming/call.${name}`);
      one.bucket.put("incoming/call.json", JSON.stringify(SAID));
      await one.look();
      one.bucket.answerWith((method, key) =>
        method === "GET" && key.endsWith("wav") ? s3Error(500, "InternalError") : undefined,
      );
      await one.look();
      expect((await awaited(one)).map(({ name }) => name)).toEqual(["incoming/call.json\t"]);
      // The sidecar is on a page before that of the recording that fails once more.
      one.bucket.inPagesOf(1);
      let late = 0;
      const fetch = async (input: never, init: never) => {
        if (isInTurns && new URL(new Request(input, init).url).searchParams.has("list-type")) late += 4 * MINUTE;
        return one.bucket.fetch(input, init);
      };
      const deps = { fetch: fetch as never, now: () => one.at() + late };
      await one.look(HOUR, deps);
      if (isInTurns) await one.look(0, deps);
      expect([...one.bucket.objects.keys()]).toContain("incoming/call.json");
      one.bucket.answerWith(() => undefined);
      await one.look(HOUR);
      await one.pipeline.run();
      expect((await one.calls()).map(({ operatorName }) => operatorName)).toEqual(["Ana Gómez", "Ana Gómez"]);
      await one.look();
      expect([...one.bucket.objects.keys()].filter((key) => key.startsWith("incoming/"))).toEqual([]);
      expect(await awaited(one)).toEqual([]);
    }
  });

  it("that was shared is over once it is moved: another one with the same content waits for its own recordings", async () => {
    const rule = { ...RULE, fields: { operator: "agent.name" } };
    const one = await newConnector({ processed_path: "processed", sidecar: rule });
    // On the page before that of its recordings.
    one.bucket.inPagesOf(2);
    one.bucket.put("incoming/first.txt", "no audio");
    for (const name of ["mp3", "wav"]) one.bucket.put(`incoming/latest.${name}`);
    one.bucket.put("incoming/latest.json", JSON.stringify(SAID));
    await one.look();
    await one.look();
    expect([...one.bucket.objects.keys()].filter((key) => key.startsWith("incoming/"))).toEqual(["incoming/first.txt"]);
    expect(await awaited(one)).toEqual([]);
    one.bucket.put("incoming/latest.json", JSON.stringify(SAID));
    await one.look();
    expect([...one.bucket.objects.keys()]).toContain("incoming/latest.json");
  });

  it("that is replaced while it stays is moved, too, where the last of its recordings is refused", async () => {
    const rule = { ...RULE, fields: { operator: "agent.name" }, wait_minutes: 0 };
    const one = await newConnector({ processed_path: "processed", sidecar: rule, file_patterns: ["*"] });
    one.bucket.put("incoming/call.mp3");
    one.bucket.put("incoming/call.wma", "<!DOCTYPE html><html>expired</html>");
    one.bucket.put("incoming/call.json", JSON.stringify(SAID));
    await one.look();
    one.bucket.answerWith((method, key) =>
      method === "GET" && key.endsWith("wma") ? s3Error(500, "InternalError") : undefined,
    );
    await one.look();
    const [before] = await awaited(one);
    one.bucket.put("incoming/call.json", JSON.stringify({ ...SAID, agent: { name: "Another" } }));
    await one.look();
    const [after, ...more] = await awaited(one);
    expect([after?.name, more]).toEqual(["incoming/call.json\t", []]);
    expect(after?.unreadable).not.toBe(before?.unreadable);
    one.bucket.answerWith(() => undefined);
    await one.look();
    expect([...one.bucket.objects.keys()].filter((key) => key.startsWith("incoming/"))).toEqual(["incoming/call.wma"]);
    expect(await awaited(one)).toEqual([]);
    expect((await oneCall(one)).operatorName).toBe("Ana Gómez");
  });

  it("is shared by recordings of one stem: each has what it says, and it is moved with the last of them", async () => {
    const rule = { ...RULE, fields: { operator: "agent.name", tags: "labels" }, wait_minutes: 0 };
    const settings = { processed_path: "processed", sidecar: rule };
    const all = ["processed/call.json", "processed/call.mp3", "processed/call.wav"];
    const both = async (one: Life) => {
      await one.pipeline.run();
      const made = await one.calls();
      expect(made.map(({ operatorName }) => operatorName)).toEqual(["Ana Gómez", "Ana Gómez"]);
      expect(made.map(({ tags }) => tags.length)).toEqual([2, 2]);
      expect([...one.bucket.objects.keys()].toSorted()).toEqual(all);
      expect(await awaited(one)).toEqual([]);
    };
    // At once, and on two pages of the list.
    for (const pages of [1_000, 2]) {
      const one = await newConnector(settings);
      one.bucket.inPagesOf(pages);
      for (const ending of ["wav", "mp3"]) one.bucket.put(`incoming/call.${ending}`);
      one.bucket.put("incoming/call.json", JSON.stringify(SAID));
      await one.look();
      await one.look();
      await both(one);
    }
    // The other one was found a look later.
    const later = await newConnector(settings);
    later.bucket.put("incoming/call.json", JSON.stringify(SAID));
    later.bucket.put("incoming/call.wav");
    await later.look();
    later.bucket.put("incoming/call.mp3");
    await later.look();
    expect([...later.bucket.objects.keys()].toSorted()).toEqual([
      "incoming/call.json",
      "incoming/call.mp3",
      "processed/call.wav",
    ]);
    await later.look();
    await both(later);
    // It comes behind both of them, and behind one of them.
    for (const isBetween of [false, true]) {
      const one = await newConnector(settings);
      one.bucket.put("incoming/call.wav");
      if (!isBetween) one.bucket.put("incoming/call.mp3");
      await one.look();
      await one.look();
      if (isBetween) one.bucket.put("incoming/call.mp3");
      one.bucket.put("incoming/call.json", JSON.stringify(SAID));
      await one.look();
      await one.look();
      await both(one);
    }
  });

  it("that the storage does not give is a failure of the look, and loses nothing", async () => {
    const one = await newConnector({ sidecar: RULE });
    one.bucket.put("incoming/a.wav");
    one.bucket.put("incoming/a.json", JSON.stringify(SAID));
    await one.look();
    one.bucket.answerWith((method, key) =>
      key.endsWith(".json") && method === "HEAD" ? s3Error(503, "SlowDown") : undefined,
    );
    await one.look();
    expect((await one.row()).trouble?.code).toBe("slow_down");
    one.bucket.answerWith(() => undefined);
    await one.look(HOUR);
    expect((await oneCall(one)).operatorName).toBe("Ana Gómez");
  });

  it("is forgotten after a month, and with its connector", async () => {
    const one = await newConnector({ sidecar: { ...RULE, wait_minutes: 0 } });
    one.bucket.put("incoming/a.wav");
    await one.look();
    await one.look();
    expect(await awaited(one)).toHaveLength(1);
    await runBatch(db, [forgetAwaited(db, one.at() + 29 * DAY, 10)]);
    expect(await awaited(one)).toHaveLength(1);
    await runBatch(db, [forgetAwaited(db, one.at() + 31 * DAY, 10)]);
    expect(await awaited(one)).toEqual([]);
  });

  it("is shown by a dry run, and no one who reaches some campaigns alone may have it name one", async () => {
    const one = await newConnector({ sidecar: RULE });
    one.bucket.put("incoming/a.wav");
    one.bucket.put("incoming/a.json", JSON.stringify(SAID));
    const opened = await openStorage(one.deps, one.target);
    if (!opened.ok) throw new Error("no storage");
    const shown = await previewFiles(opened.value.storage, opened.value.settings, 10, one.at);
    expect(shown).toMatchObject({
      value: {
        files: [
          { name: "incoming/a.json", verdict: "skip", reason: "sidecar" },
          { name: "incoming/a.wav", verdict: "take", fields: { operator: "Ana Gómez", campaign: "Ventas" } },
        ],
      },
    });
    // The page of a list may hold fewer than are shown, and one sidecar that is not given says nothing of the others.
    one.bucket.put("incoming/b.wav");
    one.bucket.put("incoming/b.json", JSON.stringify({ agent: { name: "Bea" } }));
    one.bucket.inPagesOf(1);
    one.bucket.answerWith((method, key) =>
      method === "GET" && key === "incoming/a.json" ? s3Error(403, "AccessDenied") : undefined,
    );
    const again = await previewFiles(opened.value.storage, opened.value.settings, 4, one.at);
    const names = again.ok ? again.value.files.map(({ name, fields }) => `${name} ${fields["operator"] ?? "–"}`) : [];
    expect(names).toEqual(["incoming/a.json –", "incoming/a.wav –", "incoming/b.json –", "incoming/b.wav Bea"]);
    expect(again).toMatchObject({ value: { more: false } });
    one.bucket.answerWith(() => undefined);
    const limited = { ...one.target, reach: { ...FULL_REACH, campaigns: [one.campaign.id] } };
    const deps = { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY };
    expect(await updateConnector(deps, limited, { settings: { sidecar: RULE } }, systemAct(NOON))).toMatchObject({
      error: { kind: "invalid", fields: [{ field: "settings.naming" }] },
    });
    for (const [wrong, field] of [
      [{ ...RULE, name: "a/{name}.json" }, "settings.sidecar.name"],
      [{ ...RULE, name: "{name}.wav" }, "settings.sidecar.name"],
      [{ ...RULE, fields: {} }, "settings.sidecar.fields"],
      [{ ...RULE, fields: { password: "x" } }, "settings.sidecar.fields.password"],
      [{ ...RULE, wait_minutes: -1 }, "settings.sidecar.wait_minutes"],
    ] as const)
      expect(await updateConnector(deps, one.target, { settings: { sidecar: wrong } }, systemAct(NOON))).toMatchObject({
        error: { kind: "invalid", fields: [{ field }] },
      });
    expect(await runConnector(one.deps, "con_none")).toBeUndefined();
  });
});

describe("POST /v1/connectors/try", () => {
  const autoImport = {
    filePatterns: ["*.wav"],
    naming: "{operator}/{started_at}_{from}",
    sidecar: { name: "{name}.xml", fields: { operator: "agent.@name", tags: "tag" } },
  };
  const names = ["/Ana Gómez/20260820-140509_+541143210000.WAV", "x.wav", "notes.txt", "x.xml", "a/../b.wav"];

  it("shows what names and a sidecar give before anything is saved, by the names of the API", async () => {
    const { key } = await mintOrganization(db);
    const sidecar = '<call><agent name="Ana"/><tag>vip</tag><tag>new</tag></call>';
    const { status, body } = await apiClient().post("/v1/connectors/try", {
      key,
      body: { autoImport, samples: { names, sidecar } },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      files: [
        {
          name: names[0],
          verdict: "take",
          reason: null,
          code: null,
          fields: { operator: "Ana Gómez", started_at: "2026-08-20 14:05:09", from: "+541143210000" },
          sidecar: "Ana Gómez/20260820-140509_+541143210000.xml",
        },
        { name: "x.wav", verdict: "take", reason: null, code: null, fields: {}, sidecar: "x.xml" },
        { name: "notes.txt", verdict: "skip", reason: "pattern", code: null, fields: {}, sidecar: null },
        { name: "x.xml", verdict: "skip", reason: "sidecar", code: null, fields: {}, sidecar: null },
        expect.objectContaining({ name: "a/../b.wav", verdict: "refuse", code: "bad_name" }),
      ],
      sidecar: { operator: "Ana", tags: "vip, new" },
    });
    const usual = await apiClient().post("/v1/connectors/try", { key, body: { autoImport: {}, samples: { names } } });
    expect((usual.body as { files: { verdict: string }[] }).files.map(({ verdict }) => verdict)).toEqual([
      "take",
      "take",
      "skip",
      "skip",
      "refuse",
    ]);
  });

  it("refuses the rules that saving would refuse, and a sidecar of another format", async () => {
    const { key } = await mintOrganization(db);
    for (const [other, samples, field] of [
      [{ naming: "{nobody}" }, {}, "autoImport.naming"],
      [{ naming: "{operator}{from}" }, {}, "autoImport.naming"],
      [{ filePatterns: ["a/*.wav"] }, {}, "autoImport.filePatterns.0"],
      [{ sidecar: { name: "x.json", fields: { from: "a" } } }, {}, "autoImport.sidecar.name"],
      [{ sidecar: { fields: { secret: "a" } } }, {}, "autoImport.sidecar.fields.secret"],
      [{}, { sidecar: "{}" }, "samples.sidecar"],
      [{ sidecar: null }, { sidecar: "<call/>" }, "samples.sidecar"],
      [{}, { names: Array.from({ length: 101 }, () => "a.wav") }, "samples.names"],
    ] as const) {
      const body = { autoImport: { ...autoImport, ...other }, samples };
      const answer = await apiClient().post("/v1/connectors/try", { key, body });
      expect([answer.status, JSON.stringify(answer.body)], field).toEqual([422, expect.stringContaining(`"${field}"`)]);
    }
  });
});
