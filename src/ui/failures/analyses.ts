import type { Explanations } from "./explained";

type Code =
  | "too_long"
  | "unsupported_format"
  | "corrupt"
  | "empty"
  | "unreadable"
  | "unknown_engine"
  | "platform"
  | "not_scored"
  | "crashed"
  | "unknown";

/** Why a recording could not be analysed. */
export const analysisFailures: Explanations<Code> = {
  en: {
    too_long: ["The recording is longer than is analysed.", "Nothing to do: the call itself is complete."],
    unsupported_format: [
      "Likely the platform records in a format that is not read here.",
      "Choose WAV, MP3, M4A, Ogg, FLAC, WebM or AMR for recordings at the platform.",
    ],
    not_scored: [
      "The platform analysed the call and gave no scores; its own reason is on the page of the call.",
      "Have the call analysed again there where the reason is one that passes.",
    ],
    corrupt: ["Likely the platform had not finished the file.", "Listen to it; replay the notice where it is broken."],
    empty: ["Likely nothing was recorded.", "Check that the platform records both sides."],
    unreadable: ["Likely the storage of this deployment was interrupted.", "Replay the notice of the call."],
    unknown_engine: ["It was begun by another version of Trunkline.", "Replay the notice of the call."],
    platform: ["The storage of this deployment failed.", "Replay the notice; if it fails again, report it."],
    crashed: ["Likely the recording takes more memory or time than there is.", "Report it with the call's id."],
    unknown: ["The cause is not known.", "Report it with the call's id."],
  },
  es: {
    too_long: ["La grabación dura más de lo que se analiza.", "No hay nada que hacer: la llamada misma está completa."],
    unsupported_format: [
      "Probablemente la plataforma graba en un formato que aquí no se lee.",
      "Elija WAV, MP3, M4A, Ogg, FLAC, WebM o AMR para las grabaciones en la plataforma.",
    ],
    not_scored: [
      "La plataforma analizó la llamada y no dio puntuaciones; su motivo está en la página de la llamada.",
      "Haga que se analice otra vez allí si el motivo es pasajero.",
    ],
    corrupt: [
      "Probablemente la plataforma no había terminado el archivo.",
      "Escúchelo; repita el aviso si está dañado.",
    ],
    empty: ["Probablemente no se grabó nada.", "Compruebe que la plataforma grabe los dos lados."],
    unreadable: [
      "Probablemente se interrumpió el almacenamiento de esta instalación.",
      "Repita el aviso de la llamada.",
    ],
    unknown_engine: ["Lo empezó otra versión de Trunkline.", "Repita el aviso de la llamada."],
    platform: ["Falló el almacenamiento de esta instalación.", "Repita el aviso; si falla otra vez, infórmelo."],
    crashed: [
      "Probablemente la grabación necesita más memoria o tiempo del que hay.",
      "Infórmelo con el ID de la llamada.",
    ],
    unknown: ["No se conoce la causa.", "Infórmelo con el ID de la llamada."],
  },
};
