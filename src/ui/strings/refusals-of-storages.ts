import type { Refusal } from "./refusals-of-actions";

/** What is refused of storages and their sources, as REFUSALS. */
export const REFUSALS_OF_STORAGES: readonly Refusal[] = [
  ["cannot be tried where no sidecar is set", "no se puede probar si no hay ningún archivo acompañante configurado"],
  [
    "is not of the format that the sidecar's name states",
    "no tiene el formato que indica el nombre del archivo acompañante",
  ],
  ["must be given again, since they would go to another place", "deben darse de nuevo, porque irían a otro lugar"],
  ["must be given again, since it would go to another place", "debe darse de nuevo, porque iría a otro lugar"],
  [
    "This source is of the storage {}: change, pause or delete the storage instead.",
    "Esta fuente es del almacenamiento {}: cambie, pause o elimine el almacenamiento.",
  ],
  ["must be given too: what is stored belongs to another one", "también debe darse: lo guardado es de otro"],
  ["is needed with what belongs to it", "hace falta junto con lo que le pertenece"],
];
