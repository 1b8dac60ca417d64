import { tariffs } from '#spec/tariffs';
import { workloads } from '#spec/workloads';
import { scriptedKernels } from '#properties/scripts';
import { compare as compared, compareCsv, compareJson, priceCells, priceHead, type Comparison } from '#reports/compare';
import { compareHtml, compareText, plots } from '#reports/compare-page';
import { table } from '#reports/table';
import { BadInput } from '#traces/fault';
import { oneLine } from '#traces/text';
import { exitCodes } from '#cli/exit';
import { writeReport } from '#cli/out';

interface Options {
  readonly kernel?: string;
  readonly tariff: string;
  readonly prices: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly out?: string;
}

/** One of what there is, or all of it. */
function chosen(what: string, all: readonly string[], name: string | undefined): readonly string[] {
  if (name === undefined) return all;
  if (!all.includes(name)) throw new BadInput(`there is no ${what} ${oneLine(name)}; there are: ${all.join(', ')}`);
  return [name];
}

/** Runs the same work on the models of several kernels and says what each was charged, and what that comes to. */
export async function compare(workload: string | undefined, options: Options): Promise<number> {
  if (options.json === true && options.csv === true) throw new BadInput('--json and --csv exclude each other');
  const comparison = await compared(
    chosen('workload', [...workloads.keys()], workload),
    chosen('kernel with workloads', scriptedKernels(), options.kernel),
  );
  if (options.out !== undefined) writeAll(options.out, comparison, options.tariff);
  process.stdout.write(textOf(comparison, options));
  return comparison.rows.length === 0 ? exitCodes.inconclusive : exitCodes.holds;
}

function textOf(comparison: Comparison, { tariff: name, prices, json, csv }: Options): string {
  const tariff = tariffs.get(name)!;
  if (json === true) return `${compareJson(comparison, name, tariff)}\n`;
  if (csv === true) return compareCsv(comparison, tariff);
  const told = prices ? `\n${tariff.assumes}\n${table(priceHead, priceCells(tariff))}` : '';
  return `${compareText(comparison, tariff)}\ntariff ${name}: ${tariff.title}${told}\n`;
}

function writeAll(folder: string, comparison: Comparison, name: string): void {
  const tariff = tariffs.get(name)!;
  const drawn = plots(comparison, tariff);
  const files = new Map([
    ['compare.json', `${compareJson(comparison, name, tariff)}\n`],
    ['compare.csv', compareCsv(comparison, tariff)],
    ['index.html', compareHtml(comparison, name, tariff, drawn)],
    ...drawn,
  ]);
  for (const [file, text] of files) writeReport(`${folder}/${file}`, text);
  process.stderr.write(`${files.size} files written to ${folder}\n`);
}
