import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { PROFTPD_USER, proFtpdCommand, writeProFtpdAccount } from "./proftpd.ts";
import { freePort, needs, startProgram } from "./started.ts";

// OpenSSH's server and ProFTPD's mod_sftp from Debian's packages (apt-get install openssh-server proftpd-core
// proftpd-mod-crypto). Both run as whoever runs the test, on a port and with files of their own.

export type SshServer = {
  port: number;
  user: string;
  /** The folder that the account sees, where the test puts files, and what it is called over SFTP. */
  folder: string;
  root: string;
  /** The host key of this kind, as it is shown and pinned. */
  hostKey(kind?: "ed25519" | "rsa" | "ecdsa"): string;
  /** Starts it anew on the same port, with new host keys. */
  changeHostKeys(): Promise<void>;
  /** Ends every connection, and starts to listen again. */
  restart(): Promise<void>;
  stop(): void;
};

export const PASSPHRASE = "corréct hörse";
export const PASSWORD = "a password ñ 1";

/** Users' keys: of each kind without and with a passphrase, and in PEM. */
export function makeKeys() {
  const at = mkdtempSync(join(tmpdir(), "ssh-keys-"));
  const make = (name: string, ...how: string[]) => {
    execFileSync("ssh-keygen", ["-q", "-C", "test", "-f", join(at, name), ...how]);
    return readFileSync(join(at, name), "utf8");
  };
  const keys = {
    ed25519: make("ed25519", "-t", "ed25519", "-N", ""),
    ed25519Locked: make("ed25519-locked", "-t", "ed25519", "-N", PASSPHRASE),
    ed25519Cbc: make("ed25519-cbc", "-t", "ed25519", "-N", PASSPHRASE, "-Z", "aes256-cbc"),
    rsa: make("rsa", "-t", "rsa", "-b", "2048", "-N", ""),
    rsaLocked: make("rsa-locked", "-t", "rsa", "-b", "3072", "-N", PASSPHRASE),
    rsaPem: make("rsa-pem", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""),
    rsaPkcs8Locked: make("rsa-pkcs8", "-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", PASSPHRASE),
    ecdsa: make("ecdsa", "-t", "ecdsa", "-N", ""),
    stranger: make("stranger", "-t", "ed25519", "-N", ""),
  };
  const known = Object.keys(keys).filter((name) => name !== "stranger");
  const files: Record<string, string> = {
    ed25519Locked: "ed25519-locked",
    ed25519Cbc: "ed25519-cbc",
    rsaLocked: "rsa-locked",
    rsaPem: "rsa-pem",
    rsaPkcs8Locked: "rsa-pkcs8",
  };
  const fileOf = (name: string) => files[name] ?? name;
  const authorized = known.map((name) => readFileSync(join(at, `${fileOf(name)}.pub`), "utf8")).join("");
  return { keys, authorized, remove: () => rmSync(at, { recursive: true, force: true }) };
}

export async function startOpenSsh(authorized: string, ...options: string[]): Promise<SshServer> {
  needs("/usr/sbin/sshd", "openssh-server");
  const at = mkdtempSync(join(tmpdir(), "sshd-"));
  chmodSync(at, 0o755);
  writeFileSync(join(at, "authorized_keys"), authorized);
  chmodSync(join(at, "authorized_keys"), 0o600);
  // sshd wants this folder where root starts it.
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true });
  return startServer(at, userInfo().username, (port) => {
    const config = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      ...["ed25519", "rsa", "ecdsa"].map((kind) => `HostKey ${join(at, `host-${kind}`)}`),
      `AuthorizedKeysFile ${join(at, "authorized_keys")}`,
      `PidFile ${join(at, "sshd.pid")}`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "Subsystem sftp internal-sftp",
      ...options,
    ];
    writeFileSync(join(at, "sshd_config"), `${config.join("\n")}\n`);
    return ["/usr/sbin/sshd", "-D", "-e", "-f", join(at, "sshd_config")];
  });
}

export async function startProFtpd(authorized: string, ...options: string[]): Promise<SshServer> {
  const at = mkdtempSync(join(tmpdir(), "proftpd-"));
  chmodSync(at, 0o755);
  writeProFtpdAccount(at, PASSWORD);
  const rfc4716 = authorized
    .trim()
    .split("\n")
    .map((line) => {
      writeFileSync(join(at, "one.pub"), `${line}\n`);
      return execFileSync("ssh-keygen", ["-e", "-f", join(at, "one.pub")], { encoding: "utf8" });
    });
  writeFileSync(join(at, "authorized"), rfc4716.join(""));
  return startServer(at, PROFTPD_USER, (port) =>
    proFtpdCommand(at, port, "mod_sftp.c", [
      "SFTPEngine on",
      `SFTPLog ${join(at, "sftp.log")}`,
      ...["ed25519", "rsa", "ecdsa"].map((kind) => `SFTPHostKey ${join(at, `host-${kind}`)}`),
      `SFTPAuthorizedUserKeys file:${join(at, "authorized")}`,
      ...options,
    ]),
  );
}

async function startServer(at: string, user: string, command: (port: number) => string[]): Promise<SshServer> {
  const folder = join(at, "files");
  mkdirSync(folder);
  makeHostKeys(at);
  const port = await freePort();
  const started = await startProgram(port, command(port));
  return {
    port,
    user,
    folder,
    root: user === "carla" ? "/" : `${folder}/`,
    hostKey: (kind = "ed25519") => {
      const printed = execFileSync("ssh-keygen", ["-lf", join(at, `host-${kind}.pub`)], { encoding: "utf8" });
      const name = { ed25519: "ssh-ed25519", rsa: "ssh-rsa", ecdsa: "ecdsa-sha2-nistp256" }[kind];
      return `${name} ${printed.split(" ")[1]}`;
    },
    restart: started.restart,
    changeHostKeys: async () => {
      makeHostKeys(at);
      await started.restart();
    },
    stop: () => {
      started.stop();
      rmSync(at, { recursive: true, force: true });
    },
  };
}

function makeHostKeys(at: string): void {
  for (const kind of ["ed25519", "rsa", "ecdsa"]) {
    const file = join(at, `host-${kind}`);
    for (const old of [file, `${file}.pub`]) rmSync(old, { force: true });
    // ProFTPD reads host keys in PEM; ssh-keygen writes Ed25519 in OpenSSH's own form alone, which it reads too.
    execFileSync("ssh-keygen", ["-q", "-t", kind, "-m", "PEM", "-N", "", "-f", file]);
  }
}
