import { defineStrings } from "./define";

/** The player of recordings. */
export const playerWords = defineStrings({
  en: {
    recording: "Recording",
    playPause: "Play or pause",
    position: "Position in seconds",
    speed: "Speed",
    skipSilence: "Skip silence",
    copyPlace: "Copy link to here",
    copied: "Copied",
    unplayable: "This browser cannot play the recording.",
    download: "Download the recording",
    unreachable:
      "The recording could not be loaded. Likely the connection broke off, or its file is gone from the storage. Load the page again.",
    keyPlay: "play",
    keySeek: "5 seconds",
    keyTurns: "turns",
    keySpeed: "speed",
    keyPart: "start to 90%",
    volumeOf: (name: string) => `Volume of ${name}`,
  },
  es: {
    recording: "Grabación",
    playPause: "Reproducir o pausar",
    position: "Posición en segundos",
    speed: "Velocidad",
    skipSilence: "Saltar silencios",
    copyPlace: "Copiar enlace a este punto",
    copied: "Copiado",
    unplayable: "Este navegador no puede reproducir la grabación.",
    download: "Descargar la grabación",
    unreachable:
      "La grabación no se pudo cargar. Probablemente se cortó la conexión, o su archivo ya no está en el almacenamiento. Vuelva a cargar la página.",
    keyPlay: "reproducir",
    keySeek: "5 segundos",
    keyTurns: "turnos",
    keySpeed: "velocidad",
    keyPart: "inicio a 90 %",
    volumeOf: (name: string) => `Volumen de ${name}`,
  },
});
