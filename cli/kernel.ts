import { bundleOf, kernelNames, type Bundle } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { oneLine } from '#traces/text';

/** The bundle of a kernel the user named. */
export async function kernelOf(name: string): Promise<Bundle> {
  const bundle = await bundleOf(name);
  if (bundle === undefined) throw new BadInput(`there is no kernel ${oneLine(name)}; there are: ${kernelNames().join(', ')}`);
  return bundle;
}

/** The bundles of all kernels, or of the one the user named. */
export const kernelsOf = (name: string | undefined): Promise<readonly Bundle[]> =>
  Promise.all((name === undefined ? kernelNames() : [name]).map(kernelOf));

/** One of a few words that the user was to choose from. */
export function oneOf<T>(what: string, table: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined) throw new BadInput(`there is no ${what} ${oneLine(name)}; there are: ${Object.keys(table).join(', ')}`);
  return found;
}

/** A whole number that an option takes. */
export function wholeNumber(option: string, least = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) throw new BadInput(`${option} takes a whole number from ${least}, not ${oneLine(text)}`);
    return value;
  };
}

/** Every kernel's bundle by name. */
export const bundlesByName = async (): Promise<ReadonlyMap<string, Bundle>> =>
  new Map((await kernelsOf(undefined)).map((bundle) => [bundle.suite.kernel.name, bundle]));
