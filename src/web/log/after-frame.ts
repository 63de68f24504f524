/**
 * Does something between the next frame and the one after it, when the browser has drawn what there is.
 * @returns leaves it undone
 */
export function afterFrame(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const request = requestAnimationFrame(() => {
    // A timer that is set in a frame comes after it.
    timer = setTimeout(work);
  });
  return () => {
    cancelAnimationFrame(request);
    clearTimeout(timer);
  };
}
