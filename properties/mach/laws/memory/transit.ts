import type { ReceivedItem, TaskId } from '#spec/mach/vocabulary';
import type { Item, MachState, Message } from '#model/mach/state';
import { messagesIn, taskName } from '#properties/mach/facts';
import { AWAY, type Difference, type Eager } from '#properties/mach/laws/memory/eager';
import { expectedOf, givenBackIn, sendsIn, sentMessage, takenIn } from '#properties/mach/laws/message-steps';
import type { MachStep } from '#properties/mach/obligation';

export type Region = Extract<Item, { tag: 'region' }>;
type Arrived = Extract<ReceivedItem, { tag: 'region' }>;

export const regionsOf = ({ body }: Pick<Message, 'body'>): readonly Region[] =>
  body.flatMap((item) => (item.tag === 'region' ? [item] : []));

/** The message of a send that has not been seen under way has no number yet. */
const UNNUMBERED = -1;

/** What the regions of messages hold, each page as it was when they were sent. */
export class Transit {
  readonly #bytes = new Map<number, readonly (readonly string[])[]>();

  /** As a state has it. */
  static of(state: MachState, bytesAt: (object: number, index: number) => string): Transit {
    const transit = new Transit();
    for (const [message] of messagesIn(state)) {
      const regions = regionsOf(message);
      if (regions.length === 0) continue;
      transit.#bytes.set(message.serial, regions.map(({ pages }) => pages.map(({ object, index }) => bytesAt(object, index))));
    }
    return transit;
  }

  /** A new step: what an earlier send took in has its number by now, or is no more. */
  begin(): void {
    this.#bytes.delete(UNNUMBERED);
  }

  /** Takes the regions that a send takes in, up to the first that cannot be, out of its sender's memory. */
  send(step: MachStep, task: TaskId, eager: Eager): void {
    const taken = expectedOf(step)?.message.body.length ?? 0;
    const regions: (readonly string[])[] = [];
    for (const item of sendsIn(step)!.send.complex ? sendsIn(step)!.send.body.slice(0, taken) : []) {
      if (item.tag !== 'region') continue;
      const pages = eager.pages(item.address, item.size);
      regions.push(pages.map((page) => eager.spaces[task]![page]!.cell.bytes));
      if (item.deallocate) for (const page of pages) eager.spaces[task]![page] = null;
    }
    this.#bytes.set(sentMessage(step)?.[0].serial ?? UNNUMBERED, regions);
    if (expectedOf(step) !== null) this.#bytes.set(UNNUMBERED, regions);
  }

  /** What reached a thread in a step, by receipt or because it was given back, with what it was when it was sent. */
  *arriving(step: MachStep, thread: number): Generator<readonly [task: TaskId, Arrived, Region, readonly string[]]> {
    const whole = [
      ...takenIn(step).map((taken) => ({ ...taken, items: taken.body })),
      ...givenBackIn(step).map((back) => ({ ...back, items: back.message.body })),
    ];
    for (const { thread: receiver, task, source, items } of whole) {
      if (receiver !== thread || source === null || items === null) continue;
      const arrived = items.filter((item): item is Arrived => item.tag === 'region');
      const sent = regionsOf(source);
      const bytes = this.#bytes.get(source.serial) ?? [];
      for (let at = 0; at < arrived.length && at < sent.length; at += 1) yield [task, arrived[at]!, sent[at]!, bytes[at] ?? []];
    }
  }

  /** Where regions that are under way hold other bytes than they should. */
  differences(shown: Transit): readonly Difference[] {
    const found: Difference[] = [];
    for (const [serial, regions] of shown.#bytes) {
      const expected = this.#bytes.get(serial) ?? this.#bytes.get(UNNUMBERED);
      // What the kernel returns to a pager is for the laws of pagers.
      if (expected === undefined) {
        this.#bytes.set(serial, regions);
        continue;
      }
      const isSame = expected.length === regions.length && regions.every((pages, at) =>
        pages.every((bytes, page) => bytes === AWAY || expected[at]![page] === AWAY || bytes === expected[at]![page]));
      if (!isSame) {
        found.push({ aspect: 'transit', task: 0 as TaskId, text: `message ${serial} holds ${regions.join()} instead of ${expected.join()}` });
      }
    }
    return found;
  }
}

/** Maps one region that has arrived into a memory, and says what is wrong with how it came. */
export function arrive(eager: Eager, task: TaskId, arrived: Arrived, sent: Region, bytes: readonly string[]): readonly Difference[] {
  const { address, size, deallocate } = arrived;
  const wrong = (aspect: Difference['aspect'], text: string): Difference => ({ aspect, task, text: `a region arrives in ${taskName(task)} ${text}` });
  if (!deallocate) return [wrong('arrival', 'without its deallocate bit')];
  if (sent.size === 0) return address === 0 && size === 0 ? [] : [wrong('empty', `with ${size} bytes at ${address} though it is empty`)];
  if (size === 0) {
    if (hasRoom(eager, task, bytes.length)) return [wrong('shortage', 'as nothing, though there is room')];
    return address === 0 && arrived.bits === 0 ? [] : [wrong('shortage', `as nothing at ${address}, with elements of ${arrived.bits} bits`)];
  }
  const found: Difference[] = [];
  if (arrived.bits !== sent.bits) found.push(wrong('arrival', `with elements of ${arrived.bits} bits instead of ${sent.bits}`));
  if (size !== sent.size) found.push(wrong('arrival', `with ${size} bytes instead of ${sent.size}`));
  if (address % eager.pageSize !== sent.offset) found.push(wrong('offset', 'at another offset in its page'));
  const first = Math.floor(address / eager.pageSize);
  bytes.forEach((page, at) => {
    const isFree = first + at < eager.pageCount && eager.spaces[task]![first + at] === null;
    if (!isFree) found.push(wrong('arrival', `at ${address}, where it may not be`));
    eager.spaces[task]![first + at] = { cell: { bytes: page }, ...eager.ordinary };
  });
  return found;
}

function hasRoom({ spaces, pageCount }: Eager, task: TaskId, length: number): boolean {
  let free = 0;
  for (let page = 0; page < pageCount; page += 1) {
    free = spaces[task]![page] === null ? free + 1 : 0;
    if (free >= length) return true;
  }
  return false;
}
