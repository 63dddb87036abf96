import type { Refusal } from "./refusals-of-actions";

/** What is said of engines and of what is asked of them. */
export const REFUSALS_OF_ENGINES: readonly Refusal[] = [
  ["An engine of Trunkline has the name {}.", "Un motor de Trunkline tiene el nombre {}."],
  ["There is an engine of the name {} already.", "Ya hay un motor con el nombre {}."],
  ["There is no engine of the name {}.", "No hay un motor con el nombre {}."],
  ["The engine cannot be asked for {}.", "Al motor no se le puede pedir {}."],
  ["An engine of this kind has no models to choose from.", "Un motor de este tipo no tiene modelos para elegir."],
  ["A scale goes from less to more.", "Una escala va de menos a más."],
  ["Only engines of the kind llm are asked for scores.", "Solo a los motores del tipo llm se les piden puntajes."],
  ["An OpenAI-compatible server needs its address.", "Un servidor compatible con OpenAI necesita su dirección."],
  ["the engine has no key to sign with", "el motor no tiene clave con que firmar"],
  ["the answer is no chat completion", "la respuesta no es una chat completion"],
  ["the answer has no response", "la respuesta no tiene response"],
  ["the answer is no JSON", "la respuesta no es JSON"],
  ["the answer is none of Deepgram's", "la respuesta no es de las de Deepgram"],
  ["the answer is no verbose_json", "la respuesta no es verbose_json"],
  ["the answer has over {} bytes", "la respuesta tiene más de {} bytes"],
  ["no answer within {} seconds", "sin respuesta en {} segundos"],
  ["no answer", "sin respuesta"],
  ["it was deleted, or this deployment does not have it", "se borró, o esta instalación no lo tiene"],
  ["it has no address", "no tiene dirección"],
  ["{} words in {} ms", "{} palabras en {} ms"],
  ["word times that are not in the piece", "tiempos de palabras que no están en el fragmento"],
  ["An engine is at work on this call already.", "Un motor ya trabaja en esta llamada."],
  [
    "This call is measured by the present version of the built-in engine already.",
    "La versión actual del motor incorporado ya midió esta llamada.",
  ],
  ["Engines were asked too often about this call.", "Se consultó a los motores demasiadas veces por esta llamada."],
];
