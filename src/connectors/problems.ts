import { FTP_PROBLEMS } from "./ftp/problems";
import { NEOTEL_PROBLEMS } from "./neotel/problems";
import { ONEDRIVE_PROBLEMS } from "./onedrive/problems";
import { SSH_PROBLEMS } from "./sftp/problems";

/**
 * Everything that can go wrong with a storage, with its likely cause and what to do, in both languages. The first four
 * remedies are those that AuthentiVoice prints under "Files not importing from S3".
 */
type Words = { cause: string; remedy: string };

export const PROBLEMS = {
  ...SSH_PROBLEMS,
  ...FTP_PROBLEMS,
  ...NEOTEL_PROBLEMS,
  ...ONEDRIVE_PROBLEMS,
  wrong_key: {
    en: {
      cause: "The storage does not know the access key.",
      remedy: "Verify the credentials: copy the access key again, or make a new one in the storage.",
    },
    es: {
      cause: "El almacenamiento no conoce la clave de acceso.",
      remedy: "Verifique las credenciales: copie de nuevo la clave de acceso o cree otra en el almacenamiento.",
    },
  },
  wrong_secret: {
    en: {
      cause: "The secret key does not belong to the access key.",
      remedy: "Verify the credentials: copy the secret key again, whole and without blanks.",
    },
    es: {
      cause: "La clave secreta no corresponde a la clave de acceso.",
      remedy: "Verifique las credenciales: copie de nuevo la clave secreta, entera y sin espacios.",
    },
  },
  access_denied: {
    en: {
      cause: "The storage refuses this access key what is needed here.",
      remedy:
        "Check that the bucket policy allows s3:ListBucket and s3:GetObject, and where files are moved s3:PutObject and s3:DeleteObject.",
    },
    es: {
      cause: "El almacenamiento niega a esta clave de acceso lo que hace falta aquí.",
      remedy:
        "Compruebe que la política del bucket permita s3:ListBucket y s3:GetObject y, si los archivos se mueven, s3:PutObject y s3:DeleteObject.",
    },
  },
  unreachable: {
    en: {
      cause: "No connection to the storage could be made.",
      remedy:
        "Ensure network connectivity: the storage must be reachable from the internet under this endpoint. One behind a firewall is not.",
    },
    es: {
      cause: "No se pudo establecer una conexión con el almacenamiento.",
      remedy:
        "Asegure la conectividad: el almacenamiento debe ser accesible desde internet con este endpoint. Detrás de un cortafuegos no lo es.",
    },
  },
  not_s3: {
    en: {
      cause: "What answers at the endpoint is no S3 storage.",
      remedy: "Verify the endpoint URL. MinIO answers at its API port (usually 9000), not at its console's (9001).",
    },
    es: {
      cause: "Lo que responde en el endpoint no es un almacenamiento S3.",
      remedy:
        "Verifique la URL del endpoint. MinIO responde en el puerto de su API (normalmente 9000), no en el de su consola (9001).",
    },
  },
  wrong_bucket: {
    en: {
      cause: "There is no bucket of this name.",
      remedy: "Check the bucket's name, and that it is at this endpoint.",
    },
    es: {
      cause: "No hay ningún bucket con este nombre.",
      remedy: "Compruebe el nombre del bucket y que esté en este endpoint.",
    },
  },
  wrong_region: {
    en: { cause: "The bucket is in another region.", remedy: "Enter the bucket's region." },
    es: { cause: "El bucket está en otra región.", remedy: "Indique la región del bucket." },
  },
  clock: {
    en: {
      cause: "The clock of the storage differs from ours by more than it allows.",
      remedy: "Set the storage server's clock by a time server (NTP).",
    },
    es: {
      cause: "El reloj del almacenamiento difiere del nuestro más de lo que admite.",
      remedy: "Ajuste el reloj del servidor de almacenamiento con un servidor de hora (NTP).",
    },
  },
  blocked: {
    en: {
      cause: "The endpoint is an address that may not be asked from here.",
      remedy: "Use an https address that is reachable from the internet.",
    },
    es: {
      cause: "El endpoint es una dirección que no se puede consultar desde aquí.",
      remedy: "Use una dirección https accesible desde internet.",
    },
  },
  slow_down: {
    en: { cause: "The storage asks for fewer requests.", remedy: "Nothing to do: the next look waits longer." },
    es: {
      cause: "El almacenamiento pide menos solicitudes.",
      remedy: "No hay nada que hacer: la próxima consulta espera más.",
    },
  },
  storage_error: {
    en: {
      cause: "The storage answered with an error of its own.",
      remedy: "Look into the storage's own log if it goes on.",
    },
    es: {
      cause: "El almacenamiento respondió con un error propio.",
      remedy: "Consulte el registro del almacenamiento si continúa.",
    },
  },
  unreadable_list: {
    en: {
      cause: "The storage's list of files cannot be read.",
      remedy: "Verify the endpoint URL, and that the storage speaks S3's list of version 2.",
    },
    es: {
      cause: "No se puede leer la lista de archivos del almacenamiento.",
      remedy: "Verifique la URL del endpoint y que el almacenamiento hable la lista de S3 en su versión 2.",
    },
  },
  endless_list: {
    en: {
      cause: "The storage's list of files leads to the same page again.",
      remedy: "Choose a smaller import path, or look into the storage's log.",
    },
    es: {
      cause: "La lista de archivos del almacenamiento vuelve a la misma página.",
      remedy: "Elija una ruta de importación más pequeña o consulte el registro del almacenamiento.",
    },
  },
  not_audio: {
    en: {
      cause: "The file is no audio, whatever its name says.",
      remedy: "Replace the file, or remove it from the import path. It was left where it is.",
    },
    es: {
      cause: "El archivo no es audio, diga lo que diga su nombre.",
      remedy: "Reemplace el archivo o quítelo de la ruta de importación. Se dejó donde está.",
    },
  },
  too_large: {
    en: {
      cause: "The file is larger than recordings may be.",
      remedy: "Split the file. It was left where it is.",
    },
    es: {
      cause: "El archivo es más grande de lo que puede ser una grabación.",
      remedy: "Divida el archivo. Se dejó donde está.",
    },
  },
  bad_name: {
    en: {
      cause: "The file's name holds a step out of its folder, or control characters.",
      remedy: "Rename the file. It was left where it is.",
    },
    es: {
      cause: "El nombre del archivo sale de su carpeta o contiene caracteres de control.",
      remedy: "Cambie el nombre del archivo. Se dejó donde está.",
    },
  },
  interrupted: {
    en: {
      cause: "The file broke off on its way, several times.",
      remedy: "Check the connection of the storage. The file is tried again when it is replaced.",
    },
    es: {
      cause: "El archivo se cortó en el camino, varias veces.",
      remedy: "Compruebe la conexión del almacenamiento. El archivo se intenta de nuevo al reemplazarlo.",
    },
  },
  source_gone: {
    en: {
      cause: "The source that the connector's calls belong to was deleted or is paused.",
      remedy: "Resume the source of the same name, or make the connector anew.",
    },
    es: {
      cause: "La fuente a la que pertenecen las llamadas del conector se eliminó o está en pausa.",
      remedy: "Reanude la fuente del mismo nombre o cree el conector de nuevo.",
    },
  },
  late: {
    en: {
      cause: "The recording that a row names did not come in the time that there is for it.",
      remedy: "Check that recordings are copied to the server, and the path of the audio. Then try it again.",
    },
    es: {
      cause: "La grabación que nombra una fila no llegó en el tiempo previsto.",
      remedy: "Compruebe que las grabaciones se copien al servidor, y la ruta del audio. Después reintente.",
    },
  },
  gone: {
    en: { cause: "The file vanished before it was taken in.", remedy: "Nothing to do if that was wanted." },
    es: {
      cause: "El archivo desapareció antes de ser importado.",
      remedy: "No hay nada que hacer si eso era lo deseado.",
    },
  },
  changed: {
    en: {
      cause: "The file was replaced while it was taken in.",
      remedy: "Nothing to do: the new one is taken in next.",
    },
    es: {
      cause: "El archivo se reemplazó mientras se importaba.",
      remedy: "No hay nada que hacer: a continuación se importa el nuevo.",
    },
  },
} as const satisfies Record<string, Record<"en" | "es", Words>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A problem in words: likely cause and remedy. A code of a later version has none. */
export function explainProblem(code: string, language: "en" | "es" = "en"): Words | undefined {
  return code in PROBLEMS ? PROBLEMS[code as ProblemCode][language] : undefined;
}
