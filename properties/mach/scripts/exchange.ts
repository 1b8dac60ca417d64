import { mach } from '#model/mach/kernel';
import { byPrograms, script, type Script } from '#properties/script';
import { answers, asks, CLIENT, filled, isReceive, message, nameOf, PAGE, SERVER, service, type Body } from '#properties/mach/scripts/parties';

/** How a request and its answer carry so many bytes. */
interface Carrier {
  readonly body: (size: number) => Body;
  /** How much memory of its own each side needs for that; none where nothing is said. */
  readonly memory?: (size: number) => number;
  /** How often a program goes over all of what it sends or gets: once to gather it, or to scatter it. */
  readonly passes?: number;
}

const pages = (bytes: number): number => Math.ceil(bytes / PAGE);

/** The canonical procedure call: the reply travels on a send-once right, and both sides send and receive in one call. */
export const exchange = ({ body, memory, passes = 0 }: Carrier): Script => script({
  kernel: mach,
  scope: (size) => ({ threads: [1, 1], ...(memory === undefined ? {} : { memory: { pageSize: PAGE, pageCount: 2 * pages(memory(size)) } }) }),
  least: memory === undefined ? 0 : 1,
  * before(look, size) {
    if (memory !== undefined) for (const party of [SERVER, CLIENT]) yield* filled(party, memory(size));
    yield* service(look, [CLIENT]);
    yield message(SERVER, null, nameOf(look(), SERVER, isReceive));
  },
  * calls(look, size) {
    yield byPrograms(passes, size);
    yield asks(look(), CLIENT, body(size));
    yield byPrograms(2 * passes, size);
    yield answers(look(), SERVER, nameOf(look(), SERVER, isReceive), body(size));
    yield byPrograms(passes, size);
  },
});
