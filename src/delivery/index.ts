/** Telling subscribers: endpoints, who hears what, and the object that sends it in order until it is taken. */
export * from "./contract";
export * from "./endpoints";
export { fanOut, hears, enqueuedEventOf, type Consignment } from "./fan-out";
export * from "./hold";
export { endpointObjects, type EndpointObjects } from "./objects";
