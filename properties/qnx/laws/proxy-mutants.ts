import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { nextArrival } from '#model/qnx/messages/queue';
import { blocked, change, returned } from '#model/operation';
import type { QnxMutants } from '#properties/qnx/obligation';
import { altered } from '#properties/qnx/laws/altered';

export const proxyMutants: QnxMutants = {
  'proxy-belongs-to-the-caller': {
    rule: 'qnx/proxy-attach-makes-a-proxy',
    fault: 'a proxy attached for another process belongs to the caller',
    operations: { qnx_proxy_attach: { ...operations.qnx_proxy_attach, step: (world, call) => operations.qnx_proxy_attach.step(world, { ...call, pid: 0 as never }) } },
  },
  'proxy-data-are-not-limited': {
    rule: 'qnx/proxy-attach-makes-a-proxy',
    fault: 'a proxy may have any amount of data',
    operations: {
      qnx_proxy_attach: {
        ...operations.qnx_proxy_attach,
        step: (world, call) => {
          const verdict = operations.qnx_proxy_attach.step(world, call);
          if (verdict.tag !== 'raised' || verdict.error !== 'EINVAL') return verdict;
          return operations.qnx_proxy_attach.step(world, { ...call, data: { ...call.data, length: world.state.limits.proxyData } });
        },
      },
    },
  },
  'proxy-has-a-pid-in-use': {
    rule: 'qnx/proxy-attach-makes-a-proxy',
    fault: 'a new proxy is given the pid of its owner',
    operations: {
      qnx_proxy_attach: {
        ...operations.qnx_proxy_attach,
        step: (world, call) => {
          const verdict = operations.qnx_proxy_attach.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          const { pid } = world.state.processes[call.thread]!;
          change(world.state.proxies.at(-1)!).pid = pid;
          return returned({ proxy: pid });
        },
      },
    },
  },
  'trigger-waits-for-the-owner': {
    rule: 'qnx/trigger-never-blocks',
    fault: 'a Trigger waits until the proxy is received',
    operations: {
      Trigger: {
        ...operations.Trigger,
        step: (world, call) => {
          const verdict = operations.Trigger.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          change(world.state.processes[call.thread]!).run = { tag: 'receiving', from: call.proxy, buffer: [] };
          return blocked as never;
        },
      },
    },
  },
  'trigger-returns-the-proxy': {
    rule: 'qnx/trigger-never-blocks',
    fault: 'a Trigger returns the id of the proxy, not its owner\'s pid',
    operations: {
      Trigger: {
        ...operations.Trigger,
        step: (world, call) => {
          const verdict = operations.Trigger.step(world, call);
          return verdict.tag === 'returned' ? returned({ pid: call.proxy }) : verdict;
        },
      },
    },
  },
  'trigger-does-not-wake-the-owner': {
    rule: 'qnx/trigger-never-blocks',
    fault: 'an owner that waits is not woken by a Trigger',
    mechanisms: { serve: () => {} },
  },
  'trigger-of-nothing-succeeds': {
    rule: 'qnx/trigger-never-blocks',
    fault: 'a Trigger of what is no proxy returns as though there were one',
    operations: {
      Trigger: {
        ...operations.Trigger,
        step: (world, call) => {
          const verdict = operations.Trigger.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'ESRCH' ? returned({ pid: world.state.processes[call.thread]!.pid }) : verdict;
        },
      },
    },
  },
  'triggers-coalesce': {
    rule: 'qnx/triggers-are-counted',
    fault: 'a proxy that is pending already is not counted again',
    mechanisms: { trigger: (world, id) => (world.state.proxies[id]!.count > 0 ? 'counted' : mechanisms.trigger(world, id)) },
  },
  'trigger-is-lost-unless-waited-for': {
    rule: 'qnx/triggers-are-counted',
    fault: 'a trigger is lost if the owner does not wait for it',
    mechanisms: {
      trigger: (world, id) => {
        const { owner } = world.state.proxies[id]!;
        return world.state.processes[owner]!.run.tag === 'receiving' ? mechanisms.trigger(world, id) : 'counted';
      },
    },
  },
  'receipt-takes-all-triggers': {
    rule: 'qnx/triggers-are-counted',
    fault: 'a Receive takes all the triggers of a proxy at once',
    mechanisms: {
      remove: (world, receiver, item) => {
        if (item.tag === 'proxy') change(world.state.proxies[item.proxy]!).count = 1;
        mechanisms.remove(world, receiver, item);
      },
    },
  },
  'proxy-stands-in-line-twice': {
    rule: 'qnx/triggers-are-counted',
    fault: 'every trigger puts the proxy into the queue again',
    mechanisms: {
      trigger: (world, id) => {
        const { owner, count } = world.state.proxies[id]!;
        const done = mechanisms.trigger(world, id);
        if (count > 0 && done === 'counted') mechanisms.enqueue(world, owner, { tag: 'proxy', proxy: id, priority: 10, arrival: nextArrival(world) });
        return done;
      },
    },
  },
  'receipt-does-not-count-down': {
    rule: 'qnx/triggers-are-counted',
    fault: 'a proxy that was triggered once can be received for ever',
    mechanisms: {
      remove: (world, receiver, item) => {
        const { queue } = world.state.processes[receiver]!;
        mechanisms.remove(world, receiver, item);
        if (item.tag !== 'proxy') return;
        change(world.state.proxies[item.proxy]!).count += 1;
        change(world.state.processes[receiver]!).queue = change(queue);
      },
    },
  },
  'trigger-limit-is-one-more': {
    rule: 'qnx/triggers-are-counted',
    fault: 'a proxy counts one trigger more than its limit',
    mechanisms: {
      trigger: (world, id) => {
        const proxy = change(world.state.proxies[id]!);
        if (proxy.count !== world.state.limits.triggers) return mechanisms.trigger(world, id);
        proxy.count += 1;
        return 'counted';
      },
    },
  },
  'reply-to-a-proxy-detaches-it': {
    rule: 'qnx/proxy-message-needs-no-reply',
    fault: 'a Reply to a proxy takes away one of its triggers',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const proxy = world.state.proxies.findIndex(({ pid, life, count }) => pid === call.pid && life === 'live' && count > 1);
          if (proxy >= 0) change(world.state.proxies[proxy]!).count -= 1;
          return proxy >= 0 ? returned(null) : operations.Reply.step(world, call);
        },
      },
    },
  },
  'proxy-gives-data-in-reverse': {
    rule: 'qnx/proxy-message-needs-no-reply',
    fault: 'a proxy\'s data come in reverse',
    mechanisms: {
      takeNext: (world, receiver, from, buffer) => {
        const item = mechanisms.nextItem(world.state, receiver, from);
        if (item?.tag !== 'proxy') return mechanisms.takeNext(world, receiver, from, buffer);
        const { data } = world.state.proxies[item.proxy]!;
        return mechanisms.takeNext(altered(world, {
          transfer: (inner, source, target) => mechanisms.transfer(inner, { ...source, bytes: [...data].reverse() }, target),
        }), receiver, from, buffer);
      },
    },
  },
  'proxy-survives-its-owner': {
    rule: 'qnx/proxy-ends-with-its-owner',
    fault: 'the proxies of a process outlive it',
    mechanisms: { release: (world, id) => mechanisms.release(altered(world, { endProxy: () => {} }), id) },
  },
  'anyone-may-detach-a-proxy': {
    rule: 'qnx/proxy-ends-with-its-owner',
    fault: 'a process may detach the proxy of another',
    operations: {
      qnx_proxy_detach: {
        ...operations.qnx_proxy_detach,
        step: (world, call) => {
          const proxy = world.state.proxies.findIndex(({ pid, life }) => pid === call.proxy && life === 'live');
          return operations.qnx_proxy_detach.step(world, proxy < 0 ? call : { ...call, thread: world.state.proxies[proxy]!.owner });
        },
      },
    },
  },
  'detached-proxy-can-be-triggered': {
    rule: 'qnx/proxy-ends-with-its-owner',
    fault: 'detaching a proxy discards its messages and leaves the proxy',
    operations: {
      qnx_proxy_detach: {
        ...operations.qnx_proxy_detach,
        step: (world, call) => operations.qnx_proxy_detach.step(altered(world, {
          endProxy: (inner, id) => {
            mechanisms.endProxy(inner, id);
            change(inner.state.proxies[id]!).life = 'live';
          },
        }), call),
      },
    },
  },
  'detach-of-nothing-succeeds': {
    rule: 'qnx/proxy-ends-with-its-owner',
    fault: 'detaching what is no proxy fails with EPERM',
    operations: {
      qnx_proxy_detach: {
        ...operations.qnx_proxy_detach,
        step: (world, call) => {
          const verdict = operations.qnx_proxy_detach.step(world, call);
          return verdict.tag === 'raised' ? { tag: 'raised', error: 'EPERM' } : verdict;
        },
      },
    },
  },
};
