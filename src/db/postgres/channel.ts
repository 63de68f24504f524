/** The channel on which the trigger of a table tells its commits: `tailboard notify-sql` prints the trigger. */

/** PostgreSQL cuts longer names. In bytes. */
const LONGEST_CHANNEL = 63;

/** The same for every Tailboard, and for the trigger. */
export function channelOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  const channel = `tailboard:${schema}.${name}`;
  if (Buffer.byteLength(channel) <= LONGEST_CHANNEL) return channel;
  return `tailboard:${Bun.hash(`${schema}.${name}`).toString(36)}`;
}
