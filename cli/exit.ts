import { AdapterFault, BadInput } from '#traces/fault';
import { printable } from '#traces/text';

/** What each exit code means. */
export const exitCodes = {
  holds: 0,
  violation: 1,
  usage: 2,
  inconclusive: 3,
  fault: 4,
  interrupted: 130,
} as const;

const meanings: Readonly<Record<number, string>> = {
  [exitCodes.holds]: 'everything holds',
  [exitCodes.violation]: 'a violation was found',
  [exitCodes.usage]: 'the input or the options are wrong',
  [exitCodes.inconclusive]: 'inconclusive: something was not put to the test',
  [exitCodes.fault]: 'the adapter or the harness failed; nothing follows about the kernel',
  [exitCodes.interrupted]: 'interrupted; the report covers what was done',
};

export const meaningOf = (code: number): string => meanings[code] ?? '';

/** The exit code an error leads to, and what to say of it on standard error. */
export function explainFailure(error: unknown): { readonly code: number; readonly text: string } {
  if (error instanceof BadInput) return { code: exitCodes.usage, text: `error: ${printable(error.message)}` };
  if (error instanceof AdapterFault) {
    const stderr = error.stderr === '' ? '' : `\nlast lines on its standard error:\n${error.stderr.trimEnd().replace(/^/gm, '  ')}`;
    return { code: exitCodes.fault, text: `fault (${error.check}): ${error.message}${stderr}` };
  }
  return { code: exitCodes.fault, text: `internal error: ${error instanceof Error ? error.stack ?? error.message : String(error)}` };
}
