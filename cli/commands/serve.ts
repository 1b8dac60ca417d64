import { ModelSubject } from '#traces/model-subject';
import { kernelNamed } from '#traces/replay';
import { serve as serveProtocol } from '#traces/server';
import { exitCodes } from '#cli/exit';
import { kernelOf } from '#cli/kernel';

/** Answers the adapter protocol on standard input and output with a kernel of ours, sound or mutant. */
export async function serve(subject: string, options: { readonly seed: number }): Promise<number> {
  const bundle = await kernelOf(subject.split(/[:/]/)[1] ?? '');
  const kernel = kernelNamed(bundle, subject, 'documented');
  await serveProtocol(bundle, new ModelSubject(subject, bundle, kernel, options.seed), process.stdin, process.stdout);
  return exitCodes.holds;
}
