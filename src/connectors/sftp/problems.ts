/** What can go wrong with a server that is spoken to over SSH, in both languages. */
export const SSH_PROBLEMS = {
  host_key_unknown: {
    en: {
      cause: "The server's host key was not confirmed yet. Nothing was sent to the server that proves who asks.",
      remedy: "Compare the host key with the one that the server's administrator gives you, and confirm it.",
    },
    es: {
      cause: "La clave de host del servidor todavía no se confirmó. No se le envió nada que pruebe quién pregunta.",
      remedy: "Compare la clave de host con la que le da el administrador del servidor y confírmela.",
    },
  },
  host_key_changed: {
    en: {
      cause: "The server shows another host key than the one that was confirmed. The storage is no longer looked into.",
      remedy:
        "Ask the server's administrator whether its key was changed. Confirm the new one only if so: another server may answer in its place.",
    },
    es: {
      cause: "El servidor muestra otra clave de host que la confirmada. El almacenamiento ya no se consulta.",
      remedy:
        "Pregunte al administrador si cambió la clave del servidor. Confirme la nueva solo en ese caso: otro servidor puede estar respondiendo en su lugar.",
    },
  },
  wrong_login: {
    en: {
      cause: "The server does not accept the user with this password or key.",
      remedy:
        "Check the user name and give the password or the private key again. A key's public half must be among the account's authorized keys.",
    },
    es: {
      cause: "El servidor no acepta al usuario con esta contraseña o clave.",
      remedy:
        "Compruebe el nombre de usuario e indique de nuevo la contraseña o la clave privada. La parte pública de una clave debe estar entre las autorizadas de la cuenta.",
    },
  },
  not_ssh: {
    en: {
      cause: "What answers at this host and port is no SSH server, or breaks off in the middle of its protocol.",
      remedy: "Verify host and port. SFTP is not FTP: its usual port is 22, not 21.",
    },
    es: {
      cause: "Lo que responde en este host y puerto no es un servidor SSH, o se corta en medio de su protocolo.",
      remedy: "Verifique el host y el puerto. SFTP no es FTP: su puerto habitual es el 22, no el 21.",
    },
  },
  no_algorithm: {
    en: {
      cause: "The server and Trunkline have no algorithm in common.",
      remedy:
        "Allow curve25519-sha256 or ecdh-sha2-nistp256, AES in GCM or CTR mode, and a host key of Ed25519, ECDSA or RSA with SHA-2 on the server.",
    },
    es: {
      cause: "El servidor y Trunkline no tienen ningún algoritmo en común.",
      remedy:
        "Permita en el servidor curve25519-sha256 o ecdh-sha2-nistp256, AES en modo GCM o CTR, y una clave de host Ed25519, ECDSA o RSA con SHA-2.",
    },
  },
  no_sftp: {
    en: {
      cause: "The server lets the user in, and gives no SFTP.",
      remedy: "Have the server's administrator allow SFTP for this account.",
    },
    es: {
      cause: "El servidor deja entrar al usuario, pero no le da SFTP.",
      remedy: "Pida al administrador del servidor que permita SFTP a esta cuenta.",
    },
  },
  wrong_folder: {
    en: {
      cause: "There is no folder of this name on the server.",
      remedy:
        "Check the import path. With a slash in front it begins at the server's root, else where the user logs in.",
    },
    es: {
      cause: "No hay ninguna carpeta con este nombre en el servidor.",
      remedy:
        "Compruebe la ruta de importación. Con una barra delante empieza en la raíz del servidor; si no, donde entra el usuario.",
    },
  },
  no_permission: {
    en: {
      cause: "The server refuses this account what is needed here.",
      remedy: "Give the account the right to read the import path and, where files are moved, to write to both paths.",
    },
    es: {
      cause: "El servidor niega a esta cuenta lo que hace falta aquí.",
      remedy:
        "Dé a la cuenta el derecho de leer la ruta de importación y, si los archivos se mueven, de escribir en ambas rutas.",
    },
  },
  server_unreachable: {
    en: {
      cause: "No connection to the server could be made, or it broke off.",
      remedy:
        "Ensure network connectivity: host and port must be reachable from the internet. Behind a firewall they are not.",
    },
    es: {
      cause: "No se pudo establecer una conexión con el servidor, o se cortó.",
      remedy:
        "Asegure la conectividad: el host y el puerto deben ser accesibles desde internet. Detrás de un cortafuegos no lo son.",
    },
  },
  blocked_host: {
    en: {
      cause: "The host is one that may not be connected to from here.",
      remedy: "Use a host that is reachable from the internet.",
    },
    es: {
      cause: "No se puede conectar con este host desde aquí.",
      remedy: "Use un host accesible desde internet.",
    },
  },
  link: {
    en: {
      cause: "It is a link to another file. Links are not followed.",
      remedy: "Put the file itself into the import path.",
    },
    es: {
      cause: "Es un enlace a otro archivo. Los enlaces no se siguen.",
      remedy: "Ponga el archivo mismo en la ruta de importación.",
    },
  },
} as const;
