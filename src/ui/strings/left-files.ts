import { defineStrings } from "./define";

/** Files that a storage's looks leave, and storages that look into the same folder. */
export const leftWords = defineStrings({
  en: {
    title: "Files that no look takes in",
    lastLook: "As of the last look",
    allLooks: "Since everything was listed. Sync now lists everything anew.",
    empty: (count: string) =>
      count === "1"
        ? "1 file is empty (0 bytes). It is taken in once it has content; delete it if nothing is writing it any more."
        : `${count} files are empty (0 bytes). Each is taken in once it has content; delete those that nothing is writing any more.`,
    taken: (count: string) =>
      count === "1"
        ? "1 file was taken in before and lies there again, unchanged. Delete it or, if it is to be a call of its own, put it there as a new file, under another name."
        : `${count} files were taken in before and lie there again, unchanged. Delete them or, if they are to be calls of their own, put them there as new files, under other names.`,
    names: "Their names",
    someNames: (count: string) => `The names of ${count} of them`,
    samePlaceTitle: "Is this folder looked into twice?",
    samePlace: (count: string) =>
      count === "1"
        ? "This storage looks into the same folder, or one folder lies in the other:"
        : "These storages look into the same folder, or one folder lies in the other:",
    samePlaceText:
      "Each recording there would become two calls, or be moved away by one storage before the other finds it. Nothing is wrong with it where no file is of the patterns of both.",
    samePlaceGo: "It is meant so: look there too",
  },
  es: {
    title: "Archivos que ninguna consulta importa",
    lastLook: "Según la última consulta",
    allLooks: "Desde que se listó todo. Sincronizar ahora vuelve a listar todo.",
    empty: (count: string) =>
      count === "1"
        ? "1 archivo está vacío (0 bytes). Se importa en cuanto tenga contenido; elimínelo si ya nada lo está escribiendo."
        : `${count} archivos están vacíos (0 bytes). Cada uno se importa en cuanto tenga contenido; elimine los que ya nada está escribiendo.`,
    taken: (count: string) =>
      count === "1"
        ? "1 archivo ya se importó y está allí otra vez, sin cambios. Elimínelo o, si debe ser una llamada propia, déjelo como archivo nuevo, con otro nombre."
        : `${count} archivos ya se importaron y están allí otra vez, sin cambios. Elimínelos o, si deben ser llamadas propias, déjelos como archivos nuevos, con otros nombres.`,
    names: "Sus nombres",
    someNames: (count: string) => `Los nombres de ${count} de ellos`,
    samePlaceTitle: "¿Se consulta dos veces esta carpeta?",
    samePlace: (count: string) =>
      count === "1"
        ? "Este almacenamiento consulta la misma carpeta, o una carpeta está dentro de la otra:"
        : "Estos almacenamientos consultan la misma carpeta, o una carpeta está dentro de la otra:",
    samePlaceText:
      "Cada grabación de allí se convertiría en dos llamadas, o un almacenamiento la movería antes de que el otro la encuentre. No hay nada malo en ello si ningún archivo es de los patrones de ambos.",
    samePlaceGo: "Es a propósito: consultar también allí",
  },
});
