import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { defaultOf, isCaught } from '#model/qnx/signals/post';
import { settle } from '#model/qnx/settle';
import { placeOf } from '#model/qnx/words';
import { blocked, change, returned } from '#model/operation';
import type { Qnx } from '#model/qnx/world';
import type { QnxMutants } from '#properties/qnx/obligation';
import { altered } from '#properties/qnx/laws/altered';

export const signalMutants: QnxMutants = {
  'masked-signal-is-lost': {
    rule: 'qnx/kill-makes-a-signal-pending',
    fault: 'a signal that is masked is lost',
    mechanisms: {
      post: (world, target, signal) => {
        if (!world.state.processes[target]!.mask[placeOf(signal)]) mechanisms.post(world, target, signal);
      },
    },
  },
  'mask-is-ignored': {
    rule: 'qnx/kill-makes-a-signal-pending',
    fault: 'a masked signal takes effect all the same',
    mechanisms: {
      post: (world, target, signal) => {
        const process = change(world.state.processes[target]!);
        const { mask } = process;
        process.mask = mask.map(() => false);
        mechanisms.post(world, target, signal);
        process.mask = mask;
      },
    },
  },
  'unmasking-wakes-nothing': {
    rule: 'qnx/kill-makes-a-signal-pending',
    fault: 'a signal that was masked does not end its process once it is unmasked',
    operations: { sigprocmask: { ...operations.sigprocmask, step: (world, call) => operations.sigprocmask.step(altered(world, { notice: () => {} }), call) } },
  },
  'kill-asks-for-no-permission': {
    rule: 'qnx/kill-makes-a-signal-pending',
    fault: 'a process may signal those of other users',
    mechanisms: { maySignal: (_state, _sender, target) => target > 0 },
  },
  'superuser-has-no-privilege': {
    rule: 'qnx/kill-makes-a-signal-pending',
    fault: 'the superuser may signal only its own processes',
    mechanisms: { maySignal: ({ processes }, sender, target) => target > 0 && processes[sender]!.uid === processes[target]!.uid },
  },
  'kill-of-nobody-succeeds': {
    rule: 'qnx/kill-makes-a-signal-pending',
    fault: 'a signal to a pid that denotes nothing is taken for sent',
    operations: {
      kill: {
        ...operations.kill,
        step: (world, call) => {
          const verdict = operations.kill.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'ESRCH' ? returned(null) : verdict;
        },
      },
    },
  },
  'block-replaces-the-mask': {
    rule: 'qnx/kill-makes-a-signal-pending',
    fault: 'blocking some signals unblocks all others',
    operations: { sigprocmask: { ...operations.sigprocmask, step: (world, call) => operations.sigprocmask.step(world, call.how === 'block' ? { ...call, how: 'set' } : call) } },
  },
  'handler-is-not-run': {
    rule: 'qnx/signal-does-its-action',
    fault: 'a caught signal is dropped instead of being handled',
    mechanisms: { post: (world, target, signal) => { if (!isCaught(world.state.processes[target]!, signal)) mechanisms.post(world, target, signal); } },
  },
  'handler-runs-twice': {
    rule: 'qnx/signal-does-its-action',
    fault: 'the handler of a signal runs twice',
    settle: (world: Qnx) => {
      const before = world.state.processes.map(({ handled }) => handled.length);
      settle(world);
      world.state.processes.forEach(({ handled, life }, id) => {
        const noted = handled.at(-1);
        if (life === 'live' && noted !== undefined
          && handled.length === (before[id] ?? 0) + 1) change(world.state.processes[id]!).handled = [...handled, noted];
      });
    },
  },
  'sigkill-can-be-caught': {
    rule: 'qnx/signal-does-its-action',
    fault: 'any process may say what is to be done about SIGKILL',
    operations: {
      sigaction: {
        ...operations.sigaction,
        step: (world, call) => {
          if (call.signal !== 'SIGKILL') return operations.sigaction.step(world, call);
          const process = change(world.state.processes[call.thread]!);
          const action = process.actions[placeOf('SIGKILL')]!;
          process.actions[placeOf('SIGKILL')] = call.action;
          return returned({ action });
        },
      },
    },
  },
  'immortal-cannot-catch-sigkill': {
    rule: 'qnx/signal-does-its-action',
    fault: 'even a process with IMMORTAL set ends of a SIGKILL that it catches',
    mechanisms: {
      notice: (world, target) => {
        const { pending, life } = world.state.processes[target]!;
        if (life === 'live' && pending[placeOf('SIGKILL')]! > 0) mechanisms.terminate(world, target, 137);
        else mechanisms.notice(world, target);
      },
    },
  },
  'sigcont-continues-nobody': {
    rule: 'qnx/signal-does-its-action',
    fault: 'SIGCONT leaves a held process held',
    mechanisms: { post: (world, target, signal) => { if (signal !== 'SIGCONT') mechanisms.post(world, target, signal); } },
  },
  'default-is-to-ignore': {
    rule: 'qnx/signal-does-its-action',
    fault: 'a signal that a process has said nothing about does nothing to it',
    mechanisms: {
      post: (world, target, signal) => {
        const process = world.state.processes[target]!;
        if (signal !== 'SIGTERM' || process.actions[placeOf(signal)] !== 'default'
          || defaultOf(signal) !== 'terminate') mechanisms.post(world, target, signal);
      },
    },
  },
  'sigaction-gives-the-new-action': {
    rule: 'qnx/signal-does-its-action',
    fault: 'sigaction gives the new action for the old',
    operations: {
      sigaction: {
        ...operations.sigaction,
        step: (world, call) => {
          const verdict = operations.sigaction.step(world, call);
          return verdict.tag === 'returned' ? returned({ action: call.action }) : verdict;
        },
      },
    },
  },
  'interrupted-message-stays-queued': {
    rule: 'qnx/signal-ends-a-send-or-receive',
    fault: 'the message of an interrupted Send stays in the queue',
    mechanisms: {
      interruptWait: (world, target) => {
        const { run } = world.state.processes[target]!;
        const queue = run.tag === 'sending' ? world.state.processes[run.on]!.queue : null;
        mechanisms.interruptWait(world, target);
        if (run.tag === 'sending' && queue !== null) change(world.state.processes[run.on]!).queue = change(queue);
      },
    },
  },
  'receive-is-not-interrupted': {
    rule: 'qnx/signal-ends-a-send-or-receive',
    fault: 'a signal does not end a Receive',
    mechanisms: { interruptWait: (world, target) => { if (world.state.processes[target]!.run.tag !== 'receiving') mechanisms.interruptWait(world, target); } },
  },
  'send-is-not-interrupted': {
    rule: 'qnx/signal-ends-a-send-or-receive',
    fault: 'a signal does not end the Send of a SEND-blocked process',
    mechanisms: { interruptWait: (world, target) => { if (world.state.processes[target]!.run.tag !== 'sending') mechanisms.interruptWait(world, target); } },
  },
  'interrupted-send-says-esrch': {
    rule: 'qnx/signal-ends-a-send-or-receive',
    fault: 'an interrupted Send fails with ESRCH',
    mechanisms: {
      interruptWait: (world, target) => {
        const { tag } = world.state.processes[target]!.run;
        mechanisms.interruptWait(world, target);
        if (tag === 'sending') mechanisms.wake(world, target, { tag: 'error', error: 'ESRCH' });
      },
    },
  },
  'masked-signal-interrupts': {
    rule: 'qnx/signal-ends-a-send-or-receive',
    fault: 'a signal that is masked ends a Receive all the same',
    mechanisms: {
      post: (world, target, signal) => {
        mechanisms.post(world, target, signal);
        const { life, run, mask, held } = world.state.processes[target]!;
        if (life === 'live' && !held && run.tag === 'receiving'
          && mask[placeOf(signal)]) mechanisms.wake(world, target, { tag: 'error', error: 'EINTR' });
      },
    },
  },
  'reply-wait-is-not-interrupted': {
    rule: 'qnx/signal-ends-a-reply-wait',
    fault: 'a signal does not end the wait for a reply',
    mechanisms: { interruptWait: (world, target) => { if (world.state.processes[target]!.run.tag !== 'replying') mechanisms.interruptWait(world, target); } },
  },
  'interrupted-client-has-no-error': {
    rule: 'qnx/signal-ends-a-reply-wait',
    fault: 'an interrupted Send returns as though there had been a reply',
    mechanisms: {
      interruptWait: (world, target) => {
        const { run } = world.state.processes[target]!;
        mechanisms.interruptWait(world, target);
        if (run.tag === 'replying') mechanisms.wake(world, target, { tag: 'replied', reply: run.sent.reply });
      },
    },
  },
  'sigcatch-is-ignored': {
    rule: 'qnx/sigcatch-holds-the-client',
    fault: 'a signal interrupts a client though its server catches its clients\' signals',
    mechanisms: { holdsClients: () => false },
  },
  'every-server-catches-signals': {
    rule: 'qnx/sigcatch-holds-the-client',
    fault: 'a client becomes SIGNAL-blocked though its server has not asked for it',
    mechanisms: { holdsClients: ({ state }, target) => state.processes[target]!.run.tag === 'replying' },
  },
  'server-is-not-told': {
    rule: 'qnx/sigcatch-holds-the-client',
    fault: 'a client becomes SIGNAL-blocked, and its server is told nothing',
    mechanisms: { tellServer: (world, target, due) => mechanisms.tellServer(altered(world, { enqueue: () => {} }), target, due) },
  },
  'server-is-told-of-each-signal': {
    rule: 'qnx/sigcatch-holds-the-client',
    fault: 'a server is told again when a SIGNAL-blocked client is signalled again',
    mechanisms: {
      tellServer: (world, target, due) => {
        const client = change(world.state.processes[target]!);
        if (client.run.tag === 'replying' && client.run.signalled) client.run = { ...client.run, signalled: false };
        mechanisms.tellServer(world, target, due);
      },
    },
  },
  'signal-is-lost-with-the-reply': {
    rule: 'qnx/sigcatch-holds-the-client',
    fault: 'the reply to a SIGNAL-blocked client discards its signal',
    mechanisms: {
      wake: (world, process, answer) => {
        const client = change(world.state.processes[process]!);
        if (answer.tag === 'replied' && client.run.tag === 'replying' && client.run.signalled) client.pending = client.pending.map(() => 0);
        mechanisms.wake(world, process, answer);
      },
    },
  },
  'sigkill-waits-for-the-server': {
    rule: 'qnx/signal-does-its-action',
    fault: 'SIGKILL waits for the reply of a server that catches its clients\' signals',
    mechanisms: {
      notice: (world, target) => {
        if (world.state.processes[target]!.life !== 'live') return;
        const due = mechanisms.deliverable(world.state.processes[target]!);
        if (due.length > 0 && mechanisms.holdsClients(world, target)) mechanisms.tellServer(world, target, due);
        else mechanisms.notice(world, target);
      },
    },
  },
  'stop-is-forgotten': {
    rule: 'qnx/stopped-process-is-held',
    fault: 'a held process that is sent a reply goes on',
    settle: (world: Qnx) => {
      world.state.processes.forEach(({ held, run }, id) => { if (held && run.tag === 'answered') change(world.state.processes[id]!).held = false; });
      settle(world);
    },
  },
  'continue-forgets-the-answer': {
    rule: 'qnx/stopped-process-is-held',
    fault: 'a process that is continued is not given the answer that came meanwhile',
    mechanisms: {
      post: (world, target, signal) => {
        const process = change(world.state.processes[target]!);
        if (signal === 'SIGCONT' && process.held && process.run.tag === 'answered') process.run = { tag: 'ready' };
        mechanisms.post(world, target, signal);
      },
    },
  },
  'any-signal-continues': {
    rule: 'qnx/stopped-process-is-held',
    fault: 'a held process is continued by any signal',
    mechanisms: {
      post: (world, target, signal) => {
        if (signal !== 'SIGSTOP') change(world.state.processes[target]!).held = false;
        mechanisms.post(world, target, signal);
      },
    },
  },
  'held-process-handles-signals': {
    rule: 'qnx/stopped-process-is-held',
    fault: 'the handlers of a held process run',
    settle: (world: Qnx) => {
      world.state.processes.forEach(({ held, pending, life }, id) => {
        const place = pending.findIndex((count) => count > 0);
        if (!held || life !== 'live' || place !== placeOf('SIGUSR1')) return;
        const process = change(world.state.processes[id]!);
        process.pending[place]! -= 1;
        process.handled = [...process.handled, 'SIGUSR1'];
      });
      settle(world);
    },
  },
  'ignoring-keeps-pending-signals': {
    rule: 'qnx/ignoring-discards-pending-signals',
    fault: 'a signal that a process comes to ignore waits on',
    mechanisms: { discardIgnored: () => {} },
  },
  'ignored-signal-waits': {
    rule: 'qnx/ignoring-discards-pending-signals',
    fault: 'a signal that is both ignored and masked waits',
    mechanisms: {
      post: (world, target, signal) => {
        mechanisms.post(world, target, signal);
        const process = change(world.state.processes[target]!);
        const place = placeOf(signal);
        if (process.life === 'live' && process.actions[place] === 'ignore' && process.mask[place]) process.pending[place] = 1;
      },
    },
  },
  'kill-waits-for-the-handler': {
    rule: 'qnx/signals-carry-no-data',
    fault: 'whoever sends a signal waits until the process has made another call',
    operations: {
      kill: {
        ...operations.kill,
        step: (world, call) => {
          const verdict = operations.kill.step(world, call);
          if (verdict.tag !== 'returned' || call.signal === 'none' || call.pid === world.state.processes[call.thread]!.pid) return verdict;
          change(world.state.processes[call.thread]!).run = { tag: 'receiving', from: call.pid, buffer: [] };
          return blocked;
        },
      },
    },
  },
  'signal-writes-its-number': {
    rule: 'qnx/signals-carry-no-data',
    fault: 'a signal leaves its number at address 0 of the process that it comes to',
    mechanisms: {
      post: (world, target, signal) => {
        mechanisms.post(world, target, signal);
        const process = change(world.state.processes[target]!);
        if (process.life === 'live' && process.memory.length > 0) process.memory[0] = 100 + placeOf(signal);
      },
    },
  },
  'system-message-lacks-its-code': {
    rule: 'qnx/system-messages-are-code-zero',
    fault: 'a message about a signal begins with the number of the signal',
    mechanisms: {
      contentOf: (state, item) => {
        const content = mechanisms.contentOf(state, item);
        return item.tag === 'signal' ? { bytes: [...content.bytes].reverse(), length: content.length } : content;
      },
    },
  },
};
