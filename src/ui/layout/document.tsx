import type { Child } from "hono/jsx";
import { assets } from "#assets";
import { localeOf } from "../language";
import type { View } from "../view";

/** A whole page. */
export function Document(props: { view: View; title: string; children?: Child }) {
  const { view, title, children } = props;
  return (
    <html lang={localeOf(view.language)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Trunkline`}</title>
        <link rel="preload" href={assets.font} as="font" type="font/woff2" crossorigin="anonymous" />
        <link rel="stylesheet" href={assets.styles} />
        <link rel="icon" href={assets.mark} type="image/svg+xml" />
        <script type="module" src={assets.app} />
      </head>
      <body>{children}</body>
    </html>
  );
}
