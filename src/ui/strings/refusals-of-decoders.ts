import type { Refusal } from "./refusals-of-actions";

/** What a decoder says of a recording that it cannot read (analysis/decode). */
export const REFUSALS_OF_DECODERS: readonly Refusal[] = [
  ["no bytes", "no hay bytes"],
  ["no audio samples", "no hay muestras de audio"],
  ["MP3 in free format", "MP3 en formato libre"],
  ["the MP3 decoder trapped", "el decodificador de MP3 se detuvo"],
  ["no MPEG audio frames", "no hay tramas de audio MPEG"],
  ["fmt chunk of {} bytes", "bloque fmt de {} bytes"],
  ["WAV with {} channels", "WAV con {} canales"],
  ["WAV at {} Hz", "WAV a {} Hz"],
  ["WAV with {}, {} bits", "WAV con {}, {} bits"],
  ["empty fmt chunk", "bloque fmt vacío"],
  ["data chunk before fmt chunk", "bloque data antes del bloque fmt"],
  ["WAV ends before its data chunk", "el WAV termina antes de su bloque data"],
  ["{}: the decoder trapped", "{}: el decodificador se detuvo"],
  ["{}: the sound cannot be decoded", "{}: el sonido no se puede decodificar"],
  ["{}: most of the sound cannot be decoded", "{}: la mayor parte del sonido no se puede decodificar"],
  ["{}: its header cannot be read", "{}: su encabezado no se puede leer"],
  ["{}: the sample rate changes from {} to {} Hz", "{}: la frecuencia de muestreo cambia de {} a {} Hz"],
  ["{} without a sound track", "{} sin pista de sonido"],
  ["{} with more than 8 channels", "{} con más de 8 canales"],
  ["the headers point back and forth without end", "los encabezados apuntan de uno a otro sin fin"],
  [
    "a file over 32 MiB, on a runtime that cannot wait for reads",
    "un archivo de más de 32 MiB, donde no se puede esperar a las lecturas",
  ],
];
