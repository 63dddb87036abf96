import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { needs } from "./started.ts";

/** The one account that the server knows. It sees `files` in the server's folder. */
export const PROFTPD_USER = "carla";

/** Writes the account's files. `at`: the server's folder. */
export function writeProFtpdAccount(at: string, password: string): void {
  needs("/usr/sbin/proftpd", "proftpd-core");
  const { uid, gid } = userInfo();
  const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: password, encoding: "utf8" }).trim();
  writeFileSync(join(at, "users"), `${PROFTPD_USER}:${hash}:${uid}:${gid}::${join(at, "files")}:/bin/sh\n`);
  writeFileSync(join(at, "groups"), `${PROFTPD_USER}:x:${gid}:\n`);
  for (const name of ["users", "groups"]) chmodSync(join(at, name), 0o600);
}

/** Writes the configuration, with a module and what it is told, and gives the command that starts the server. */
export function proFtpdCommand(at: string, port: number, module: string, options: readonly string[]): string[] {
  const config = [
    `LoadModule ${module}`,
    'ServerName "peer"',
    "ServerType standalone",
    "DefaultAddress 127.0.0.1",
    `Port ${port}`,
    "UseIPv6 off",
    "UseReverseDNS off",
    `User ${userInfo().username}`,
    "Group root",
    `PidFile ${join(at, "proftpd.pid")}`,
    `ScoreboardFile ${join(at, "scoreboard")}`,
    `DelayTable ${join(at, "delay")}`,
    `SystemLog ${join(at, "system.log")}`,
    "WtmpLog off",
    "TransferLog none",
    `AuthUserFile ${join(at, "users")}`,
    `AuthGroupFile ${join(at, "groups")}`,
    "AuthOrder mod_auth_file.c",
    "RequireValidShell off",
    "RootLogin on",
    "DefaultRoot ~",
    "<Limit ALL>",
    "AllowAll",
    "</Limit>",
    ...options,
  ];
  writeFileSync(join(at, "proftpd.conf"), `${config.join("\n")}\n`);
  return ["/usr/sbin/proftpd", "-n", "-c", join(at, "proftpd.conf")];
}
