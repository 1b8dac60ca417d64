import { costRows, costTable } from '#reports/costs';
import { exitCodes } from '#cli/exit';
import { kernelsOf } from '#cli/kernel';

/** Prints what a request and its answer cost, form by form, in parts of a given number of bytes. */
export async function costs(name: string | undefined, options: { readonly bytes: number; readonly json?: boolean }): Promise<number> {
  const rows = costRows(await kernelsOf(name), options.bytes);
  process.stdout.write(`${options.json === true ? JSON.stringify({ format: 'portcullis-costs/1', rows }, null, 2) : costTable(rows)}\n`);
  return rows.length === 0 ? exitCodes.inconclusive : exitCodes.holds;
}
