import type { Tariff } from '#spec/tariff';
import type { Unit } from '#spec/workload';
import { workloads } from '#spec/workloads';
import { chartSvg, type Line } from '#reports/chart';
import { columnsOf, measures, priceCells, priceHead, priceOf, type Comparison, type Row } from '#reports/compare';
import { escapeMarkdown, markdownTable, table, thousands, type Cell } from '#reports/table';
import { escapeHtml } from '#reports/trace-page';

/** What a workload is plotted by. */
interface Plot { readonly name: string; readonly side: string; readonly of: (row: Row) => { readonly least: number; readonly most: number } }

const exactly = (value: number) => ({ least: value, most: value });

/** Workloads that grow by bytes differ in the bytes they copy, those that grow by clients in their messages. */
const plotsOf = (rows: readonly Row[], unit: Unit, tariff: Tariff): readonly Plot[] => {
  const measure = unit === 'clients' ? 'messages' : 'bytes copied';
  const counts: Plot = { name: 'counts', side: measure, of: (row) => exactly(measures[measure](row)) };
  const price: Plot = { name: 'price', side: tariff.unit, of: (row) => priceOf(row, tariff) };
  return rows.some((row) => measures[measure](row) > 0) ? [counts, price] : [price];
};

/** The lines of a chart: one for each form of each kernel. */
function linesOf(rows: readonly Row[], sizes: readonly number[], plot: Plot): readonly Line[] {
  const names = [...new Set(rows.map(({ kernel, form }) => `${kernel}: ${form}`))];
  return names.map((name) => {
    const own = rows.filter(({ kernel, form }) => `${kernel}: ${form}` === name);
    return {
      name, group: own[0]!.kernel,
      points: sizes.map((size) => own.filter((row) => row.size === size).map(plot.of)[0] ?? null),
    };
  });
}

/** The plots of a comparison as SVG files, by name. */
export function plots({ rows }: Comparison, tariff: Tariff): ReadonlyMap<string, string> {
  return new Map([...workloads].flatMap(([slug, { title, unit, sizes }]) => {
    const own = rows.filter(({ workload }) => workload === slug);
    return own.length === 0 ? [] : plotsOf(own, unit, tariff).map((plot) => [
      `${slug}-${plot.name}.svg`,
      chartSvg({ title: `${title}: ${plot.side}`, bottom: unit, places: sizes, side: plot.side, lines: linesOf(own, sizes, plot) }),
    ] as const);
  }));
}

/** The tables for a terminal. */
export function compareText(comparison: Comparison, tariff: Tariff): string {
  return [...workloads].flatMap(([slug, { title, unit }]) => {
    const rows = comparison.rows.filter(({ workload }) => workload === slug);
    const notes = comparison.notes.filter(({ workload }) => workload === slug);
    if (rows.length + notes.length === 0) return [];
    const { head, cells } = columnsOf(rows, unit, tariff);
    return [`${slug}: ${title}\n${[
      ...(rows.length === 0 ? [] : [table(head, rows.map(cells))]),
      ...notes.map(({ kernel, says }) => `${kernel}: ${says}`),
    ].join('\n')}\n`];
  }).join('\n');
}

/** One section for each workload: what is done, the plots, the table. */
interface Section {
  readonly slug: string;
  readonly title: string;
  readonly does: string;
  readonly unit: string;
  readonly images: readonly string[];
  readonly rows: readonly Row[];
  readonly notes: Comparison['notes'];
}

const sectionsOf = (comparison: Comparison, drawn: ReadonlyMap<string, string>): readonly Section[] => [...workloads].map(([slug, { title, does, unit }]) => ({
  slug, title, does, unit,
  images: [...drawn.keys()].filter((name) => name === `${slug}-counts.svg` || name === `${slug}-price.svg`),
  rows: comparison.rows.filter(({ workload }) => workload === slug),
  notes: comparison.notes.filter(({ workload }) => workload === slug),
})).filter(({ rows, notes }) => rows.length + notes.length > 0);

const introduction = 'The same workloads, made of real calls, run on the models of the three kernels, and what they are charged: counted, never timed. '
  + 'Copies are passes of the kernel over data, by programs those that programs make themselves; bytes copied are those of both, headers and '
  + 'descriptors included where a kernel copies them, and whole pages where pages are copied. Memory that comes by reference is mapped page by page '
  + 'when it is first touched; that is in no count, but the copies are that writing to it brings about. Costs are upper bounds: a kernel may do better.';

/** The page that is kept in the repository, with the plots beside it. */
export function comparePage(comparison: Comparison, name: string, tariff: Tariff, drawn: ReadonlyMap<string, string>): string {
  return `${[
    '# The same work on three kernels', '', introduction, '',
    `The last column is what the counts come to under the tariff \`${name}\`: ${tariff.title}. ${tariff.assumes} Others: \`portcullis compare --tariff\`.`, '',
    markdownTable(priceHead, priceCells(tariff)), '',
    ...sectionsOf(comparison, drawn).flatMap(({ title, does, images, rows, unit, notes }) => {
      const { head, cells } = columnsOf(rows, unit, tariff);
      return [
        `## ${title}`, '', does, '',
        ...images.flatMap((image) => [`![${title}](${image})`, '']),
        ...(rows.length === 0 ? [] : [markdownTable(head, rows.map(cells)), '']),
        ...notes.flatMap(({ kernel, says }) => [`*${escapeMarkdown(kernel)}*: ${escapeMarkdown(says)}.`, '']),
      ];
    }),
  ].join('\n').trimEnd()}\n`;
}

function htmlTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) => (typeof value === 'number' ? `<td class="number">${thousands(value)}</td>` : `<td>${escapeHtml(value)}</td>`);
  return [
    '<table>', `<tr>${head.map((title) => `<th>${escapeHtml(title)}</th>`).join('')}</tr>`,
    ...rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`), '</table>',
  ].join('\n');
}

const style = 'body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;font-size:13px}'
  + 'th,td{border:1px solid #ccc;padding:2px 8px;text-align:left}td.number{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}';

/** The same as one HTML page that needs nothing else. */
export function compareHtml(comparison: Comparison, name: string, tariff: Tariff, drawn: ReadonlyMap<string, string>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>The same work on three kernels</title>
<style>${style}</style>
</head>
<body>
<h1>The same work on three kernels</h1>
<p>${escapeHtml(introduction)}</p>
<h2>Tariff ${escapeHtml(name)}: ${escapeHtml(tariff.title)}</h2>
<p>${escapeHtml(tariff.assumes)}</p>
${htmlTable(priceHead, priceCells(tariff))}
${sectionsOf(comparison, drawn).map(({ title, does, images, rows, unit, notes }) => {
    const { head, cells } = columnsOf(rows, unit, tariff);
    return [
      `<h2>${escapeHtml(title)}</h2>`, `<p>${escapeHtml(does)}</p>`, ...images.map((image) => drawn.get(image)!.trimEnd()),
      ...(rows.length === 0 ? [] : [htmlTable(head, rows.map(cells))]),
      ...notes.map(({ kernel, says }) => `<p><em>${escapeHtml(kernel)}</em>: ${escapeHtml(says)}.</p>`),
    ].join('\n');
  }).join('\n')}
</body>
</html>
`;
}
