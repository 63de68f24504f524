/** The answer to a HEAD whose GET has a body of unknown length. */

/**
 * With null as its body Bun would say that the answer is empty, content-length: 0. It cancels a stream of a HEAD
 * without reading from it.
 */
export function headResponse(headers: Readonly<Record<string, string>>): Response {
  return new Response(new ReadableStream(), { headers });
}
