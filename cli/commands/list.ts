import { isWaiver } from '#properties/obligation';
import { kernelNames, type Bundle } from '#traces/bundle';
import { table, type Cell } from '#reports/table';
import { exitCodes } from '#cli/exit';
import { kernelsOf, oneOf } from '#cli/kernel';

type Listing = { readonly head: readonly string[]; readonly rows: (bundle: Bundle) => readonly (readonly Cell[])[] };

/** What there is to be listed, each with its columns. */
const listings: Readonly<Record<string, Listing>> = {
  kernels: {
    head: ['kernel', 'variants', 'operations', 'rules', 'mutants', 'scopes'],
    rows: ({ suite, explorations }) => [[
      suite.kernel.name, Object.keys(suite.variants).join(', '), Object.keys(suite.kernel.operations).length,
      Object.keys(suite.rules).length, Object.keys(suite.mutants).length, Object.keys(explorations).length,
    ]],
  },
  rules: {
    head: ['rule', 'number', 'standing', 'check'],
    rows: ({ suite }) => Object.entries(suite.rules).map(([rule, { number, standing }]) => {
      const discharge = suite.discharges[rule];
      return [rule, number, standing, discharge === undefined ? 'none' : isWaiver(discharge) ? 'waived' : formsOf(discharge)];
    }),
  },
  operations: {
    head: ['kernel', 'operation', 'implements'],
    rows: ({ suite }) => Object.entries(suite.kernel.operations)
      .map(([operation, { implements: rules }]) => [suite.kernel.name, operation, rules.join(', ')]),
  },
  mutants: {
    head: ['kernel', 'mutant', 'breaks', 'fault'],
    rows: ({ suite }) => Object.entries(suite.mutants).map(([slug, { rule, fault }]) => [suite.kernel.name, slug, rule, fault]),
  },
  scopes: {
    head: ['kernel', 'scope', 'holds'],
    rows: ({ suite, explorations }) => Object.entries(explorations).map(([scope, { holds }]) => [suite.kernel.name, scope, holds]),
  },
};

const formsOf = (discharge: object): string =>
  ['always', 'step', 'monitor', 'relates'].filter((form) => form in discharge).join(', ');

/** Lists kernels, rules, operations, mutants or scopes. */
export async function list(what: string, kernel: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  const { head, rows } = oneOf('listing', listings, what);
  const all = (await kernelsOf(kernel)).flatMap(rows);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(all.map((row) => Object.fromEntries(head.map((title, at) => [title, row[at]]))), null, 2)}\n`);
  } else {
    process.stdout.write(`${table(head, all)}\n`);
  }
  return exitCodes.holds;
}

export const listable = Object.keys(listings);
export { kernelNames };
