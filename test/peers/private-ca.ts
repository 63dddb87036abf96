import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A certificate authority of the test's own, which the runtime trusts: Miniflare hands what NODE_EXTRA_CA_CERTS names to
// workerd, and reads it as it is loaded. So this file is imported before Miniflare is.

export type Certificate = { key: string; certificate: string };

const at = mkdtempSync(join(tmpdir(), "private-ca-"));
process.once("exit", () => rmSync(at, { recursive: true, force: true }));

function openssl(...given: string[]): void {
  execFileSync("openssl", given, { stdio: "ignore" });
}

function newKey(name: string): Certificate {
  return { key: join(at, `${name}.key`), certificate: join(at, `${name}.pem`) };
}

function selfSigned(name: string, ...more: string[]): Certificate {
  const made = newKey(name);
  const to = ["-keyout", made.key, "-out", made.certificate, "-days", "30", "-subj", `/CN=${name}`];
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", ...to, ...more);
  return made;
}

const authority = selfSigned("authority", "-addext", "basicConstraints=critical,CA:TRUE");
process.env["NODE_EXTRA_CA_CERTS"] = authority.certificate;

/** A certificate that the runtime trusts for these names. */
function signed(name: string, names: string): Certificate {
  const made = newKey(name);
  const request = join(at, `${name}.csr`);
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", made.key, "-out", request, "-subj", `/CN=${name}`);
  const extensions = join(at, `${name}.ext`);
  writeFileSync(extensions, `subjectAltName=${names}\n`);
  const by = ["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial"];
  openssl("x509", "-req", "-in", request, ...by, "-days", "30", "-extfile", extensions, "-out", made.certificate);
  return made;
}

export const OF_THIS_HOST = signed("here", "DNS:localhost,IP:127.0.0.1");
export const OF_MICROSOFT = signed(
  "microsoft",
  "DNS:login.microsoftonline.com,DNS:graph.microsoft.com,DNS:acme.sharepoint.test",
);
export const OF_ANOTHER_HOST = signed("elsewhere", "DNS:ftp.example.com");
export const OF_A_STRANGER = selfSigned("stranger", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1");
