/** Test receivers, and the address of each. */
export { receivingRoutes } from "./receive";
export { testReceiverRoutes } from "./resource";
