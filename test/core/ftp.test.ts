import { describe, expect, it } from "vitest";
import { FtpFailure, FtpRefusal, openFtp } from "../../src/lib/ftp";
import { readFacts, readListed, readStamp } from "../../src/lib/ftp/entries";

const NOW = Date.UTC(2026, 7, 20, 12);
const day = (year: number, month: number, date: number) => Date.UTC(year, month - 1, date);

describe("lists of FTP servers", () => {
  it("read MLSD as RFC 3659 prints it", () => {
    expect(readFacts("Type=file;Size=1024990;Modify=19980615100045.014;Perm=r; cap60.pl198.tar.gz")).toEqual({
      name: "cap60.pl198.tar.gz",
      kind: "file",
      size: 1_024_990,
      modifiedAt: Date.UTC(1998, 5, 15, 10, 0, 45),
    });
    expect(readFacts("Type=cdir;Perm=el;Unique=keVO1+ZF4; test")).toBeUndefined();
    expect(readFacts("type=pdir;modify=20010101000000; ..")).toBeUndefined();
    expect(readFacts("Type=dir;Modify=20010101000000;  two blanks")).toMatchObject({
      kind: "folder",
      name: " two blanks",
    });
    expect(readFacts("type=OS.unix=slink:/foobar;modify=20010101000000; link")).toMatchObject({ kind: "link" });
    expect(readFacts("type=OS.unix=chr-13/29;modify=20010101000000; device")).toMatchObject({ kind: "other" });
    expect(() => readFacts("no-facts-at-all")).toThrow(FtpFailure);
  });

  it("read LIST of Unix, by the day alone", () => {
    const [recent, old] = [
      readListed("-rw-r--r--    1 1000     1000       812044 Aug 19 14:05 Ana Gómez (1).wav", NOW),
      readListed("-rw-r--r--    1 1000     1000       812044 Aug 19  2026 Ana Gómez (1).wav", NOW),
    ];
    const file = {
      name: "Ana Gómez (1).wav",
      kind: "file",
      size: 812_044,
      modifiedAt: day(2026, 8, 19),
      isRough: true,
    };
    expect([recent, old]).toEqual([file, file]);
    expect(readListed("-rw-r--r--   1 ftp ftp 5 Dec 31 23:59 a.wav", NOW)?.modifiedAt).toBe(day(2025, 12, 31));
    expect(readListed("-rw-r--r--   1 ftp ftp 5 Aug 21 00:30 a.wav", NOW)?.modifiedAt).toBe(day(2026, 8, 21));
    expect(readListed("drwxr-sr-x+  2 root users 4096 Jan  1  2020  leading blank", NOW)).toMatchObject({
      kind: "folder",
      name: " leading blank",
    });
    expect(readListed("lrwxrwxrwx   1 root root 7 Jan  1  2020 link -> /etc/passwd", NOW)).toMatchObject({
      kind: "link",
      name: "link",
    });
    expect(readListed("crw-rw-rw-   1 root root 1, 3 Jan  1  2020 null", NOW)).toMatchObject({ kind: "other" });
    expect(readListed("total 24", NOW)).toBeUndefined();
    expect(readListed("drwxr-xr-x   2 root root 4096 Jan  1  2020 .", NOW)).toBeUndefined();
  });

  it("read LIST of Microsoft's server", () => {
    expect(readListed("08-19-26  02:05PM               812044 llamada 1.WAV", NOW)).toEqual({
      name: "llamada 1.WAV",
      kind: "file",
      size: 812_044,
      modifiedAt: Date.UTC(2026, 7, 19, 14, 5),
      isRough: true,
    });
    expect(readListed("08-19-2026  12:05AM       <DIR>          grabaciones", NOW)).toMatchObject({
      kind: "folder",
      modifiedAt: Date.UTC(2026, 7, 19, 0, 5),
    });
    expect(readListed("08-19-26  12:05PM       <DIR>          noon", NOW)?.modifiedAt).toBe(
      Date.UTC(2026, 7, 19, 12, 5),
    );
  });

  it("refuse what is neither, and read times of UTC", () => {
    for (const line of ["+i8388621.48594,m825718503,r,s280,\tdjb.html", "CORE.DIR;1   1  8-SEP-1996 16:09", "hello"])
      expect(() => readListed(line, NOW)).toThrow(FtpFailure);
    expect(readStamp("20260820140509.123")).toBe(Date.UTC(2026, 7, 20, 14, 5, 9));
    expect(readStamp("yesterday")).toBeUndefined();
  });
});

/** A server that answers line by line, and what it was told. */
function scripted(answers: Record<string, string>) {
  const told: string[] = [];
  let send: (text: string) => void = () => undefined;
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      send = (text) => controller.enqueue(new TextEncoder().encode(text));
      send("220-welcome\r\n 220 not yet\r\n220 ready\r\n");
    },
  });
  const writable = new WritableStream<Uint8Array>({
    write(bytes) {
      const line = new TextDecoder().decode(bytes).trimEnd();
      told.push(line);
      const known = Object.entries(answers).find(([start]) => line.startsWith(start));
      send(`${known?.[1] ?? "500 unknown"}\r\n`);
    },
  });
  const line = { readable, writable, close: async () => undefined, startTls: () => line };
  const server = {
    dial: async () => line,
    host: "ftp.example.com",
    port: 21,
    security: "none",
    now: () => NOW,
  } as const;
  return { server, told };
}

const IN = { USER: "331 password", PASS: "230 in", "TYPE I": "200 ok", PWD: '257 "/home/a ""b""" is current' };

describe("a session", () => {
  it("asks by whole paths, and knows what is not there from what is not given", async () => {
    const answers = { ...IN, FEAT: "211-Features\r\n UTF8\r\n MDTM\r\n211 End", "OPTS UTF8 ON": "200 ok" };
    const { server, told } = scripted({ ...answers, "SIZE /home": "550 no", "CWD /home": "550 Permission denied" });
    const session = await openFtp(server, { user: "carla", password: "pä ss" });
    expect(session.isExact).toBe(false);
    await expect(session.lookAt("a.wav")).rejects.toMatchObject({ reason: "denied" });
    expect(told).toContain('SIZE /home/a "b"/a.wav');
    expect(told).toContain("PASS pä ss");
  });

  it("lets no line's end into a command", async () => {
    const { server, told } = scripted(IN);
    const session = await openFtp(server, { user: "carla", password: "x" });
    await expect(session.remove("a.wav\r\nDELE b.wav")).rejects.toThrow(FtpRefusal);
    expect(told.join(" ")).not.toContain("DELE");
  });

  it("says what is wrong with a login, and never the password", async () => {
    for (const [answers, code] of [
      [{ USER: "331 go on", PASS: "530 Login incorrect" }, "login"],
      [{ USER: "530 Sorry, the maximum number of clients is reached" }, "busy"],
      [{ USER: "421 Too many connections" }, "busy"],
      [{ USER: "530 Please use AUTH TLS first" }, "no_tls"],
      [{ USER: "331 go on", PASS: "332 account" }, "login"],
    ] as const) {
      const failed = openFtp(scripted(answers).server, { user: "carla", password: "hunter2" });
      const error = await failed.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      expect(String(error)).not.toContain("hunter2");
    }
  });
});
