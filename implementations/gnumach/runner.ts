import { type Compiled, compile } from './compile.js';
import { incomplete, Report } from './decode.js';
import { boot } from './machine.js';
import type { Installation } from './place.js';
import type { Program, Run } from './program.js';
import { Unsupported } from './unsupported.js';
import { Words } from './words.js';

/** Shared with the agent: the first word of a batch. */
const batchMagic = 0x5052_4f31;

/** A machine is booted for this many bytes of programs at most; the rest goes to the next. */
const batchBytes = 4 * 1024 * 1024;

/** A program too large even to begin gets an empty run. */
function tryCompile(program: Program): Compiled | Run {
  try {
    return compile(program);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    return { steps: [], stopped: error.message };
  }
}

const isRun = (result: Compiled | Run): result is Run => 'steps' in result;

function writeBatch(programs: readonly Compiled[]): Buffer {
  const batch = new Words().word(batchMagic).word(programs.length);
  for (const { record } of programs) batch.bytes(record);
  return batch.take();
}

/** As many programs from `start` on as one machine is given. */
function nextBatch(programs: readonly Compiled[], start: number): Compiled[] {
  const batch: Compiled[] = [];
  let bytes = 0;
  for (const program of programs.slice(start)) {
    if (batch.length > 0 && bytes + program.record.length > batchBytes) break;
    batch.push(program);
    bytes += program.record.length;
  }
  return batch;
}

/** So many machines in a row that ran nothing at all are enough. */
const hopeless = 2;

interface BatchResult {
  readonly runs: readonly Run[];
  /** Why the last of these was broken off, if it was. */
  readonly fault?: string;
  /** Whether the machine got as far as running anything. */
  readonly began: boolean;
}

/** Runs a batch on one machine, up to the program it broke down in, if it did. That one is stopped. */
async function runBatch(installed: Installation, batch: readonly Compiled[]): Promise<BatchResult> {
  const { report, fault } = await boot(installed, writeBatch(batch));
  const reader = new Report(report);
  const runs: Run[] = [];
  for (const compiled of batch) {
    const run = reader.run(compiled);
    if (run.stopped !== incomplete) {
      runs.push(run);
      continue;
    }
    const why = fault ?? 'the machine ended before the program did';
    return { runs: [...runs, { ...run, stopped: why }], fault: why, began: report.length > 0 };
  }
  return { runs, began: true };
}

/** The runs in the order of the programs, those among them that were too large even to begin. */
function inOrder(compiled: readonly (Compiled | Run)[], runs: readonly Run[]): Run[] {
  let at = 0;
  return compiled.map((result) =>
    (isRun(result) ? result : runs[at++] ?? { steps: [], stopped: 'the machine does not work' }));
}

/**
 * Runs programs, booting a machine for every batch, and another after one that broke down: what one program
 * does to a kernel is no fault of the next. `tell` hears of the progress, and of what goes wrong.
 */
export async function runPrograms(
  installed: Installation,
  programs: readonly Program[],
  tell: (line: string) => void,
): Promise<Run[]> {
  const compiled = programs.map(tryCompile);
  const runnable = compiled.filter((result): result is Compiled => !isRun(result));
  const runs: Run[] = [];
  for (let failures = 0; runs.length < runnable.length && failures < hopeless;) {
    const { runs: more, fault, began } = await runBatch(installed, nextBatch(runnable, runs.length));
    runs.push(...more);
    const why = fault === undefined ? '' : `; the machine broke down: ${fault.replace(/\n/g, ' ')}`;
    const isWorthTelling = runs.length < runnable.length || fault !== undefined;
    if (isWorthTelling) tell(`${runs.length} of ${runnable.length} programs run${why}`);
    failures = began ? 0 : failures + 1;
  }
  return inOrder(compiled, runs);
}
