export * from "./answers";
export * from "./asked";
export * from "./definition";
export * from "./effects";
export * from "./score";
export * from "./scorecards";
