import { counted, type Counted, type Price, type Tariff } from '#spec/tariff';
import { workloads } from '#spec/workloads';
import { scriptedKernels, scriptsOf } from '#properties/scripts';
import type { Counts, Script } from '#properties/script';
import type { Cell } from '#reports/table';

/** One workload, done by one kernel in one of its forms, at one size. */
export interface Row {
  readonly workload: string;
  readonly kernel: string;
  readonly form: string;
  readonly size: number;
  readonly counts: Counts;
}

/** Why a kernel does nothing of a workload, or what needs saying of how it does it. */
export interface Note { readonly workload: string; readonly kernel: string; readonly says: string }

export interface Comparison { readonly rows: readonly Row[]; readonly notes: readonly Note[] }

/** Runs workloads on the kernels that bring a script for them, and counts. */
export async function compare(slugs: readonly string[] = [...workloads.keys()], kernels = scriptedKernels()): Promise<Comparison> {
  const rows: Row[] = [];
  const notes: Note[] = [];
  for (const workload of slugs) {
    for (const kernel of kernels) {
      const { scripts, note } = await scriptsOf(kernel, workload) ?? { scripts: 'not written for this kernel' };
      if (note !== undefined) notes.push({ workload, kernel, says: note });
      if (typeof scripts === 'string') notes.push({ workload, kernel, says: scripts });
      else for (const [form, script] of Object.entries(scripts)) rows.push(...rowsOf(workload, kernel, form, script));
    }
  }
  return { rows, notes };
}

const rowsOf = (workload: string, kernel: string, form: string, script: Script): readonly Row[] =>
  workloads.get(workload)!.sizes.filter(script.carries).map((size) => ({ workload, kernel, form, size, counts: script.count(size) }));

/** The bytes of a page, where pages are copied whole. */
const PAGE = 4096;

const of = ({ counts }: Row, event: Counted): number => counts[event] ?? 0;

/** What tables and plots show of a row, by the head of the column. */
export const measures = {
  copies: (row) => of(row, 'copy') + of(row, 'page copy'),
  'by programs': (row) => of(row, 'own copy'),
  'bytes copied': (row) => of(row, 'byte') + of(row, 'own byte') + PAGE * of(row, 'page copy'),
  messages: (row) => of(row, 'message'),
  traps: (row) => of(row, 'trap'),
  switches: (row) => of(row, 'switch'),
  faults: (row) => of(row, 'fault'),
  packets: (row) => of(row, 'packet'),
  'bytes sent': (row) => of(row, 'wire byte'),
  checkups: (row) => of(row, 'checkup'),
} as const satisfies Readonly<Record<string, (row: Row) => number>>;

export type Measure = keyof typeof measures;
export const isMeasure = (name: string): name is Measure => Object.hasOwn(measures, name);

/** What a row comes to under a tariff, at least and at most. */
export interface Sum { readonly least: number; readonly most: number }

export function priceOf({ counts }: Row, { prices }: Tariff): Sum {
  let [least, most] = [0, 0];
  for (const event of counted) {
    const price = prices[event];
    if (price === undefined) continue;
    least += price.least * (counts[event] ?? 0);
    most += price.most * (counts[event] ?? 0);
  }
  return { least: rounded(least), most: rounded(most) };
}

/** To a tenth: prices are no better than that, and sums print alike everywhere. */
const rounded = (value: number): number => Math.round(value * 10) / 10;

const range = ({ least, most }: Sum): string => [...new Set([digits(least), digits(most)])].join(' to ');

/** Three digits of it are shown: more would say more than is known. */
const digits = (value: number): string => {
  if (value === 0) return '0';
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2);
  const shown = value < 100 ? value : Math.round(value / unit) * unit;
  return String(shown).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
};

/** The columns of a table of rows: whom, how much, what was counted where anything was, and what it comes to. */
export function columnsOf(rows: readonly Row[], unit: string, tariff: Tariff): { readonly head: readonly string[]; readonly cells: (row: Row) => readonly Cell[] } {
  const shown = Object.entries(measures).filter(([, measure]) => rows.some((row) => measure(row) > 0));
  return {
    head: ['kernel', 'form', unit, ...shown.map(([name]) => name), tariff.unit],
    cells: (row) => [row.kernel, row.form, row.size, ...shown.map(([, measure]) => measure(row)), range(priceOf(row, tariff))],
  };
}

/** One line for each price of a tariff. */
export const priceCells = ({ unit, prices }: Tariff): readonly (readonly Cell[])[] => (Object.entries(prices) as readonly (readonly [string, Price])[])
  .map(([event, { least, most, grade, source, because }]) => [
    event, least === most ? short(least) : `${short(least)} to ${short(most)}`, unit, grade, source === '' ? '–' : source, because,
  ]);

export const priceHead = ['event', 'price', 'unit', 'grade', 'source', 'because'] as const;

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Everything as one JSON document. */
export const compareJson = ({ rows, notes }: Comparison, name: string, tariff: Tariff): string => JSON.stringify({
  format: 'portcullis-compare/1',
  tariff: { name, ...tariff },
  workloads: Object.fromEntries([...workloads].filter(([slug]) => [...rows, ...notes].some(({ workload }) => workload === slug))),
  rows: rows.map((row) => ({ ...row, price: priceOf(row, tariff) })),
  notes,
}, null, 2);

/** The rows as CSV, with a column for whatever is counted. */
export function compareCsv({ rows }: Comparison, tariff: Tariff): string {
  const head = ['workload', 'kernel', 'form', 'size', 'unit', ...counted, `least ${tariff.unit}`, `most ${tariff.unit}`];
  const lines = rows.map((row) => {
    const { least, most } = priceOf(row, tariff);
    return [row.workload, row.kernel, row.form, row.size, workloads.get(row.workload)!.unit, ...counted.map((event) => of(row, event)), least, most];
  });
  return [head, ...lines].map((line) => `${line.map((cell) => csvCell(String(cell))).join(',')}\n`).join('');
}

const csvCell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
