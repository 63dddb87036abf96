import { describe, expect, it } from "vitest";
import { isTimeZone, readClockTime } from "../../../src/platforms/reading/clock-time";

const BUENOS_AIRES = "America/Argentina/Buenos_Aires";

function iso(text: string, zone: string): string | undefined {
  const read = readClockTime(text, zone);
  return read === undefined ? undefined : new Date(read).toISOString();
}

describe("readClockTime", () => {
  it.each([
    ["2026-02-10 10:30:45", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10T10:30:45", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10 10:30", "2026-02-10T13:30:00.000Z"],
    ["2026-02-10 10:30:45.123456", "2026-02-10T13:30:45.123Z"],
    ["10/02/2026 10:30:45", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10 22:30:45", "2026-02-11T01:30:45.000Z"],
    ["2026-02-10T10:30:45Z", "2026-02-10T10:30:45.000Z"],
    ["2026-02-10T10:30:45.5z", "2026-02-10T10:30:45.500Z"],
    ["2026-02-10T10:30:45+05:30", "2026-02-10T05:00:45.000Z"],
    ["2026-02-10 10:30:45-0300", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10 10:30:45-03", "2026-02-10T13:30:45.000Z"],
    ["2026-03-12T20:31:36.3502036Z", "2026-03-12T20:31:36.350Z"],
    // As libraries write a time when nothing else is asked of them.
    ["2026-02-10 13:30:45 UTC", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10T13:30:45,123Z", "2026-02-10T13:30:45.123Z"],
    ["2026-02-10 13:30:45.123456+00:00", "2026-02-10T13:30:45.123Z"],
    ["2026-02-10 10:30:45.999999999 -0300 -03", "2026-02-10T13:30:45.999Z"],
    ["2026-02-10 13:30:45.5 +0000 UTC m=+0.012", "2026-02-10T13:30:45.500Z"],
    ["2026-02-10T14:30:45+01:00[Europe/Madrid]", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10T14:30:45[Europe/Madrid]", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10T10:30:45\u221203:00", "2026-02-10T13:30:45.000Z"],
    ["2026/02/10 10:30:45", "2026-02-10T13:30:45.000Z"],
    ["20260210T133045Z", "2026-02-10T13:30:45.000Z"],
    ["20260210103045", "2026-02-10T13:30:45.000Z"],
    ["10.02.2026 10:30:45", "2026-02-10T13:30:45.000Z"],
    ["Tue, 10 Feb 2026 13:30:45 GMT", "2026-02-10T13:30:45.000Z"],
    ["Tue, 10 Feb 2026 10:30:45 -0300", "2026-02-10T13:30:45.000Z"],
    ["10 Feb 2026 10:30 -0300", "2026-02-10T13:30:00.000Z"],
    ["Tue Feb 10 13:30:45 2026", "2026-02-10T16:30:45.000Z"],
    ["Tue Feb 10 13:30:45 UTC 2026", "2026-02-10T13:30:45.000Z"],
    ["Tue Feb 10 2026 13:30:45 GMT+0000 (Coordinated Universal Time)", "2026-02-10T13:30:45.000Z"],
    ["Tue Feb 10 2026 10:30:45 GMT-0300 (hora estándar de Argentina)", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10 24:00:00", "2026-02-11T03:00:00.000Z"],
    ["2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000Z"],
  ])("reads %s", (text, expected) => {
    expect(iso(text, BUENOS_AIRES)).toBe(expected);
  });

  it.each([
    "",
    "yesterday",
    "2026-02-30 10:00:00",
    "2026-13-01 10:00:00",
    "2026-00-10 10:00:00",
    "2026-02-10 24:00:01",
    "2026-02-10 10:30:60",
    "10-02-2026 10:30:45",
    "2026-02-10 10:30:45 CST",
    "2026-02-10T10:30:45[Mars/Olympus]",
    "Tue, 31 Feb 2026 10:30:45 GMT",
    "2026-041T10:30:45",
    "2026-02-10 10:60:00",
    "0000-01-01 00:00:00",
    "31/02/2026 10:00:00",
    "2026-02-10",
    "1770719445",
    "2026-02-10T10:30:45+25:00",
    "2026-02-10 10:30:45 extra words",
    "{{ dialtime }}",
  ])("does not read %j", (text) => {
    expect(readClockTime(text, BUENOS_AIRES)).toBeUndefined();
  });

  it("follows summer time", () => {
    expect(iso("2026-01-15 12:00:00", "Australia/Sydney")).toBe("2026-01-15T01:00:00.000Z");
    expect(iso("2026-07-15 12:00:00", "Australia/Sydney")).toBe("2026-07-15T02:00:00.000Z");
  });

  it("takes the first passing of an hour that comes twice", () => {
    expect(iso("2026-11-01 01:30:00", "America/New_York")).toBe("2026-11-01T05:30:00.000Z");
    expect(iso("2026-11-01 02:00:00", "America/New_York")).toBe("2026-11-01T07:00:00.000Z");
  });

  it("moves a time that never was by the gap", () => {
    expect(iso("2026-03-08 02:30:00", "America/New_York")).toBe("2026-03-08T07:30:00.000Z");
    expect(iso("2026-03-08 03:00:00", "America/New_York")).toBe("2026-03-08T07:00:00.000Z");
    // Half an hour of summer time.
    expect(iso("2026-10-04 02:15:00", "Australia/Lord_Howe")).toBe("2026-10-03T15:45:00.000Z");
  });

  it("takes a zone's short name where the source's own zone is called so", () => {
    expect(iso("2026-11-01 01:30:00 EST", "America/New_York")).toBe("2026-11-01T06:30:00.000Z");
    expect(iso("2026-11-01 01:30:00 EDT", "America/New_York")).toBe("2026-11-01T05:30:00.000Z");
    expect(iso("2026-02-10 10:30:00 CST", "America/Chicago")).toBe("2026-02-10T16:30:00.000Z");
    for (const zone of ["Asia/Shanghai", "UTC", "Europe/Madrid"])
      expect(iso("2026-02-10 10:30:00 CST", zone)).toBeUndefined();
  });

  it("knows the summer times Argentina once had", () => {
    expect(iso("2009-01-10 12:00:00", BUENOS_AIRES)).toBe("2009-01-10T14:00:00.000Z");
  });

  it("agrees with the platform on every hour of a year of changes", () => {
    for (const zone of ["America/New_York", "Australia/Sydney"]) {
      const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
      for (let instant = Date.UTC(2026, 0, 1); instant < Date.UTC(2027, 0, 1); instant += 3_600_000) {
        const read = readClockTime(shown.format(instant), zone);
        // The second passing of a repeated hour reads as the first; every other hour reads back as itself.
        expect([instant, instant - 3_600_000]).toContain(read);
      }
    }
  });
});

describe("isTimeZone", () => {
  it("knows IANA zones and nothing else", () => {
    expect(isTimeZone(BUENOS_AIRES)).toBe(true);
    expect(isTimeZone("UTC")).toBe(true);
    expect(isTimeZone("Mars/Olympus_Mons")).toBe(false);
    expect(isTimeZone("")).toBe(false);
  });
});
