import { describe, expect, it } from "vitest";
import { addressOf } from "../../../src/connectors/s3/address";
import { s3Settings } from "../../../src/connectors/s3/settings";

const given = (more: object) => ({ endpoint: "https://s3.amazonaws.com", bucket: "calls", ...more });
const settings = (more: object) => s3Settings.parse(given(more));

describe("the address of a bucket", () => {
  it("is the region's at the global address of AWS, and the endpoint's elsewhere", () => {
    const at = (more: object) => addressOf(settings(more), "a b/ñ+'.wav").href;
    expect(at({})).toBe("https://calls.s3.amazonaws.com/a%20b/%C3%B1%2B%27.wav");
    expect(at({ region: "sa-east-1" })).toBe("https://calls.s3.sa-east-1.amazonaws.com/a%20b/%C3%B1%2B%27.wav");
    expect(at({ region: "sa-east-1", bucket: "my.calls" })).toContain("https://s3.sa-east-1.amazonaws.com/my.calls/");
    expect(at({ endpoint: "http://minio:9000", region: "oficina_1" })).toContain("http://minio:9000/calls/");
  });

  it("is never another host by a region: credentials stay where they were given", () => {
    for (const region of [
      "evil.com/x",
      "evil.com#",
      "evil.com?",
      "evil.com:80",
      "a@evil.com",
      "evil.com\\x",
      "é",
      " ",
    ]) {
      expect(s3Settings.safeParse(given({ region })).success, region).toBe(false);
      // Stored before regions were checked.
      const { hostname } = addressOf({ ...settings({}), region });
      expect(hostname, region).toBe("calls.s3.amazonaws.com");
    }
  });
});
