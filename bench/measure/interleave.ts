/** Something that is measured again and again: a sample of each of its quantities. */
export type Subject<Quantity extends string> = () => Promise<Record<Quantity, number>>;

/**
 * Takes samples of several subjects in turns, so that a machine that gets slower or faster meanwhile does so for all of
 * them. Every other round goes the other way round, and nobody is always measured after the same one.
 *
 * @param rounds samples of each, after one more of each that only warms up
 * @returns the samples, by name of the subject and then by quantity
 */
export async function interleave<Name extends string, Quantity extends string>(
  subjects: Record<Name, Subject<Quantity>>,
  rounds: number,
): Promise<Record<Name, Record<Quantity, number[]>>> {
  const names = Object.keys(subjects) as Name[];
  const found = Object.fromEntries(names.map((name) => [name, {}])) as Record<Name, Record<Quantity, number[]>>;
  for (const name of names) await subjects[name]();
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await subjects[name]();
      for (const quantity of Object.keys(sample) as Quantity[]) {
        found[name][quantity] = [...(found[name][quantity] ?? []), sample[quantity]];
      }
    }
  }
  return found;
}
