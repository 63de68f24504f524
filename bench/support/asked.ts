/** Questions of streams, and which of the rows of sample-row.ts they ask for: worked out by the ids, not by SQL. */

/** Holds for ids with a remainder, or for all others. */
export interface Remainder {
  readonly modulus: number;
  readonly remainder: number;
  readonly isNegated: boolean;
}

/** All of the remainders have to hold. */
export interface Asked {
  readonly question: string;
  readonly remainders: readonly Remainder[];
}

export function isAsked({ remainders }: Asked, id: number): boolean {
  return remainders.every(({ modulus, remainder, isNegated }) => (id % modulus === remainder) !== isNegated);
}

/** The first id after another that is asked for. Without a question every id is. */
export function nextAsked(asked: Asked | undefined, id: number): number {
  let next = id + 1;
  if (asked !== undefined) while (!isAsked(asked, next)) next++;
  return next;
}

/** How many ids after one and up to another are asked for. */
export function countAsked(asked: Asked | undefined, afterId: number, upToId: number): number {
  if (asked === undefined) return upToId - afterId;
  let found = 0;
  for (let id = nextAsked(asked, afterId); id <= upToId; id = nextAsked(asked, id)) found++;
  return found;
}

const JOBS = 1000;
const WORKERS = 12;
const STEPS = 7;

/** So many distinct questions: of one row in a thousand, of nearly all, with a word, and with a phrase. */
export function distinctQuestions(count: number): Asked[] {
  return Array.from({ length: count }, (_, number) => {
    const job = number % JOBS;
    const ofJob = (isNegated: boolean): Remainder => ({ modulus: JOBS, remainder: job, isNegated });
    const [step, worker] = [number % STEPS, number % WORKERS];
    const kinds: readonly Asked[] = [
      { question: `target:job-${job}`, remainders: [ofJob(false)] },
      { question: `-target:job-${job}`, remainders: [ofJob(true)] },
      { question: `step -target:job-${job}`, remainders: [ofJob(true)] },
      {
        question: `"step ${step} of job" -actor:worker-${worker} -target:job-${job}`,
        remainders: [
          { modulus: STEPS, remainder: step, isNegated: false },
          { modulus: WORKERS, remainder: worker, isNegated: true },
          ofJob(true),
        ],
      },
    ];
    return kinds[number % kinds.length] ?? { question: "", remainders: [] };
  });
}
