import type { Child } from "hono/jsx";
import type { View } from "../view";
import { Brand } from "./brand";
import { Document } from "./document";
import { Foot } from "./foot";

/** A page of one narrow panel without navigation: sign-in, invitations, first steps. */
export function BarePage({ view, title, children }: { view: View; title: string; children?: Child }) {
  return (
    <Document view={view} title={title}>
      <div class="bare">
        <header>
          <Brand href="/" />
        </header>
        <main id="content" class="panel bare-panel" tabindex={-1}>
          <h1>{title}</h1>
          {children}
        </main>
        <Foot view={view} />
      </div>
    </Document>
  );
}
