import { startVsftpd } from "./ftp-servers.ts";
import { ftpSuite } from "./ftp-suite.ts";

ftpSuite("vsftpd", startVsftpd);
