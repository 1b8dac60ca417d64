/** A cell is text; numbers are set to the right. */
export type Cell = string | number;

/** A table for a terminal: columns as wide as they need to be, and a rule under the head. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = rows.map((row) => row.map(show));
  const widths = head.map((title, column) => Math.max(title.length, ...text.map((row) => row[column]?.length ?? 0)));
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (cells: readonly string[]) => cells
    .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
    .join('  ').trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...text.map(line)].join('\n');
}

/** The same for Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map((cell) => escapeCell(show(cell))).join(' | ')} |`;
  return [line(head), `|${head.map((_, column) => (rows.every((row) => typeof row[column] === 'number') && rows.length > 0 ? ' ---: |' : ' --- |')).join('')}`,
    ...rows.map(line)].join('\n');
}

const show = (cell: Cell): string => (typeof cell === 'number' ? thousands(cell) : cell);

/** 1234567 as 1,234,567: the same everywhere, whatever the machine's language. */
export const thousands = (value: number): string =>
  (Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',') : String(value));

const escapeCell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\n/g, ' ');

/** Text for Markdown that may come from elsewhere. */
export const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]<>#|]/g, (character) => `\\${character}`);
