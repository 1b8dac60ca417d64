import { advanceFlushes, beginFlush, flushEnds, revoke } from '#model/chorus/memory/flush';
import { completeCall } from '#model/chorus/messages/reply';
import { change } from '#model/operation';
import { altered, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const flushMutants: ChorusMutants = {
  'flush-keeps-the-pages': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'a segment that was flushed is still in memory',
    mechanisms: { advanceFlushes: (world, object) => advanceFlushes(altered(world, { evict: () => undefined }), object) },
  },
  'flush-leaves-the-right-to-write': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'what may be kept to be read can be written after a flush',
    mechanisms: { revoke: () => undefined },
  },
  'flush-takes-the-whole-segment': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'a flush of some pages is one of all',
    mechanisms: { beginFlush: (world, site, transaction, order) => beginFlush(world, site, transaction, { ...order, first: 0, count: world.state.limits.space }) },
  },
  'flush-misses-the-last-page': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'the last page of a range is not flushed',
    mechanisms: { beginFlush: (world, site, transaction, order) => beginFlush(world, site, transaction, { ...order, count: Math.max(0, order.count - 1) }) },
  },
  'flush-does-not-wait-for-the-mapper': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'a flush is over before what was written is with its mapper',
    mechanisms: {
      beginFlush: (world, site, transaction, order) => {
        beginFlush(world, site, transaction, order);
        if (world.state.transactions[transaction]!.errand.tag === 'flush') flushEnds(world, site, transaction, true);
      },
    },
  },
  'flush-never-ends': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'a flush goes on when its mapper has everything',
    mechanisms: { advanceFlushes: () => undefined },
  },
  'flush-of-odd-ranges': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'a range that begins within a page is flushed from the page on',
    operations: misread('sgFlush', ({ limits: { page } }, call) => ({ ...call, offset: call.offset - (call.offset % page) })),
  },
  'cache-of-the-caller-is-flushed': {
    rule: 'chorus/caches-elsewhere-are-flushed-too',
    fault: 'lcFlush flushes the cache of the site of its caller',
    operations: misread('lcFlush', (state, call) => {
      const site = state.actors[state.threads[call.thread]!.actor]!.site;
      return { ...call, site: state.sites[site]!.ui };
    }),
  },
  'flush-elsewhere-is-not-carried-out': {
    rule: 'chorus/caches-elsewhere-are-flushed-too',
    fault: 'a site that is to flush its cache for another does nothing',
    mechanisms: {
      beginFlush: (world, site, transaction, order) => {
        const { site: home } = world.state.transactions[transaction]!;
        if (home === site) beginFlush(world, site, transaction, order);
      },
    },
  },
  'end-of-a-flush-is-not-heard': {
    rule: 'chorus/caches-elsewhere-are-flushed-too',
    fault: 'who waits for a flush elsewhere is told that it failed',
    mechanisms: {
      completeCall: (world, id, reply) => {
        const { client } = world.state.transactions[id]!;
        const waits = client !== null && world.state.threads[client]!.run.tag === 'flushing';
        completeCall(world, id, waits ? { ...reply, body: '01' } : reply);
      },
    },
  },
  'flush-drops-what-is-behind-it': {
    rule: 'chorus/flush-leaves-what-it-may',
    fault: 'a flush drops the pages behind its range as well',
    mechanisms: {
      revoke: (world, object, first, count) => {
        revoke(world, object, first, count);
        const { pages } = world.state.objects[object]!;
        for (let at = first + count; at < pages.length; at += 1) if (pages[at]?.dirty === false) change(pages)[at] = null;
      },
    },
  },
};
