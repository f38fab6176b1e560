/** The page before its script has run. `path` is where it is on its server. */
export function document(path: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Local streaming environment</title>
    <link rel="icon" href="${path}/icon.svg">
    <link rel="stylesheet" href="${path}/page.css">
    <script type="module" src="${path}/page.js"></script>
  </head>
  <body>
    <div id="page">
      <main><p>Looking at the environment …</p></main>
    </div>
    <noscript><p>This page is drawn by a script, which this browser does not run.
      <code>npm run local -- status</code> says the same in words.</p></noscript>
  </body>
</html>
`;
}
