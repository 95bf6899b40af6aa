interface Page extends EventTarget {
  readonly document: EventTarget & { readonly visibilityState: string };
}

let leaving = false;

/** Tells whether this is a page of a browser. */
export function isPage(): boolean {
  return typeof (globalThis as Partial<Page>).document?.addEventListener === "function";
}

/** Tells whether the page is being left: what needs a later turn of the event loop may not happen any more. */
export function isLeaving(): boolean {
  return leaving;
}

/**
 * Runs something each time a page may be about to go: when it is left, and when it is hidden, which is the last thing that a page on a phone
 * is sure to hear of. Elsewhere it does nothing.
 *
 * @returns a function that ends it.
 * @see https://html.spec.whatwg.org/multipage/document-lifecycle.html#unload-a-document
 */
export function atPageHide(run: () => void): () => void {
  if (!isPage()) return () => {};
  const page = globalThis as unknown as Page;
  const ending = new AbortController();
  const { signal } = ending;
  const leave = (): void => {
    leaving = true;
    run();
  };
  page.addEventListener("pagehide", leave, { signal });
  // It was kept, and somebody came back to it.
  page.addEventListener("pageshow", () => void (leaving = false), { signal });
  page.document.addEventListener("visibilitychange", () => page.document.visibilityState === "hidden" && run(), { signal });
  return () => ending.abort();
}
