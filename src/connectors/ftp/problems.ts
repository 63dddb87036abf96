/** What can go wrong with a server that is spoken to over FTP, in both languages, beside what SFTP shares with it. */
export const FTP_PROBLEMS = {
  wrong_password: {
    en: {
      cause: "The server does not accept the user with this password.",
      remedy: "Check the user name and give the password again. It may have expired, or the account be locked.",
    },
    es: {
      cause: "El servidor no acepta al usuario con esta contraseña.",
      remedy:
        "Compruebe el nombre de usuario e indique de nuevo la contraseña. Puede haber vencido, o la cuenta estar bloqueada.",
    },
  },
  not_ftp: {
    en: {
      cause: "What answers at this host and port is no FTP server, or breaks off in the middle of its protocol.",
      remedy:
        "Verify host, port and encryption: implicit FTPS answers at port 990, everything else at 21. SFTP (port 22) is another protocol.",
    },
    es: {
      cause: "Lo que responde en este host y puerto no es un servidor FTP, o se corta en medio de su protocolo.",
      remedy:
        "Verifique el host, el puerto y el cifrado: FTPS implícito responde en el puerto 990, lo demás en el 21. SFTP (puerto 22) es otro protocolo.",
    },
  },
  no_encryption: {
    en: {
      cause: "Encryption was chosen and the server gives none, or the server asks for it and none was chosen.",
      remedy: "Choose the encryption that the server offers, or have its administrator switch TLS on for this account.",
    },
    es: {
      cause: "Se eligió cifrado y el servidor no lo ofrece, o el servidor lo pide y no se eligió ninguno.",
      remedy: "Elija el cifrado que ofrece el servidor, o pida al administrador que active TLS para esta cuenta.",
    },
  },
  untrusted_certificate: {
    en: {
      cause:
        "The encryption could not be set up: the server's certificate is not to be trusted, or is of another name.",
      remedy:
        "Give the server a certificate of a public authority for the host name that stands here. Self-signed ones cannot be accepted.",
    },
    es: {
      cause:
        "No se pudo establecer el cifrado: el certificado del servidor no es de confianza o corresponde a otro nombre.",
      remedy:
        "Instale en el servidor un certificado de una autoridad pública para el nombre de host indicado aquí. Los autofirmados no se pueden aceptar.",
    },
  },
  session_reuse: {
    en: {
      cause:
        "The server demands that the encryption of each file resumes that of the login. The platform that Trunkline runs on cannot do that.",
      remedy:
        "Switch the demand off on the server: require_ssl_reuse=NO in vsftpd, TLSOptions NoSessionReuseRequired in ProFTPD. Or use SFTP.",
    },
    es: {
      cause:
        "El servidor exige que el cifrado de cada archivo reanude el del inicio de sesión. La plataforma en la que corre Trunkline no puede hacerlo.",
      remedy:
        "Desactive esa exigencia en el servidor: require_ssl_reuse=NO en vsftpd, TLSOptions NoSessionReuseRequired en ProFTPD. O use SFTP.",
    },
  },
  no_data_connection: {
    en: {
      cause: "The server lets the user in, but no connection for its files came about.",
      remedy:
        "Open the server's passive ports in its firewall. Trunkline connects to the same address as for the login, at the port that the server names.",
    },
    es: {
      cause: "El servidor deja entrar al usuario, pero no se pudo abrir la conexión para sus archivos.",
      remedy:
        "Abra los puertos pasivos del servidor en su cortafuegos. Trunkline se conecta a la misma dirección que para entrar, en el puerto que el servidor indica.",
    },
  },
  too_many_sessions: {
    en: {
      cause: "The server takes no more connections of this account now.",
      remedy: "Nothing to do: the next look waits longer. If it goes on, have the account allowed more connections.",
    },
    es: {
      cause: "El servidor no acepta más conexiones de esta cuenta por ahora.",
      remedy:
        "No hay nada que hacer: la próxima consulta espera más. Si continúa, pida que la cuenta admita más conexiones.",
    },
  },
  unreadable_listing: {
    en: {
      cause: "The server lists its files in a form that is not known here.",
      remedy: "Switch MLSD on on the server, or its listing to the Unix or the MS-DOS style.",
    },
    es: {
      cause: "El servidor lista sus archivos en una forma que aquí no se conoce.",
      remedy: "Active MLSD en el servidor, o su listado en el estilo Unix o MS-DOS.",
    },
  },
} as const;
