import { bodyOf, dropParcels, parcelFor, putOff } from '#model/chorus/messages/bodies';
import { preserve } from '#model/chorus/memory/objects';
import { pagingFails } from '#model/chorus/memory/paging';
import { migrate } from '#model/chorus/ports/migrate';
import { change, returned } from '#model/operation';
import { around } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const bodyMutants: ChorusMutants = {
  'bodies-show-later-writes': {
    rule: 'chorus/bodies-are-copied-later',
    fault: 'what is written to memory that is on its way shows in the message',
    mechanisms: {
      preserve: (world, object, page) => {
        const { history } = world.state.objects[object]!;
        if (history === null || !world.state.objects[history]!.parcel) preserve(world, object, page);
      },
    },
  },
  'bodies-are-taken-from-the-beginning-of-a-region': {
    rule: 'chorus/bodies-are-copied-later',
    fault: 'a body within a region is sent from where the region begins',
    mechanisms: { putOff: (world, region, body) => putOff(world, region, { ...body, address: region.start * world.state.limits.page }) },
  },
  'bodies-lose-their-last-page': {
    rule: 'chorus/bodies-are-copied-later',
    fault: 'of a body of several pages the last is not received',
    mechanisms: { bodyOf: (state, message) => {
      const { page } = state.limits;
      const body = bodyOf(state, message);
      return message.parcel !== null && body.length > 2 * page ? body.slice(0, -2 * page) : body;
    } },
  },
  'bodies-stay-behind-on-their-site': {
    rule: 'chorus/bodies-are-copied-later',
    fault: 'a message whose port goes to another site leaves its body behind',
    mechanisms: {
      migrate: (world, port, to, messages) => {
        const { queue } = world.state.ports[port]!;
        const li = migrate(world, port, to, messages);
        if (messages) change(world.state.ports[port]!).queue = [...queue];
        return li;
      },
    },
  },
  'bodies-for-other-sites-are-copied-later': {
    rule: 'chorus/bodies-are-copied-later',
    fault: 'a body for another site is not copied when it is sent',
    mechanisms: { parcelFor: (world, thread, body) => parcelFor(world, thread, body, true) },
  },
  'every-body-is-copied-at-once': {
    rule: 'chorus/bodies-are-copied-later',
    fault: 'a large body is copied when it is sent',
    mechanisms: { parcelFor: () => null },
  },
  'bodies-are-kept-for-ever': {
    rule: 'chorus/copies-outlive-their-source',
    fault: 'the copy that a body was stays when its message has gone',
    mechanisms: { dropParcels: () => undefined },
  },
  'bodies-go-before-they-are-fetched': {
    rule: 'chorus/bodies-are-copied-later',
    fault: 'a body that a receive left with the system is gone when it is fetched',
    mechanisms: {
      dropParcels: (world) => {
        const kept = world.state.threads.filter(({ current }) => (current?.message.parcel ?? null) !== null);
        const old = kept.map(({ current }) => current);
        for (const thread of kept) change(thread).current = null;
        dropParcels(world);
        kept.forEach((thread, at) => { change(thread).current = old[at]!; });
      },
    },
  },
  'bodies-that-are-not-mapped-are-empty': {
    rule: 'chorus/bodies-are-in-own-memory',
    fault: 'what is to be sent and is not mapped is sent as nothing',
    operations: around('ipcSend', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'raised' && verdict.error === 'K_EFAULT' ? returned(null) : verdict;
    }),
  },
  'absent-pages-are-not-sent': {
    rule: 'chorus/bodies-are-in-own-memory',
    fault: 'who waits for a page of what it sends is told that it failed in another way',
    mechanisms: {
      pagingFails: (world, thread) => {
        const { run } = world.state.threads[thread]!;
        if (run.tag === 'paging' && run.retry.includes('"ipcSend"')) return world.mechanisms.answer(world, thread, 'K_EFAULT');
        pagingFails(world, thread);
      },
    },
  },
};
