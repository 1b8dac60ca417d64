import { costOfExchange, type ExchangeCost, type Shape } from '#properties/exchange';
import type { Bundle } from '#traces/bundle';
import { markdownTable, table, type Cell } from '#reports/table';

/** One form of one kernel, and what an exchange of one shape is charged there. */
export interface CostRow extends Shape { readonly kernel: string; readonly form: string; readonly cost: ExchangeCost }

/** Numbers of parts that are compared. */
export const partCounts = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** The costs of every form of the kernels that have any, for a request of each number of parts and an answer alike. */
export const costRows = (bundles: readonly Bundle[], bytes: number): readonly CostRow[] =>
  bundles.flatMap(({ suite, exchanges }) => Object.entries(exchanges ?? {}).flatMap(([form, exchange]) =>
    partCounts.map((parts) => ({ parts, bytes })).filter(exchange.carries)
      .map((shape) => ({ kernel: suite.kernel.name, form, ...shape, cost: costOfExchange(suite.kernel, exchange, shape) }))));

const columns = ['kernel', 'form', 'parts', 'copies', 'by programs', 'bytes copied', 'messages', 'traps', 'switches', 'packets'] as const;

const of = (cost: ExchangeCost, event: string): number => cost[event] ?? 0;

/** Copies by the kernel; passes by the programs themselves; every byte counted once for each of either. */
const cells = ({ kernel, form, parts, bytes, cost }: CostRow): readonly Cell[] => [
  kernel, form, parts, of(cost, 'copy'), of(cost, 'pass'), of(cost, 'byte') + of(cost, 'pass') * parts * bytes,
  of(cost, 'message'), of(cost, 'trap'), of(cost, 'switch'), of(cost, 'packet'),
];

export const costTable = (rows: readonly CostRow[]): string => table(columns, rows.map(cells));

/** The page that is kept in the repository. */
export function costPage(bundles: readonly Bundle[], sizes: readonly number[]): string {
  const parts = sizes.map((bytes) => [`## Parts of ${bytes} bytes`, '', markdownTable(columns, costRows(bundles, bytes).map(cells))].join('\n'));
  return `${[
    '# What an exchange costs',
    '',
    'A request and an answer, each of so many separate parts, between a client and a server that waits: counted on the',
    'models, never timed. *Copies* are passes of the kernel over the data; *by programs* are passes that the two programs',
    'make themselves, to gather parts into one piece and to scatter it again. *Bytes copied* counts both, headers and',
    'descriptors included where a kernel copies them. The exchange ends when the client has its answer and the server waits',
    'again. Costs are upper bounds: a kernel may do better.',
    '',
    ...parts.flatMap((part) => [part, '']),
  ].join('\n')}`;
}
