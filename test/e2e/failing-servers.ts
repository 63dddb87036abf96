import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Real servers on loopback, each with one thing wrong with it.

/** `url` is without a path; `host` is how a sentence names it. */
export type FailingServer = { url: string; host: string };

export type FailingServers = {
  /** A server that answers every request so. */
  answering(listener: RequestListener): Promise<FailingServer>;
  /** A port on which nothing listens. */
  refusing(): Promise<FailingServer>;
  /** A connection that is reset as soon as somebody asks. */
  resetting(): Promise<FailingServer>;
  /** A certificate that nobody vouches for, whose time is over, or that is for another name. */
  withCertificate(wrong: "unknown" | "expired" | "other_name"): Promise<FailingServer>;
  stop(): void;
};

export function failingServers(): FailingServers {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-tls-"));
  const open: (HttpServer | TcpServer)[] = [];
  const listen = async (server: HttpServer | TcpServer, scheme = "http"): Promise<FailingServer> => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(server);
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url: `${scheme}://${host}`, host };
  };
  return {
    answering: (listener) => listen(createHttpServer(listener)),
    refusing: async () => {
      const server = createTcpServer();
      const gone = await listen(server);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      return gone;
    },
    resetting: () =>
      listen(createTcpServer((socket) => socket.on("error", () => {}).once("data", () => socket.resetAndDestroy()))),
    withCertificate: (wrong) =>
      listen(
        createHttpsServer(certificate(folder, wrong), (_, response) => response.end("ok")),
        "https",
      ),
    stop: () => {
      for (const server of open) {
        server.close();
        if ("closeAllConnections" in server) server.closeAllConnections();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Made by OpenSSL, as a person makes one for a test. It expired yesterday where it is to have expired. */
function certificate(folder: string, wrong: "unknown" | "expired" | "other_name"): { key: string; cert: string } {
  const file = (end: string) => join(folder, `${wrong}.${end}`);
  const [key, request, cert, names] = [file("key"), file("csr"), file("crt"), file("ext")];
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", ...ec, "-keyout", key, "-out", request, "-subj", "/CN=localhost");
  const name = wrong === "other_name" ? "DNS:somebody-else.test" : "IP:127.0.0.1";
  writeFileSync(names, `subjectAltName=${name}\n`);
  const days = wrong === "expired" ? "-1" : "30";
  openssl("x509", "-req", "-in", request, "-signkey", key, "-days", days, "-extfile", names, "-out", cert);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
