/** The bundles' folder: this module is bundled into a chunk below it or runs from the entry beside it. */
export function bundleRoot(): URL {
  const here = import.meta.url;
  return here.includes('/chunks/') ? new URL('../', here) : new URL('./', here);
}
