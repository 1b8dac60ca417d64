import { qnx } from '#model/qnx/kernel';
import type { Part } from '#spec/qnx/vocabulary';
import type { QnxCall } from '#model/qnx/world';
import { byPrograms, pieces, script, type Script, type ScriptStep } from '#properties/script';
import { ANYBODY, CLIENT, dispatch, LONGEST, pair, pidOf, process, receives, replies, sends, SERVER, stretch } from '#properties/qnx/scripts/parties';

/** A request and an answer of one buffer each; `answered`: the answer is as long as the request, and otherwise it is empty. */
export const exchange = ({ answered, passes = 0 }: { readonly answered: boolean; readonly passes?: number }): Script => script({
  kernel: qnx,
  scope: pair,
  * before(): Generator<QnxCall> {
    yield* [dispatch, receives(SERVER, stretch(LONGEST)), dispatch];
  },
  * calls(look, size): Generator<ScriptStep<QnxCall>> {
    for (const length of pieces(size, LONGEST)) {
      const back = stretch(answered ? length : 0);
      yield byPrograms(passes, length);
      yield sends(CLIENT, pidOf(look(), SERVER), stretch(length), back);
      yield dispatch;
      yield byPrograms(2 * passes, length);
      yield replies(SERVER, pidOf(look(), CLIENT), back);
      yield receives(SERVER, stretch(LONGEST));
      yield dispatch;
      yield byPrograms(passes, length);
    }
  },
});

/** The same in parts that the kernel gathers and scatters itself. More than one message holds goes in several. */
export const exchangeOfParts = (parts: number): Script => script({
  kernel: qnx,
  scope: pair,
  * before(_, size): Generator<QnxCall> {
    yield* [dispatch, receivesParts(apart(size, parts)), dispatch];
  },
  * calls(look, size): Generator<ScriptStep<QnxCall>> {
    const [server, client] = [process(SERVER), process(CLIENT)];
    for (const length of pieces(size, MOST)) {
      const buffer = [...apart(length, parts)];
      yield { operation: 'Sendmx', thread: client, pid: pidOf(look(), SERVER), message: buffer, reply: buffer };
      yield dispatch;
      yield { operation: 'Replymx', thread: server, pid: pidOf(look(), CLIENT), message: buffer };
      yield receivesParts(buffer);
      yield dispatch;
    }
  },
});

/** So much fits in a process's memory with the parts apart. */
const MOST = 65_472;

/** Stretches with gaps between them. */
const apart = (size: number, parts: number): readonly Part[] => {
  const length = Math.min(size, MOST) / parts;
  return Array.from({ length: parts }, (_, part) => ({ at: part * (length + 8), length }));
};

const receivesParts = (buffer: readonly Part[]): QnxCall => ({ operation: 'Receivemx', thread: process(SERVER), pid: ANYBODY, buffer: [...buffer] });
