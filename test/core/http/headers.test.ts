import { describe, expect, it } from "vitest";
import { basicAuthorization, basicCredentials, bearerToken } from "../../../src/lib/http/authorization";
import { readContentDisposition } from "../../../src/lib/http/content-disposition";
import { canDecode, contentEncodingsOf } from "../../../src/lib/http/content-encoding";
import { readContentLength } from "../../../src/lib/http/content-length";
import { readContentRange } from "../../../src/lib/http/content-range";
import { isJsonType, readContentType } from "../../../src/lib/http/content-type";
import { readHttpDate, readRetryAfter } from "../../../src/lib/http/retry-after";

describe("Content-Type", () => {
  it.each([
    ["application/json", "application/json", {}],
    [" Application/JSON ; Charset=UTF-8", "application/json", { charset: "UTF-8" }],
    ['application/json;charset="utf-8"', "application/json", { charset: "utf-8" }],
    ["text/html; charset = utf-8 ; level=1;", "text/html", { charset: "utf-8", level: "1" }],
    ["application/json, application/json; charset=utf-8", "application/json", { charset: "utf-8" }],
    ["application/json; charset=utf-8, application/json", "application/json", { charset: "utf-8" }],
    ["application/json;;; x", "application/json", {}],
    ["multipart/form-data; boundary=a,b", "multipart/form-data", { boundary: "a,b" }],
    ['multipart/form-data; boundary="a;b,c\\"d"', "multipart/form-data", { boundary: 'a;b,c"d' }],
    ["multipart/form-data;\r\n\tboundary=abc", "multipart/form-data", { boundary: "abc" }],
    ["multipart/form-data; boundary=one; boundary=two", "multipart/form-data", { boundary: "one" }],
    [
      "multipart/form-data; boundary=one, multipart/form-data; boundary=two",
      "multipart/form-data",
      { boundary: "one" },
    ],
    ["application/soap+xml; action=urn:x/y=z", "application/soap+xml", { action: "urn:x/y=z" }],
    ["", "", {}],
    [null, "", {}],
    ["; charset=utf-8", "", { charset: "utf-8" }],
  ])("reads %j", (header, type, parameters) => {
    const read = readContentType(header);
    expect(read.type).toBe(type);
    expect(Object.fromEntries(read.parameters)).toEqual(parameters);
  });

  it.each([
    ["text/plain; charset=ISO-8859-1", "iso-8859-1"],
    ["text/plain; charset='Windows-1252'", "windows-1252"],
    ['text/plain; charset=""', undefined],
    ["text/plain; x-charset=utf-16", undefined],
    ["text/plain", undefined],
  ])("knows the charset of %j", (header, charset) => expect(readContentType(header).charset).toBe(charset));

  it("knows JSON by any of its names", () => {
    for (const type of ["application/json", "text/json", "application/x-json", "application/problem+json"])
      expect([type, isJsonType(type)]).toEqual([type, true]);
    for (const type of ["", "application/jsonp", "application/json-seq", "text/plain", "image/svg+xml"])
      expect([type, isJsonType(type)]).toEqual([type, false]);
  });
});

describe("Content-Encoding", () => {
  it.each([
    [null, []],
    ["", []],
    ["identity", []],
    [" GZIP ", ["gzip"]],
    ["identity, x-gzip", ["x-gzip"]],
    ["gzip,,deflate,", ["gzip", "deflate"]],
  ])("reads %j", (header, encodings) => expect(contentEncodingsOf(header)).toEqual(encodings));

  it("cannot be decoded where one is unknown, or where there are more than two", () => {
    expect(["gzip", "x-gzip", "deflate"].every((one) => canDecode([one]))).toBe(true);
    for (const encodings of [["br"], ["zstd"], ["gzip", "br"], ["gzip", "gzip", "gzip"], ["constructor"]])
      expect(canDecode(encodings)).toBe(false);
  });
});

describe("Content-Length", () => {
  it.each([
    ["0", 0],
    [" 42 ", 42],
    ["42, 42", 42],
    ["42,42,42", 42],
    ["42, 43", undefined],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
    ["-1", undefined],
    ["+1", undefined],
    ["4.2", undefined],
    ["0x10", undefined],
    ["1e3", undefined],
    ["9".repeat(16), undefined],
  ])("reads %j as %j", (header, length) => expect(readContentLength(header)).toBe(length));
});

describe("Content-Range", () => {
  it.each([
    ["bytes 0-99/100", { first: 0, last: 99, size: 100 }],
    [" Bytes  0 - 99 / 100 ", { first: 0, last: 99, size: 100 }],
    ["bytes=5-9/10", { first: 5, last: 9, size: 10 }],
    ["bytes 5-9/*", { first: 5, last: 9, size: null }],
    ["bytes */100", undefined],
    ["bytes 9-5/100", undefined],
    ["bytes 0-100/100", undefined],
    ["items 0-99/100", undefined],
    ["bytes0-99/100", undefined],
    ["", undefined],
    [null, undefined],
  ])("reads %j as %j", (header, range) => expect(readContentRange(header)).toEqual(range));
});

describe("Content-Disposition", () => {
  it.each([
    ['form-data; name="file"; filename="a.wav"', "file", "a.wav"],
    ["Form-Data;NAME=file;FileName=a.wav", "file", "a.wav"],
    ["form-data ; name = file ; filename = a b.wav ;", "file", "a b.wav"],
    ['form-data; name="file"; \r\n filename="data taken from.wav"', "file", "data taken from.wav"],
    ["form-data; name=file; filename*=utf-8''grabaci%C3%B3n.wav", "file", "grabación.wav"],
    ["form-data; name=file; filename*=UTF-8'es'grabaci%C3%B3n.wav; filename=x.wav", "file", "grabación.wav"],
    ["form-data; name=file; filename*=\"utf-8''a%20b.wav\"", "file", "a b.wav"],
    ["form-data; name=file; filename*=ISO-8859-1''grabaci%F3n.wav", "file", "grabación.wav"],
    ["form-data; name=file; filename=x.wav; filename*=utf-8''%E9", "file", "x.wav"],
    ["form-data; name*=utf-8''n%C3%B3mina", "nómina", undefined],
    ['form-data; name="a;b"; filename="c;d\\"e%22.wav"', "a;b", 'c;d"e".wav'],
    ['form-data; name=file; filename="C:\\rec\\new\\a.wav"', "file", "C:\\rec\\new\\a.wav"],
    ['form-data; name=""; filename=""', "", ""],
    ["form-data", undefined, undefined],
  ])("reads %j", (header, name, fileName) =>
    expect(readContentDisposition(header)).toEqual({ type: "form-data", name, fileName }),
  );

  it("knows the other dispositions", () => {
    expect(readContentDisposition('Attachment; filename="a.wav"')).toMatchObject({ type: "attachment" });
    expect(readContentDisposition("inline")).toMatchObject({ type: "inline" });
  });

  it.each([null, "", "; name=a", "form-data; name=a; name=b", "form-data; name", 'form-data; name="a', "form data"])(
    "is not in %j",
    (header) => expect(readContentDisposition(header)).toBeUndefined(),
  );
});

describe("Retry-After", () => {
  const NOW = Date.UTC(2026, 1, 10, 12);
  const wait = (retryAfter: string, date?: string) =>
    readRetryAfter(new Headers({ "retry-after": retryAfter, ...(date !== undefined && { date }) }), NOW);

  it.each([
    ["120", 120_000],
    [" 0 ", 0],
    ["120, 120", 120_000],
    ["Tue, 10 Feb 2026 12:01:00 GMT", 60_000],
    ["tue, 10 feb 2026 12:01:00 gmt", 60_000],
    ["Tuesday, 10-Feb-26 12:01:00 GMT", 60_000],
    ["Tue Feb 10 12:01:00 2026", 60_000],
    ["Tue, 10 Feb 2026 13:01:00 +0100", 60_000],
    ["Tue, 10 Feb 2026 11:00:00 GMT", 0],
    ["", null],
    ["soon", null],
    ["-5", null],
    ["1.5", null],
    ["2026-02-10T12:01:00Z", null],
    ["Mon, 99 Foo 2026", null],
    ["1234567890123", null],
  ])("reads %j as %j", (header, milliseconds) => expect(wait(header)).toBe(milliseconds));

  it("is no wait where it is missing", () => expect(readRetryAfter(new Headers(), NOW)).toBeNull());

  it("is measured on the answer's own clock, where it has one that can be read", () => {
    expect(wait("Tue, 10 Feb 2026 15:00:30 GMT", "Tue, 10 Feb 2026 15:00:00 GMT")).toBe(30_000);
    expect(wait("Tue, 10 Feb 2026 12:00:30 GMT", "today")).toBe(30_000);
    expect(wait("30", "Tue, 10 Feb 2026 15:00:00 GMT")).toBe(30_000);
  });

  it("has a date in each of the three forms", () => {
    for (const text of [
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
    ]) {
      expect([text, readHttpDate(text)]).toEqual([text, 784_111_777_000]);
    }
  });
});

describe("Authorization", () => {
  const sent = (authorization: string) => new Headers({ authorization });

  it.each([
    ["Bearer abc", "abc"],
    ["bearer abc", "abc"],
    ["BEARER \t abc ", "abc"],
    ["Bearer a.b-c_d~e+f/g==", "a.b-c_d~e+f/g=="],
    ["Bearer", undefined],
    ["Bearer a b", undefined],
    ["Bearerabc", undefined],
    ["Basic abc", undefined],
    ["abc", undefined],
    ["", undefined],
  ])("has the token of %j: %j", (header, token) => expect(bearerToken(sent(header))).toBe(token));

  it.each([
    ["Basic dXNlcjpwYTpzcw==", { user: "user", password: "pa:ss" }],
    ["basic   dXNlcjpwYTpzcw", { user: "user", password: "pa:ss" }],
    ["BASIC OnB3", { user: "", password: "pw" }],
    ["Basic Og==", { user: "", password: "" }],
    ["Basic dXNlcg==", undefined],
    ["Basic %%%", undefined],
    ["Bearer dXNlcjpwYTpzcw==", undefined],
  ])("has user and password of %j: %j", (header, credentials) =>
    expect(basicCredentials(sent(header))).toEqual(credentials),
  );

  it("reads what it writes", () => {
    const written = basicAuthorization("ünser", "pa:ss wörd");
    expect(basicCredentials(sent(written.authorization))).toEqual({ user: "ünser", password: "pa:ss wörd" });
  });
});
