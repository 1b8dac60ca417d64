import type { ProcessId } from '#spec/qnx/vocabulary';
import { operations } from '#model/qnx/kernel';
import { mechanisms } from '#model/qnx/mechanisms';
import { nextArrival } from '#model/qnx/messages/queue';
import { pidOf } from '#model/qnx/entries';
import type { Process } from '#model/qnx/state';
import { change, raised } from '#model/operation';
import type { QnxMutants } from '#properties/qnx/obligation';
import { altered } from '#properties/qnx/laws/altered';

/** A child by fork or spawn that has something else than it should. */
const forking = (differently: (child: Process, parent: Process) => Partial<Process>) => ({
  imageOf: (process: Process): Process => {
    const image = mechanisms.imageOf(process);
    return { ...image, ...differently(image, process) };
  },
});

const spawning = (differently: (parent: Process) => Partial<Process>): Partial<typeof mechanisms> => ({
  spawned: (world, call, pid) => ({ ...mechanisms.spawned(world, call, pid), ...differently(world.state.processes[call.thread]!) }),
});

const execing = (differently: (old: Process) => Partial<Process>): Partial<typeof mechanisms> => ({
  leaveImage: (world, thread) => {
    const old = { ...world.state.processes[thread]! };
    mechanisms.leaveImage(world, thread);
    Object.assign(change(world.state.processes[thread]!), differently(old));
  },
});

export const processMutants: QnxMutants = {
  'superuser-signals-proc': {
    rule: 'qnx/proc-is-a-process',
    fault: 'the superuser may stop Proc',
    mechanisms: { maySignal: (state, sender, target) => (target === 0 ? state.processes[sender]!.uid === 0 : mechanisms.maySignal(state, sender, target)) },
  },
  'proc-takes-messages-like-a-server': {
    rule: 'qnx/proc-is-a-process',
    fault: 'Proc is left with the message of a child that it adopts, and receives no more',
    mechanisms: {
      bury: (world, id) => {
        mechanisms.bury(world, id);
        change(world.state.processes[0]!).run = { tag: 'ready' };
      },
    },
  },
  'fork-asks-nobody': {
    rule: 'qnx/proc-serves-by-messages',
    fault: 'fork makes a process without asking Proc',
    operations: {
      fork: {
        ...operations.fork,
        step: (world, call) => operations.fork.step(Object.create(world, { charge: { value: () => {} } }), call),
      },
    },
  },
  'fork-in-a-full-table': {
    rule: 'qnx/fork-copies-the-caller',
    fault: 'zombies do not count when room is made for a child',
    mechanisms: { isTableFull: ({ processes, limits }) => processes.filter(({ life }) => life === 'live').length >= limits.processTable },
  },
  'child-inherits-the-queue': {
    rule: 'qnx/fork-copies-the-caller',
    fault: 'a child has the messages that wait for its parent',
    mechanisms: forking((_child, parent) => ({ queue: parent.queue })),
  },
  'child-of-nobody': {
    rule: 'qnx/fork-copies-the-caller',
    fault: 'a child made by fork is Proc\'s',
    operations: {
      fork: {
        ...operations.fork,
        step: (world, call) => {
          const verdict = operations.fork.step(world, call);
          if (verdict.tag === 'returned') change(world.state.processes[call.child]!).parent = 0 as ProcessId;
          return verdict;
        },
      },
    },
  },
  'child-begins-held-flags': {
    rule: 'qnx/fork-copies-the-caller',
    fault: 'a child made by fork has none of its parent\'s flags',
    mechanisms: forking(() => ({ flags: [] })),
  },
  'exec-keeps-memory': {
    rule: 'qnx/exec-replaces-the-image',
    fault: 'a new image begins with the memory of the old',
    mechanisms: execing(({ memory }) => ({ memory })),
  },
  'exec-makes-a-new-process': {
    rule: 'qnx/exec-replaces-the-image',
    fault: 'exec gives the process a new pid',
    mechanisms: {
      leaveImage: (world, thread) => {
        mechanisms.leaveImage(world, thread);
        change(world.state.processes[thread]!).pid = world.state.nextPid as never;
        change(world.state).nextPid += 1;
      },
    },
  },
  'exec-drops-the-queue': {
    rule: 'qnx/exec-replaces-the-image',
    fault: 'exec drops the messages that wait for the process',
    mechanisms: execing(() => ({ queue: [] })),
  },
  'failed-exec-leaves-the-image': {
    rule: 'qnx/exec-replaces-the-image',
    fault: 'an exec of what is no program has lost the old image when it fails',
    operations: {
      exec: {
        ...operations.exec,
        step: (world, call) => {
          if (call.image === 'no program') world.mechanisms.leaveImage(world, call.thread);
          return operations.exec.step(world, call);
        },
      },
    },
  },
  'exec-drops-pending-signals': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'exec discards pending signals',
    mechanisms: execing(({ pending }) => ({ pending: pending.map(() => 0) })),
  },
  'exec-keeps-handlers': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a new image has the handlers of the old',
    mechanisms: execing(({ actions }) => ({ actions })),
  },
  'exec-forgets-ignored-signals': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a new image ignores no signals that the old did',
    mechanisms: execing(({ actions }) => ({ actions: actions.map(() => 'default' as const) })),
  },
  'spawn-keeps-handlers': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a spawned child has its parent\'s handlers',
    mechanisms: spawning(({ actions }) => ({ actions })),
  },
  'spawn-inherits-pending-signals': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a spawned child has its parent\'s pending signals',
    mechanisms: spawning(({ pending }) => ({ pending })),
  },
  'fork-inherits-pending-signals': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a child made by fork has its parent\'s pending signals',
    mechanisms: forking((_child, { pending }) => ({ pending })),
  },
  'fork-inherits-names': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a child made by fork has its parent\'s names',
    operations: {
      fork: {
        ...operations.fork,
        step: (world, call) => {
          const verdict = operations.fork.step(world, call);
          if (verdict.tag === 'returned') {
            change(world.state).names = world.state.names.map((entry) => (entry?.owner === call.thread ? { ...entry, owner: call.child } : entry));
          }
          return verdict;
        },
      },
    },
  },
  'umask-is-not-inherited': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a spawned child begins with a umask of 0',
    mechanisms: spawning(() => ({ umask: 0 })),
  },
  'session-does-not-make-a-group': {
    rule: 'qnx/child-inherits-by-the-table',
    fault: 'a spawned child with a session of its own stays in its parent\'s group',
    mechanisms: {
      spawned: (world, call, pid) => ({ ...mechanisms.spawned(world, call, pid), group: call.newGroup ? pid : world.state.processes[call.thread]!.group }),
    },
  },
  'spawn-may-raise-priority': {
    rule: 'qnx/spawn-makes-a-child-with-its-image',
    fault: 'any process may give its child any priority',
    mechanisms: { mayRaise: () => true },
  },
  'spawn-of-nothing': {
    rule: 'qnx/spawn-makes-a-child-with-its-image',
    fault: 'a file that is no program is taken for missing',
    operations: { spawn: { ...operations.spawn, step: (world, call) => operations.spawn.step(world, call.image === 'no program' ? { ...call, image: 'missing' } : call) } },
  },
  'spawned-child-has-its-parents-memory': {
    rule: 'qnx/spawn-makes-a-child-with-its-image',
    fault: 'a spawned child begins with its parent\'s memory',
    mechanisms: spawning(({ memory }) => ({ memory: [...memory] })),
  },
  'zombie-despite-nozombie': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'a process that asked for no zombie leaves one',
    mechanisms: {
      bury: (world, id) => {
        change(world.state.processes[id]!).flags = [];
        mechanisms.bury(world, id);
      },
    },
  },
  'no-zombies-at-all': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'a process that ends is gone at once',
    mechanisms: {
      bury: (world, id) => {
        mechanisms.bury(world, id);
        change(world.state.processes[id]!).life = 'gone';
      },
    },
  },
  'zombie-of-a-dead-parent-stays': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'the zombies of a process outlast it',
    mechanisms: {
      bury: (world, id) => {
        const zombies = world.state.processes.flatMap(({ parent, life }, child) => (parent === id && life === 'zombie' ? [child] : []));
        mechanisms.bury(world, id);
        for (const child of zombies) change(world.state.processes[child]!).life = 'zombie';
      },
    },
  },
  'parent-is-not-told': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'a parent is not sent SIGCHLD',
    mechanisms: { bury: (world, id) => mechanisms.bury(altered(world, { post: () => {} }), id) },
  },
  'zombie-keeps-its-name': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'the names of a process are still there when it has ended',
    mechanisms: { dropNames: () => {} },
  },
  'zombie-keeps-its-memory': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'a zombie keeps its memory until it is waited for',
    mechanisms: {
      release: (world, id) => {
        const { memory } = world.state.processes[id]!;
        mechanisms.release(world, id);
        change(world.state.processes[id]!).memory = change(memory);
      },
    },
  },
  'exit-status-is-lost': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'every process ends with status 0',
    mechanisms: { terminate: (world, id) => mechanisms.terminate(world, id, 0) },
  },
  'orphans-keep-their-parent': {
    rule: 'qnx/process-ends-in-two-stages',
    fault: 'the children of a process that has ended are still its',
    mechanisms: {
      bury: (world, id) => {
        const orphans = world.state.processes.flatMap(({ parent, life }, child) => (parent === id && life === 'live' ? [child] : []));
        mechanisms.bury(world, id);
        for (const child of orphans) change(world.state.processes[child]!).parent = id;
      },
    },
  },
  'wait-does-not-wait': {
    rule: 'qnx/wait-takes-a-zombie',
    fault: 'a wait for a child that lives returns 0 at once',
    operations: { waitpid: { ...operations.waitpid, step: (world, call) => operations.waitpid.step(world, { ...call, noHang: true }) } },
  },
  'wait-leaves-the-zombie': {
    rule: 'qnx/wait-takes-a-zombie',
    fault: 'a child that was waited for can be waited for again',
    operations: {
      waitpid: {
        ...operations.waitpid,
        step: (world, call) => {
          const verdict = operations.waitpid.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          const child = world.state.processes.findIndex(({ pid, life }) => pid === verdict.value.pid && life === 'gone');
          if (child > 0) change(world.state.processes[child]!).life = 'zombie';
          return verdict;
        },
      },
    },
  },
  'waiting-parent-is-not-woken': {
    rule: 'qnx/wait-takes-a-zombie',
    fault: 'a parent that waits is not told that its child has ended',
    mechanisms: { tellWaiting: () => {} },
  },
  'wait-ignores-the-pid': {
    rule: 'qnx/wait-takes-a-zombie',
    fault: 'a wait for one child takes note of another',
    operations: { waitpid: { ...operations.waitpid, step: (world, call) => operations.waitpid.step(world, { ...call, pid: 0 as never }) } },
  },
  'wait-without-children-waits': {
    rule: 'qnx/wait-takes-a-zombie',
    fault: 'a wait without children to wait for fails with EINTR',
    operations: {
      waitpid: {
        ...operations.waitpid,
        step: (world, call) => {
          const verdict = operations.waitpid.step(world, call);
          return verdict.tag === 'raised' ? raised('EINTR') : verdict;
        },
      },
    },
  },
  'wait-tells-status-zero': {
    rule: 'qnx/wait-takes-a-zombie',
    fault: 'a parent that waited is told status 0',
    mechanisms: {
      wake: (world, process, answer) => mechanisms.wake(world, process, answer.tag === 'waited' ? { ...answer, status: 0 } : answer),
    },
  },
  'inform-is-ignored': {
    rule: 'qnx/inform-tells-of-deaths',
    fault: 'a process with INFORM set hears of no death',
    mechanisms: { inform: () => {} },
  },
  'everybody-is-informed': {
    rule: 'qnx/inform-tells-of-deaths',
    fault: 'every process is sent a message about each death',
    mechanisms: {
      inform: (world, id) => {
        world.state.processes.forEach(({ life }, process) => {
          if (life !== 'live' || process === 0) return;
          world.mechanisms.enqueue(world, process as ProcessId, { tag: 'death', pid: pidOf(world.state, id), priority: 30, arrival: nextArrival(world) });
          world.mechanisms.serve(world, process as ProcessId);
        });
      },
    },
  },
};

