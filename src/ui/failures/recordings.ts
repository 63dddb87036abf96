import type { Explanations } from "./explained";

type Code =
  | "not_there"
  | "not_allowed"
  | "busy"
  | "server_error"
  | "unexpected_answer"
  | "unreachable"
  | "timeout"
  | "redirects"
  | "empty"
  | "not_audio"
  | "truncated"
  | "interrupted"
  | "large"
  | "blocked_url"
  | "gone"
  | "too_large"
  | "no_link"
  | "gave_up"
  | "platform"
  | "unknown";

/** Why a recording could not be fetched. */
export const recordingFailures: Explanations<Code> = {
  en: {
    not_there: [
      "Likely the platform had not written the file yet, or its link has expired.",
      "Ask the platform for the file, then upload it or replay the notice.",
    ],
    not_allowed: [
      "Likely the link has expired, or the access to the platform is wrong.",
      "Enter the platform's access in the source's settings, then replay the notice.",
    ],
    busy: ["Likely too many recordings were asked for at once.", "Ask the platform to raise its limit."],
    server_error: ["Likely the platform's storage is down.", "Look at the platform's own state."],
    unexpected_answer: [
      "Likely the link is not one of a recording.",
      "Open the notice in the inbound log and compare.",
    ],
    unreachable: [
      "Likely the host name is misspelt, or the server takes no connections from outside.",
      "Check that the address of the recording is public.",
    ],
    timeout: ["Likely the server is too slow or stands behind a firewall.", "Check that it answers from outside."],
    redirects: ["Likely the link leads in a circle, to a sign-in page perhaps.", "Check the link without signing in."],
    empty: ["Likely nothing was recorded.", "Check that the platform records these calls."],
    not_audio: [
      "Likely the link leads to an error page or a sign-in page.",
      "Open the link without signing in, or enter the platform's access in the source's settings.",
    ],
    truncated: ["Likely the platform was still writing the file.", "Ask the platform for the whole file."],
    interrupted: ["Likely the connection to the platform broke off.", "Check the platform's network."],
    large: ["Likely it is a very long call.", "It is fetched by itself; wait for it."],
    blocked_url: [
      "The address is private, or not among the hosts that the source allows.",
      "Make it public, or add its host to the source's recording hosts.",
    ],
    gone: ["The platform removed the file for good.", "Upload a copy where you have one."],
    too_large: ["The file is larger than a recording may be.", "Upload a shorter or compressed copy."],
    no_link: [
      "Likely the platform sends no address of its recordings.",
      "Compare its template with the source's guide.",
    ],
    gave_up: ["Likely this deployment was stopped meanwhile.", "Replay the notice."],
    platform: ["The storage of this deployment failed.", "Replay the notice; if it fails again, report it."],
    unknown: ["The cause is not known.", "The inbound log shows what the platform sent."],
  },
  es: {
    not_there: [
      "Probablemente la plataforma aún no había escrito el archivo, o su enlace venció.",
      "Pida el archivo a la plataforma y cárguelo, o repita el aviso.",
    ],
    not_allowed: [
      "Probablemente el enlace venció, o el acceso a la plataforma está mal.",
      "Escriba el acceso a la plataforma en la configuración de la fuente y repita el aviso.",
    ],
    busy: ["Probablemente se pidieron demasiadas grabaciones a la vez.", "Pida a la plataforma que suba su límite."],
    server_error: [
      "Probablemente el almacenamiento de la plataforma está caído.",
      "Mire el estado de la propia plataforma.",
    ],
    unexpected_answer: [
      "Probablemente el enlace no es de una grabación.",
      "Abra el aviso en el registro de entrada y compare.",
    ],
    unreachable: [
      "Probablemente el nombre del host está mal escrito, o el servidor no acepta conexiones de fuera.",
      "Compruebe que la dirección de la grabación sea pública.",
    ],
    timeout: [
      "Probablemente el servidor es demasiado lento o está detrás de un firewall.",
      "Compruebe que responda desde fuera.",
    ],
    redirects: [
      "Probablemente el enlace da vueltas, quizá a una página de inicio de sesión.",
      "Pruebe el enlace sin iniciar sesión.",
    ],
    empty: ["Probablemente no se grabó nada.", "Compruebe que la plataforma grabe estas llamadas."],
    not_audio: [
      "Probablemente el enlace lleva a una página de error o de inicio de sesión.",
      "Abra el enlace sin iniciar sesión, o escriba el acceso a la plataforma en la configuración de la fuente.",
    ],
    truncated: [
      "Probablemente la plataforma todavía escribía el archivo.",
      "Pida a la plataforma el archivo completo.",
    ],
    interrupted: ["Probablemente se cortó la conexión con la plataforma.", "Revise la red de la plataforma."],
    large: ["Probablemente es una llamada muy larga.", "Se busca por sí sola; espérela."],
    blocked_url: [
      "La dirección es privada, o no está entre los hosts que la fuente permite.",
      "Hágala pública, o agregue su host a los hosts de grabaciones de la fuente.",
    ],
    gone: ["La plataforma eliminó el archivo para siempre.", "Cargue una copia si tiene una."],
    too_large: [
      "El archivo es más grande de lo que puede ser una grabación.",
      "Cargue una copia más corta o comprimida.",
    ],
    no_link: [
      "Probablemente la plataforma no envía la dirección de sus grabaciones.",
      "Compare su plantilla con la guía de la fuente.",
    ],
    gave_up: ["Probablemente esta instalación estuvo detenida entretanto.", "Repita el aviso."],
    platform: ["Falló el almacenamiento de esta instalación.", "Repita el aviso; si falla otra vez, infórmelo."],
    unknown: ["No se conoce la causa.", "El registro de entrada muestra lo que envió la plataforma."],
  },
};

export type RecordingCode = Code;
