import { Hono } from "hono";
import { pageAnswer } from "../ui/layout/page";
import type { View } from "../ui/view";
import { ComponentPage } from "./component-page";
import { BareSample, ConfirmationSample } from "./sample-pages";

/** `/dashboard/components`: in development only, as if it were not there elsewhere. */
export function componentRoutes<Bindings extends object>(viewOf: (request: Request, env: Bindings) => View) {
  return new Hono<{ Bindings: Bindings }>()
    .get("/dashboard/components", (c) => {
      const view = viewOf(c.req.raw, c.env);
      return view.isLocal ? pageAnswer(<ComponentPage view={view} />) : c.notFound();
    })
    .get("/dashboard/components/bare", (c) => {
      const view = viewOf(c.req.raw, c.env);
      return view.isLocal ? pageAnswer(<BareSample view={view} />) : c.notFound();
    })
    .get("/dashboard/components/confirmation", (c) => {
      const view = viewOf(c.req.raw, c.env);
      return view.isLocal ? pageAnswer(<ConfirmationSample view={view} />) : c.notFound();
    });
}
