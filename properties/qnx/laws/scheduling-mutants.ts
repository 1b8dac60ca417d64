import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { NOBODY } from '#model/qnx/scheduling/queue';
import type { ProcessId } from '#spec/qnx/vocabulary';
import type { QnxMutants } from '#properties/qnx/obligation';
import { change } from '#model/operation';

export const schedulingMutants: QnxMutants = {
  'children-begin-at-ten': {
    rule: 'qnx/priorities-are-in-range',
    fault: 'every child begins with priority 10',
    mechanisms: { imageOf: (process) => ({ ...mechanisms.imageOf(process), priority: 10, base: 10, own: 10 }) },
  },
  'anyone-may-raise-priorities': {
    rule: 'qnx/priorities-are-in-range',
    fault: 'an ordinary user may give any priority',
    mechanisms: { mayRaise: () => true },
  },
  'priorities-of-others-are-open': {
    rule: 'qnx/priorities-are-in-range',
    fault: 'a process may set the priority of another user\'s',
    mechanisms: { mayGovern: (_state, _process, target) => target !== 0 },
  },
  'yield-does-nothing': {
    rule: 'qnx/scheduler-runs-when-there-is-a-reason',
    fault: 'a process that yields goes on',
    operations: { Yield: { ...operations.Yield, step: () => ({ tag: 'returned', value: null }) } },
  },
  'every-wake-preempts': {
    rule: 'qnx/scheduler-runs-when-there-is-a-reason',
    fault: 'a process that can run again takes the processor from an equal',
    mechanisms: {
      preempt: (world) => {
        const { state } = world;
        const { running, ready } = state;
        if (running === NOBODY || ready.length === 0 || state.processes[ready[0]!]!.priority < state.processes[running]!.priority) return;
        mechanisms.makeReady(world, running, 'head');
        change(state).running = NOBODY;
      },
    },
  },
  'nobody-is-preempted': {
    rule: 'qnx/highest-ready-process-runs',
    fault: 'a process keeps the processor though one of higher priority is ready',
    mechanisms: { preempt: () => {} },
  },
  'lowest-is-dispatched': {
    rule: 'qnx/highest-ready-process-runs',
    fault: 'the last of the ready processes is dispatched',
    mechanisms: { nextToRun: ({ ready }) => ready.at(-1) },
  },
  'second-of-equals-is-dispatched': {
    rule: 'qnx/highest-ready-process-runs',
    fault: 'of equals the one that came last is dispatched: the first may starve',
    mechanisms: { nextToRun: ({ ready, processes }) => ready.findLast((id) => processes[id]!.priority === processes[ready[0]!]!.priority) },
  },
  'one-queue-for-all': {
    rule: 'qnx/highest-ready-process-runs',
    fault: 'there is one ready queue, whatever the priorities',
    mechanisms: {
      makeReady: (world, process, end) => {
        const rest = world.state.ready.filter((other) => other !== process);
        change(world.state).ready = end === 'head' ? [process, ...rest] : [...rest, process];
      },
    },
  },
  'woken-process-is-forgotten': {
    rule: 'qnx/highest-ready-process-runs',
    fault: 'a process that can run again joins no ready queue if its slice was used up before',
    mechanisms: { unblocked: (world, process) => { if (world.state.processes[process]!.slice === world.state.limits.slice) mechanisms.unblocked(world, process); } },
  },
  'unblocked-goes-first': {
    rule: 'qnx/unblocked-goes-last-preempted-first',
    fault: 'a process that can run again stands at the head of its queue',
    mechanisms: {
      unblocked: (world, process) => {
        mechanisms.renewSlice(world, process);
        mechanisms.makeReady(world, process, 'head');
      },
    },
  },
  'preempted-goes-last': {
    rule: 'qnx/unblocked-goes-last-preempted-first',
    fault: 'a process that is preempted stands at the tail of its queue',
    mechanisms: {
      preempt: (world) => {
        const { running } = world.state;
        mechanisms.preempt(world);
        if (running !== NOBODY && world.state.running === NOBODY) mechanisms.makeReady(world, running, 'tail');
      },
    },
  },
  'preemption-refills-the-slice': {
    rule: 'qnx/unblocked-goes-last-preempted-first',
    fault: 'a process that is preempted has a full slice again: its equals may starve',
    mechanisms: {
      preempt: (world) => {
        const { running } = world.state;
        mechanisms.preempt(world);
        if (running !== NOBODY && world.state.running === NOBODY) mechanisms.renewSlice(world, running);
      },
    },
  },
  'woken-process-has-no-slice': {
    rule: 'qnx/unblocked-goes-last-preempted-first',
    fault: 'a process that can run again has what was left of its slice',
    mechanisms: { unblocked: (world, process) => mechanisms.makeReady(world, process, 'tail') },
  },
  'expired-goes-first': {
    rule: 'qnx/round-robin-takes-turns',
    fault: 'a process that has used its slice stands at the head of its queue',
    mechanisms: {
      expire: (world, id) => {
        mechanisms.expire(world, id);
        mechanisms.makeReady(world, id, 'head');
      },
    },
  },
  'slice-is-not-renewed': {
    rule: 'qnx/round-robin-takes-turns',
    fault: 'a process that has used its slice is given one tick more only',
    mechanisms: {
      expire: (world, id) => {
        mechanisms.expire(world, id);
        change(world.state.processes[id]!).slice = 1;
      },
    },
  },
  'round-robin-decays': {
    rule: 'qnx/round-robin-takes-turns',
    fault: 'a slice costs a round-robin process a level too',
    mechanisms: {
      expire: (world, id) => {
        const process = change(world.state.processes[id]!);
        if (process.policy === 'round-robin') process.priority = process.base = Math.max(0, process.base - 1);
        mechanisms.expire(world, id);
      },
    },
  },
  'fifo-has-slices': {
    rule: 'qnx/fifo-runs-until-it-blocks',
    fault: 'a FIFO process loses the processor when a slice has gone by',
    mechanisms: { hasSlices: () => true },
  },
  'fifo-yields-in-every-reply': {
    rule: 'qnx/fifo-runs-until-it-blocks',
    fault: 'a FIFO process goes behind its equals when it replies',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const verdict = operations.Reply.step(world, call);
          const { running, modelled } = world.state;
          if (verdict.tag === 'returned' && modelled && running !== NOBODY && world.state.processes[running]!.policy === 'fifo') {
            mechanisms.makeReady(world, running, 'tail');
            change(world.state).running = NOBODY;
          }
          return verdict;
        },
      },
    },
  },
  'adaptive-decays-again': {
    rule: 'qnx/adaptive-decays-and-recovers',
    fault: 'an adaptive process loses a level with every slice',
    mechanisms: {
      expire: (world, id) => {
        const process = change(world.state.processes[id]!);
        const { priority } = process;
        mechanisms.expire(world, id);
        if (process.policy !== 'adaptive') return;
        process.priority = Math.max(0, priority - 1);
        mechanisms.makeReady(world, id, 'tail');
      },
    },
  },
  'adaptive-never-decays': {
    rule: 'qnx/adaptive-decays-and-recovers',
    fault: 'an adaptive process keeps its priority when it has used its slice',
    mechanisms: {
      expire: (world, id) => {
        mechanisms.expire(world, id);
        const process = change(world.state.processes[id]!);
        process.priority = process.base;
        mechanisms.makeReady(world, id, 'tail');
      },
    },
  },
  'adaptive-does-not-recover': {
    rule: 'qnx/adaptive-decays-and-recovers',
    fault: 'an adaptive process that blocks stays where it has decayed to',
    mechanisms: { recover: () => {} },
  },
  'adaptive-recovers-by-preemption': {
    rule: 'qnx/adaptive-decays-and-recovers',
    fault: 'an adaptive process that uses another slice has its own priority again',
    mechanisms: {
      expire: (world, id) => {
        const process = change(world.state.processes[id]!);
        const decayed = process.policy === 'adaptive' && process.priority < process.base;
        mechanisms.expire(world, id);
        if (!decayed) return;
        process.priority = process.base;
        mechanisms.makeReady(world, id, 'tail');
      },
    },
  },
  'setprio-keeps-the-decay': {
    rule: 'qnx/setprio-changes-the-priority',
    fault: 'setting the priority of an adaptive process leaves it one lower',
    mechanisms: {
      prioritise: (world, target, priority) => {
        mechanisms.prioritise(world, target, priority);
        const process = change(world.state.processes[target]!);
        if (process.policy === 'adaptive' && priority > 0) process.priority = priority - 1;
      },
    },
  },
  'setprio-gives-the-new-priority': {
    rule: 'qnx/setprio-changes-the-priority',
    fault: 'setprio gives the new priority for the old',
    operations: {
      setprio: {
        ...operations.setprio,
        step: (world, call) => {
          const verdict = operations.setprio.step(world, call);
          return verdict.tag === 'returned' ? { tag: 'returned', value: { priority: call.priority } } : verdict;
        },
      },
    },
  },
  'policy-is-not-changed': {
    rule: 'qnx/setprio-changes-the-priority',
    fault: 'sched_setscheduler changes the priority and not the policy',
    operations: {
      sched_setscheduler: {
        ...operations.sched_setscheduler,
        step: (world, call) => {
          const policies = world.state.processes.map(({ policy }) => policy);
          const verdict = operations.sched_setscheduler.step(world, call);
          policies.forEach((policy, id) => { change(world.state.processes[id]!).policy = policy; });
          return verdict;
        },
      },
    },
  },
  'float-is-ignored': {
    rule: 'qnx/server-floats-with-its-clients',
    fault: 'a server with PRIORITY_FLOAT keeps its priority whatever it receives',
    mechanisms: { float: () => {} },
  },
  'float-only-raises': {
    rule: 'qnx/server-floats-with-its-clients',
    fault: 'a server is never lowered to the priority of its client',
    mechanisms: { float: (world, server, priority, when) => { if (priority > world.state.processes[server]!.priority) mechanisms.float(world, server, priority, when); } },
  },
  'queued-message-lowers-the-server': {
    rule: 'qnx/server-floats-with-its-clients',
    fault: 'a message that queues lowers a busy server to its sender\'s priority',
    mechanisms: { float: (world, server, priority) => mechanisms.float(world, server, priority, 'received') },
  },
  'busy-server-is-not-raised': {
    rule: 'qnx/server-floats-with-its-clients',
    fault: 'a message that queues does not raise a busy server',
    mechanisms: { float: (world, server, priority, when) => { if (when === 'received') mechanisms.float(world, server, priority, when); } },
  },
  'float-changes-the-policy': {
    rule: 'qnx/server-floats-with-its-clients',
    fault: 'a server takes on FIFO with the priority of its client',
    mechanisms: {
      float: (world, server, priority, when) => {
        mechanisms.float(world, server, priority, when);
        if (world.state.processes[server]!.flags.includes('PRIORITY_FLOAT')) change(world.state.processes[server]!).policy = 'fifo';
      },
    },
  },
  'every-server-floats': {
    rule: 'qnx/server-keeps-its-priority',
    fault: 'every server has the priority of its client',
    mechanisms: { float: (world, server, priority, when) => { if (when === 'received') world.mechanisms.prioritise(world, server, priority); } },
  },
  'reply-gives-up-the-processor': {
    rule: 'qnx/messages-are-scheduling-points',
    fault: 'a Reply gives the processor to the client whatever its priority',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const verdict = operations.Reply.step(world, call);
          if (verdict.tag === 'returned' && world.state.modelled && world.state.running === call.thread as ProcessId) {
            mechanisms.makeReady(world, call.thread, 'head');
            change(world.state).running = NOBODY;
          }
          return verdict;
        },
      },
    },
  },
  'sender-keeps-the-processor': {
    rule: 'qnx/messages-are-scheduling-points',
    fault: 'a process that waits in a Send still has the processor',
    mechanisms: {
      reschedule: (world) => {
        const { running } = world.state;
        mechanisms.reschedule(world);
        if (running !== NOBODY && world.state.processes[running]!.run.tag === 'sending') change(world.state).running = running;
      },
    },
  },
};
