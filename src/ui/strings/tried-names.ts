import { defineStrings } from "./define";

/** Names of files that are tried before anything is saved. */
export const triedWords = defineStrings({
  en: {
    tryNames: "Try on names",
    samples: "Names of files",
    samplesHint: "One a line, up to 20, as they lie in the import path. Nothing is saved.",
    patternsWrong: "Correct the file patterns first.",
    namingWrong: "Correct the facts in names first: known fields in braces, each once, with something between them.",
  },
  es: {
    tryNames: "Probar con nombres",
    samples: "Nombres de archivos",
    samplesHint: "Uno por línea, hasta 20, como están en la ruta de importación. No se guarda nada.",
    patternsWrong: "Corrija primero los patrones de archivos.",
    namingWrong:
      "Corrija primero los datos en los nombres: campos conocidos entre llaves, cada uno una vez y con algo entre ellos.",
  },
});
