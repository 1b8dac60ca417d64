import { operations } from '#model/qnx/kernel';
import { raised, returned } from '#model/operation';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { errorOf, isCall, ownerOf, processName, returnedTo, same } from '#properties/qnx/facts';

const bound = ({ before, call }: QnxStep): number => {
  const { thread, fd } = call as { readonly thread: number; readonly fd: number };
  return before.processes[thread]!.files[fd] ?? 0;
};

/** A Send through a descriptor that is bound to nothing fails, and changes nothing. What is sent is the affair of the rules of Send. */
function refusedIfUnbound(step: QnxStep): readonly string[] {
  if (!isCall(step, 'Sendfd', 'Sendfdmx')) return [];
  const error = errorOf(step);
  if (bound(step) === 0) return error === 'EBADF' && same(step.before, step.after) ? [] : [`a Send through nothing gives ${error ?? 'no error'}`];
  if (error === 'EBADF') return ['a Send through a descriptor that is bound is refused'];
  const { run } = step.after.processes[step.call.thread]!;
  const to = ownerOf(step.before, bound(step) as never);
  return (run.tag === 'sending' || run.tag === 'replying') && run.on !== to?.id ? [`a Send through a descriptor of p${bound(step)} goes to ${processName(run.on)}`] : [];
}

function boundAsDue(step: QnxStep): readonly string[] {
  const { before, after } = step;
  if (isCall(step, 'qnx_fd_detach')) {
    const { thread, fd } = step.call;
    if (bound(step) === 0) return errorOf(step) === 'EBADF' ? [] : ['what is bound to nothing is detached'];
    const due = before.processes[thread]!.files.map((pid, place) => (place === fd ? 0 : pid));
    return errorOf(step) === null && same(after.processes[thread]!.files, due) ? [] : ['detaching does not just free the descriptor'];
  }
  if (!isCall(step, 'qnx_fd_attach')) return [];
  const { thread, pid } = step.call;
  const { files } = before.processes[thread]!;
  const free = [...files, 0].indexOf(0);
  const due = ownerOf(before, pid)?.tag !== 'process' ? 'ESRCH' : free >= before.limits.files ? 'EMFILE' : null;
  if (errorOf(step) !== due) return [`binding a descriptor gives ${errorOf(step) ?? 'no error'} instead of ${due ?? 'none'}`];
  if (due !== null) return [];
  const now = after.processes[thread]!.files;
  return returnedTo<{ fd: number }>(step, thread)?.fd === free && now[free] === pid && now.every((other, fd) => fd === free
    || other === (files[fd] ?? 0))
    ? [] : [`${processName(thread)} is not given its lowest free descriptor for p${pid}`];
}

export const descriptorLaws = {
  'qnx/sendfd-sends-through-a-descriptor': {
    on: ['Sendfd', 'Sendfdmx', 'qnx_fd_attach', 'qnx_fd_detach'],
    step: (step) => [...refusedIfUnbound(step), ...boundAsDue(step)],
    sometimes: {
      'it goes through a descriptor': (step) => isCall(step, 'Sendfd') && bound(step) > 0 && errorOf(step) === null,
      'what it is bound to has ended': (step) => isCall(step, 'Sendfd', 'Sendfdmx') && errorOf(step) === 'ESRCH',
      'it is bound to nothing': (step) => errorOf(step) === 'EBADF',
      'there is no descriptor left': (step) => errorOf(step) === 'EMFILE',
      'a descriptor is used again': (step) =>
        isCall(step, 'qnx_fd_attach') && step.before.processes[step.call.thread]!.files.includes(0 as never) && errorOf(step) === null,
    },
  },
} satisfies QnxLaws;

export const descriptorMutants: QnxMutants = {
  'unbound-descriptor-sends-to-proc': {
    rule: 'qnx/sendfd-sends-through-a-descriptor',
    fault: 'a Send through a descriptor that is bound to nothing goes to Proc',
    operations: {
      Sendfd: {
        ...operations.Sendfd,
        step: (world, call) => {
          const verdict = operations.Sendfd.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'EBADF' ? returned({ reply: [] }) : verdict;
        },
      },
    },
  },
  'descriptors-are-all-the-first': {
    rule: 'qnx/sendfd-sends-through-a-descriptor',
    fault: 'every descriptor stands for what the first is bound to',
    operations: {
      Sendfd: {
        ...operations.Sendfd,
        step: (world, call) => operations.Sendfd.step(world, (world.state.processes[call.thread]!.files[call.fd] ?? 0) === 0 ? call : { ...call, fd: 0 }),
      },
    },
  },
  'dead-descriptor-says-ebadf': {
    rule: 'qnx/sendfd-sends-through-a-descriptor',
    fault: 'a descriptor of a process that has ended is taken for free',
    operations: {
      Sendfd: {
        ...operations.Sendfd,
        step: (world, call) => {
          const verdict = operations.Sendfd.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'ESRCH' ? raised('EBADF') : verdict;
        },
      },
    },
  },
  'descriptors-are-never-reused': {
    rule: 'qnx/sendfd-sends-through-a-descriptor',
    fault: 'a descriptor that was detached is not given out again',
    operations: {
      qnx_fd_attach: {
        ...operations.qnx_fd_attach,
        step: (world, call) => {
          const { files } = world.state.processes[call.thread]!;
          const holes = files.flatMap((pid, fd) => (pid === 0 ? [fd] : []));
          const filled = files as unknown as number[];
          for (const fd of holes) filled[fd] = 1;
          const verdict = operations.qnx_fd_attach.step(world, call);
          const now = world.state.processes[call.thread]!.files as unknown as number[];
          for (const fd of holes) now[fd] = 0;
          return verdict;
        },
      },
    },
  },
};
