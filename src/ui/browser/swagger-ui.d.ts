declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** Shows a document in an element. Options: https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration */
  const show: (options: Record<string, string | number | boolean | null>) => void;
  // oxlint-disable-next-line import/no-default-export -- so the package has it
  export default show;
}
declare module "*.css";
