import { defineStrings } from "./define";

/** Files that lie beside recordings and say what is known of their calls. */
export const sidecarWords = defineStrings({
  en: {
    sidecar: "Sidecar file",
    sidecarHint:
      "{name}.json is a.json beside a.wav; {file}.xml is a.wav.xml. It ends in .json, .xml or .csv. Empty: there is none.",
    sidecarFields: "Facts in the sidecar",
    sidecarFieldsHint:
      "A fact = where it is, one a line: from = parties.0.number, direction = kind. In XML @id is an attribute, in CSV a name is that of a column. Facts are those that names of files can give, and tags, and custom[…] for anything else.",
    sidecarWait: "Wait for the sidecar, in minutes",
    sidecarWaitHint:
      "After that the recording comes in without it. What a later one says is added to its call, for 30 days.",
    sidecarSample: "A sidecar to try",
    sidecarSampleHint: "The text of one, as it lies beside a recording. Nothing is saved.",
    sidecarWrong: "This is not of the format that the sidecar's name states.",
    sidecarRuleWrong: "Correct the sidecar's name and facts first.",
    sidecarGives: "From the sidecar",
    sidecarSkipped: "sidecar",
  },
  es: {
    sidecar: "Archivo acompañante",
    sidecarHint:
      "{name}.json es a.json junto a a.wav; {file}.xml es a.wav.xml. Termina en .json, .xml o .csv. Vacío: no hay ninguno.",
    sidecarFields: "Datos en el acompañante",
    sidecarFieldsHint:
      "Un dato = dónde está, uno por línea: from = parties.0.number, direction = kind. En XML @id es un atributo; en CSV el nombre es el de una columna. Son los datos que pueden dar los nombres de archivo, además tags (etiquetas) y custom[…] para lo demás.",
    sidecarWait: "Espera del acompañante, en minutos",
    sidecarWaitHint:
      "Después la grabación entra sin él. Lo que diga uno posterior se agrega a su llamada, durante 30 días.",
    sidecarSample: "Un acompañante de prueba",
    sidecarSampleHint: "El texto de uno, como está junto a una grabación. No se guarda nada.",
    sidecarWrong: "Esto no tiene el formato que indica el nombre del acompañante.",
    sidecarRuleWrong: "Corrija primero el nombre y los datos del acompañante.",
    sidecarGives: "Del acompañante",
    sidecarSkipped: "acompañante",
  },
});
