import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Certificate } from "./private-ca.ts";
import { PROFTPD_USER, proFtpdCommand, writeProFtpdAccount } from "./proftpd.ts";
import { freePort, needs, startProgram } from "./started.ts";

// ProFTPD from Debian's packages (apt-get install proftpd-core proftpd-mod-crypto), and vsftpd from Debian's too, which
// cannot be installed beside it: its package is unpacked into /opt/vsftpd (see .ci/run). Both run as whoever runs the test,
// on a port and with files of their own.

const VSFTPD = "/opt/vsftpd/usr/sbin/vsftpd";

export type FtpPeer = {
  port: number;
  user: string;
  /** The folder that the account sees, where the test puts files, and what it is called over FTP. */
  folder: string;
  root: string;
  restart(): Promise<void>;
  stop(): void;
};

export type FtpMode = {
  security: "none" | "explicit" | "implicit";
  certificate: Certificate | null;
  /** Whether each file's encryption has to resume that of the login. */
  isReuseRequired?: boolean;
};

export const FTP_PASSWORD = "una-contraseña.1";

/** vsftpd lets nobody but accounts of the system in, and whoever gives one of the passwords in a file. */
export async function startVsftpd(mode: FtpMode, ...options: string[]): Promise<FtpPeer> {
  needs(VSFTPD, "vsftpd, unpacked into /opt/vsftpd");
  return startServer("ftp", async (at, port) => {
    writeFileSync(join(at, "passwords"), `${FTP_PASSWORD}\n`);
    const config = [
      "listen=YES",
      "listen_address=127.0.0.1",
      `listen_port=${port}`,
      "background=NO",
      "run_as_launching_user=YES",
      "seccomp_sandbox=NO",
      "isolate_network=NO",
      "isolate=NO",
      "anonymous_enable=YES",
      "local_enable=NO",
      `ftp_username=${userInfo().username}`,
      `anon_root=${join(at, "files")}`,
      "secure_email_list_enable=YES",
      `email_password_file=${join(at, "passwords")}`,
      "anon_world_readable_only=NO",
      "write_enable=YES",
      "anon_upload_enable=YES",
      "anon_mkdir_write_enable=YES",
      "anon_other_write_enable=YES",
      "anon_umask=022",
      "allow_writeable_chroot=YES",
      "xferlog_enable=NO",
      ...(mode.certificate
        ? [
            "ssl_enable=YES",
            "allow_anon_ssl=YES",
            "force_anon_logins_ssl=YES",
            "force_anon_data_ssl=YES",
            `rsa_cert_file=${mode.certificate.certificate}`,
            `rsa_private_key_file=${mode.certificate.key}`,
            `require_ssl_reuse=${mode.isReuseRequired ? "YES" : "NO"}`,
            `implicit_ssl=${mode.security === "implicit" ? "YES" : "NO"}`,
            "ssl_ciphers=HIGH",
          ]
        : []),
      ...options,
    ];
    writeFileSync(join(at, "vsftpd.conf"), `${config.join("\n")}\n`);
    return [VSFTPD, join(at, "vsftpd.conf")];
  });
}

export async function startProFtpdFtp(mode: FtpMode, ...options: string[]): Promise<FtpPeer> {
  return startServer(PROFTPD_USER, async (at, port) => {
    writeProFtpdAccount(at, FTP_PASSWORD);
    const tlsOptions = [
      ...(mode.isReuseRequired ? [] : ["NoSessionReuseRequired"]),
      ...(mode.security === "implicit" ? ["UseImplicitSSL"] : []),
    ];
    return proFtpdCommand(at, port, "mod_tls.c", [
      "AllowOverwrite on",
      "AllowStoreRestart on",
      ...(mode.certificate
        ? [
            "TLSEngine on",
            `TLSLog ${join(at, "tls.log")}`,
            `TLSRSACertificateFile ${mode.certificate.certificate}`,
            `TLSRSACertificateKeyFile ${mode.certificate.key}`,
            "TLSRequired on",
            ...(tlsOptions.length > 0 ? [`TLSOptions ${tlsOptions.join(" ")}`] : []),
          ]
        : []),
      ...options,
    ]);
  });
}

async function startServer(user: string, command: (at: string, port: number) => Promise<string[]>): Promise<FtpPeer> {
  const at = mkdtempSync(join(tmpdir(), "ftpd-"));
  chmodSync(at, 0o755);
  const folder = join(at, "files");
  mkdirSync(folder);
  const port = await freePort();
  const started = await startProgram(port, await command(at, port));
  return {
    port,
    user,
    folder,
    root: user === PROFTPD_USER ? "/" : `${folder}/`,
    restart: started.restart,
    stop: () => {
      started.stop();
      rmSync(at, { recursive: true, force: true });
    },
  };
}
