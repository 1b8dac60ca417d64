import type { MachState } from '#model/mach/state';
import { callerTask, errorOf, messagesIn, threadName } from '#properties/mach/facts';
import { differences } from '#properties/mach/laws/memory/answers';
import type { Aspect } from '#properties/mach/laws/memory/eager';
import { regionsOf, type Region } from '#properties/mach/laws/memory/transit';
import { expectedOf, givenBackIn, sendEnd, sendsIn, takenIn } from '#properties/mach/laws/message-steps';
import { waitedFor } from '#properties/mach/laws/memory/paging';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** Differences of some kinds, in steps that have to do with regions. */
const differing = (step: MachStep, ...aspects: readonly Aspect[]): readonly string[] =>
  differences(step).filter(({ aspect }) => aspects.includes(aspect)).map(({ text }) => text);

type Sent = Extract<NonNullable<ReturnType<typeof sendsIn>>['send']['body'][number], { tag: 'region' }>;

/** The regions of a message that is to be sent, if the kernel looks at them at all. */
const asked = (step: MachStep): readonly Sent[] => {
  const send = sendsIn(step)?.send;
  if (step.before.memory === null || send === undefined || !send.complex || sendEnd(step) === 'refused') return [];
  return send.body.filter((item): item is Sent => item.tag === 'region');
};

/** Regions that arrived in a step, with what was sent. */
function arrived(step: MachStep): readonly Region[] {
  if (step.before.memory === null) return [];
  return takenIn(step).flatMap(({ source, body }) => (source === null || body === null ? [] : regionsOf(source)));
}

const pageSize = ({ before }: MachStep): number => before.memory?.pageSize ?? 1;

const underWay = (state: MachState): boolean => [...messagesIn(state)].some(([message]) => regionsOf(message).length > 0);

/** Objects that are there, though no space and no message has anything to do with them. */
function leaked(state: MachState): readonly string[] {
  const { memory } = state;
  if (memory === null) return [];
  const used = new Set<number>();
  for (const { pages } of memory.spaces) for (const mapping of pages) if (mapping !== null) used.add(mapping.object);
  for (const [message] of messagesIn(state)) for (const { pages } of regionsOf(message)) for (const { object } of pages) used.add(object);
  for (const object of waitedFor(state)) used.add(object);
  return memory.objects.flatMap(({ life }, object) => (life === 'live' && !used.has(object) && !isPaged(memory, object) ? [`object ${object} is kept for nobody`] : []));
}

/**
 * A pager's object stays while there are copies of it, and longer if the pager lets it. So does what lies below a copy
 * of which the default memory manager keeps pages: nobody else knows which.
 */
const isPaged = ({ objects }: NonNullable<MachState['memory']>, object: number): boolean => {
  const { pager, copy } = objects[object]!;
  if (pager === null) return copy !== null && objects[copy]!.pager !== null;
  return copy !== null || (pager.cacheable && pager.status !== 'gone');
};

/** Regions that a message held which is no more: not under way, not received, not given back. */
function lost({ before, after, ...rest }: MachStep): boolean {
  const step = { before, after, ...rest };
  return [...messagesIn(before)].some(([{ serial, body }]) => regionsOf({ body }).length > 0
    && ![...messagesIn(after)].some(([other]) => other.serial === serial)
    && !takenIn(step).some(({ source, body: whole }) => source?.serial === serial && whole !== null)
    && !givenBackIn(step).some(({ source }) => source.serial === serial));
}

export const outOfLineLaws = {
  'mach/region-is-a-copy-at-send': {
    step: (step) => (step.before.memory !== null && (underWay(step.before) || underWay(step.after) || arrived(step).length > 0)
      ? differing(step, 'transit', 'contents', 'sharing') : []),
    sometimes: {
      'a region is sent': (step) => asked(step).some(({ size }) => size > 0) && errorOf(step) === null,
      'a region arrives': (step) => arrived(step).some(({ size }) => size > 0),
      'memory is written while a copy of it is under way': ({ before, call }) => {
        if (before.memory === null || call.operation !== 'store') return false;
        const { pageSize: size, spaces, objects } = before.memory;
        const mapping = spaces[before.threads[call.thread]!.task]!.pages[Math.floor(call.address / size)] ?? null;
        const copies = mapping === null ? null : objects[mapping.object]!.copy;
        return [...messagesIn(before)].some(([message]) => regionsOf(message).some(({ pages }) => pages.some(({ object }) => object === copies)));
      },
    },
  },

  'mach/deallocate-bit-unmaps-the-source': {
    step: (step) => {
      const sender = asked(step).length > 0 ? callerTask(step) : null;
      const inline = step.before.memory !== null && sendsIn(step)?.send.complex === true && expectedOf(step)?.error === 'MACH_SEND_INVALID_TYPE';
      return [
        ...differences(step).filter(({ aspect, task }) => aspect === 'mapping' && task === sender).map(({ text }) => text),
        ...(inline && sendEnd(step) !== 'refused' && errorOf(step) !== 'MACH_SEND_INVALID_TYPE' ? ['inline data is taken with a deallocate bit'] : []),
      ];
    },
    on: ['mach_msg'],
    sometimes: {
      'a region leaves its sender': (step) => asked(step).some(({ deallocate, size }) => deallocate && size > 0) && errorOf(step) === null,
      'part of a page leaves its sender': (step) => asked(step).some(({ deallocate, size }) => deallocate && size > 0 && size % pageSize(step) !== 0) && errorOf(step) === null,
      'a region stays with its sender': (step) => asked(step).some(({ deallocate, size }) => !deallocate && size > 0) && errorOf(step) === null,
    },
  },

  'mach/region-arrives-at-a-fresh-place': {
    step: (step) => (arrived(step).length > 0 ? differing(step, 'arrival', 'mapping', 'current', 'maximum', 'inheritance') : []),
    sometimes: {
      'a region of several pages arrives': (step) => arrived(step).some(({ pages }) => pages.length > 1),
      'a region arrives where it may choose': (step) => arrived(step).length > 0 && step.choices.some(({ kind }) => kind === 'address'),
    },
  },

  'mach/unaligned-regions-carry-whole-pages': {
    step: (step) => (arrived(step).length > 0 ? differing(step, 'offset', 'contents', 'mapping') : []),
    sometimes: {
      'a region within a page arrives': (step) => arrived(step).some(({ offset, size }) => size > 0 && offset > 0),
      'a region ends within a page': (step) => arrived(step).some(({ offset, size }) => size > 0 && (offset + size) % pageSize(step) !== 0),
    },
  },

  'mach/empty-region-arrives-at-zero': {
    step: (step) => [
      ...differing(step, 'empty'),
      ...(asked(step).some(({ size }) => size === 0) && errorOf(step) === 'MACH_SEND_INVALID_MEMORY'
        && asked(step).every(({ size }) => size === 0) ? ['the address of an empty region is looked at'] : []),
    ],
    sometimes: {
      'an empty region is sent from nowhere': (step) => asked(step).some(({ size, address }) => size === 0
        && (step.before.memory!.spaces[callerTask(step)]!.pages[Math.floor(address / pageSize(step))] ?? null) === null),
      'an empty region arrives': (step) => arrived(step).some(({ size }) => size === 0),
    },
  },

  'mach/region-must-be-readable': {
    step: (step) => {
      if (asked(step).length === 0) return [];
      const due = expectedOf(step)?.error === 'MACH_SEND_INVALID_MEMORY';
      const told = errorOf(step) === 'MACH_SEND_INVALID_MEMORY';
      return due === told ? [] : [told ? 'a region that can be read is refused' : 'a region is taken that cannot be read'];
    },
    on: ['mach_msg'],
    sometimes: {
      'a region is not mapped': (step) => errorOf(step) === 'MACH_SEND_INVALID_MEMORY',
      'a region is mapped and cannot be read': (step) => errorOf(step) === 'MACH_SEND_INVALID_MEMORY' && asked(step).some(({ address, size }) => {
        const mapping = step.before.memory!.spaces[callerTask(step)]!.pages[Math.floor(address / pageSize(step))] ?? null;
        return size > 0 && mapping !== null && (mapping.current & 1) === 0;
      }),
    },
  },

  'mach/destroyed-message-frees-its-regions': {
    always: leaked,
    step: (step) => (givenBackIn(step).some(({ source }) => regionsOf(source).length > 0) && step.before.memory !== null
      ? differences(step).map(({ text }) => text) : []),
    sometimes: {
      'a message with a region is destroyed': (step) => step.before.memory !== null && lost(step),
      'a message with a region is given back': (step) => step.before.memory !== null && givenBackIn(step).some(({ source }) => regionsOf(source).length > 0),
    },
  },

  'mach/body-shortage-delivers-in-part': {
    step: (step) => {
      if (step.before.memory === null) return [];
      return [...differing(step, 'shortage'), ...takenIn(step).flatMap(({ thread, source, body, error }) => {
        if (source === null || body === null) return [];
        const regions = body.filter((item) => item.tag === 'region');
        const isShort = regionsOf(source).some(({ size }, at) => size > 0 && regions[at]?.tag === 'region' && regions[at].size === 0);
        return isShort === (error === 'MACH_RCV_BODY_ERROR') ? [] : [`${threadName(thread)} is told ${error ?? 'nothing'} of a shortage`];
      })];
    },
    sometimes: {
      'there is no room for a region': (step) => step.before.memory !== null && takenIn(step).some(({ error }) => error === 'MACH_RCV_BODY_ERROR'),
    },
  },
} satisfies MachLaws;
