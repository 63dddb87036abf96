export { homeRoutes } from "./home";
