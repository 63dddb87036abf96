import { defineStrings } from "./define";

/** Storages that are servers of FTP, and campaigns that files name. */
export const ftpWords = defineStrings({
  en: {
    security: "Encryption",
    securityHint: "The password of a connection without encryption can be read on its way, and so can the recordings.",
    security_explicit: "FTPS, explicit (AUTH TLS)",
    security_implicit: "FTPS, implicit",
    security_none: "None",
    portHintFtp: "Empty for 21, and for 990 with implicit FTPS.",
    passwordKeptFtp: "Leave empty to keep what is stored. Another host, port, user or encryption needs it again.",
    connectionFtp: "FTP server",
    hostNeotel: "FTP server of the recordings",
    campaigns: "Campaigns by name",
    campaignsHint:
      "What names of files or rows call a campaign = its number or id, one a line. Others belong to the campaign above.",
  },
  es: {
    security: "Cifrado",
    securityHint: "Sin cifrado, la contraseña y las grabaciones se pueden leer en el camino.",
    security_explicit: "FTPS explícito (AUTH TLS)",
    security_implicit: "FTPS implícito",
    security_none: "Ninguno",
    portHintFtp: "Vacío para el 21, y para el 990 con FTPS implícito.",
    passwordKeptFtp:
      "Déjela vacía para conservar la guardada. Otro host, puerto, usuario o cifrado la necesita de nuevo.",
    connectionFtp: "Servidor FTP",
    hostNeotel: "Servidor FTP de las grabaciones",
    campaigns: "Campañas por nombre",
    campaignsHint:
      "Cómo los nombres de archivo o las filas llaman a una campaña = su número o id, una por línea. Las demás llamadas van a la campaña de arriba.",
  },
});
