import { schemaText, schemaNames } from '#reports/schemas';
import { exitCodes } from '#cli/exit';
import { BadInput } from '#traces/fault';
import { oneLine } from '#traces/text';

/** Prints the JSON Schema (2020-12) of what crosses to adapters, of trace files, or of what commands print. */
export async function schema(name: string, options: { readonly kernel?: string }): Promise<number> {
  if (!schemaNames.includes(name as never)) {
    throw new BadInput(`there is no schema ${oneLine(name)}; there are: ${schemaNames.join(', ')}`);
  }
  process.stdout.write(`${await schemaText(name as (typeof schemaNames)[number], options.kernel)}\n`);
  return exitCodes.holds;
}
