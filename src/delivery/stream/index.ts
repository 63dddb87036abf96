/** The events of an organization as they happen, for those who listen. */
export { eventStreams, type EventStreams } from "./client";
export { permissionsFor, type Listener } from "./listener";
export { listenedTo, type ListenedTo } from "./listeners";
