import { operations } from '#model/qnx/kernel';
import { change, raised, returned } from '#model/operation';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { answerOf, errorOf, isCall, ownerOf, returnedTo, same } from '#properties/qnx/facts';

const calls = ['qnx_vc_attach', 'qnx_vc_detach', 'qnx_vc_name_attach', 'qnx_proxy_rem_attach', 'qnx_proxy_rem_detach'] as const;
const farCalls = [...calls.filter((call) => call !== 'qnx_vc_detach'), 'qnx_name_locate'] as const;

/** The node a call is about, if it is another one; null if it is the caller's own. */
function farNode({ before, call }: QnxStep): number | null {
  const nid = 'nid' in call ? call.nid ?? 0 : 0;
  return nid === 0 || nid === before.nid ? null : nid;
}

/** What a call about the caller's own node has to come to: an answer, or the errors of which one is given. */
type Due = { readonly value: unknown } | { readonly errors: readonly string[] };

function dueAtHome(step: QnxStep): Due | null {
  const { before, call } = step;
  if (farNode(step) !== null) return null;
  if (isCall(step, 'qnx_vc_attach')) {
    const owner = ownerOf(before, step.call.pid);
    return owner?.tag === 'process' ? { value: { pid: step.call.pid } } : { errors: ['ESRCH'] };
  }
  if (isCall(step, 'qnx_vc_name_attach')) {
    const { name } = step.call;
    const entry = before.names.find((one) => one?.name === name);
    return entry ? { value: { pid: before.processes[entry.owner]!.pid } } : { errors: ['ENOENT'] };
  }
  if (isCall(step, 'qnx_proxy_rem_attach')) {
    const errors = proxyErrors(before, step.call);
    return errors.length === 0 ? { value: { proxy: step.call.proxy } } : { errors };
  }
  if (isCall(step, 'qnx_proxy_rem_detach')) return proxyErrors(before, step.call).length === 0 ? { value: null } : { errors: ['ESRCH'] };
  return call.operation === 'qnx_vc_detach' && before.processes.every(({ circuit }) => circuit === null) ? { errors: ['ESRCH'] } : null;
}

function proxyErrors(state: QnxState, { thread, proxy }: { readonly thread: number; readonly proxy: number }): readonly string[] {
  const owner = ownerOf(state, proxy as never);
  if (owner?.tag !== 'proxy') return ['ESRCH'];
  return state.proxies[owner.id]!.owner === thread ? [] : ['EPERM'];
}

function atHomeAsDue(step: QnxStep): readonly string[] {
  const due = dueAtHome(step);
  if (due === null) return [];
  const { operation, thread } = step.call as { readonly operation: string; readonly thread: number };
  const error = errorOf(step);
  const wrong = same(step.before, step.after) ? [] : [`${operation} about the caller's own node changes something`];
  if ('errors' in due) return due.errors.includes(error ?? '') ? wrong : [...wrong, `${operation} comes to ${error ?? 'an answer'} instead of ${due.errors.join(' or ')}`];
  const answer = answerOf(step);
  return answer?.tag === 'returned' && same(returnedTo(step, thread), due.value) ? wrong : [...wrong, `${operation} comes to ${error ?? JSON.stringify(answer)} at home`];
}

/** What else may be wrong with a call about another node. */
function otherErrors({ before, call }: QnxStep): readonly string[] {
  if (call.operation === 'qnx_proxy_rem_attach') return proxyErrors(before, call);
  if (call.operation === 'qnx_proxy_rem_detach') return ['ESRCH'];
  if (call.operation !== 'qnx_vc_attach') return [];
  const taken = before.processes.filter(({ life }) => life !== 'gone').length;
  const memory = before.processes.reduce((sum, process) => sum + process.memory.length, 0);
  return [
    ...(call.length > before.limits.circuit ? ['EINVAL'] : []),
    ...(call.length > 0 && memory + call.length > before.limits.pool ? ['ENOMEM'] : []),
    ...(taken >= before.limits.processTable ? ['EAGAIN'] : []),
  ];
}

function aloneAsDue(step: QnxStep): readonly string[] {
  if (step.before.net || farNode(step) === null) return [];
  const { operation } = step.call;
  const error = errorOf(step);
  const due = ['ENOSYS', ...otherErrors(step)];
  return [
    ...(error !== null && due.includes(error) ? [] : [`${operation} about another node comes to ${error ?? 'no error'} instead of ${due.join(' or ')}`]),
    ...(same(step.before, step.after) ? [] : [`${operation} changes something though there is no network`]),
  ];
}

export const nodeLaws = {
  'qnx/own-node-needs-no-circuit': {
    on: calls,
    step: atHomeAsDue,
    sometimes: {
      'a process of the node is asked for': (step) => isCall(step, 'qnx_vc_attach') && dueAtHome(step) !== null && errorOf(step) === null,
      'nothing of the node is asked for': (step) => isCall(step, 'qnx_vc_attach') && dueAtHome(step) !== null && errorOf(step) === 'ESRCH',
      'a name of the node is asked for': (step) => isCall(step, 'qnx_vc_name_attach') && errorOf(step) === null,
      'a stand-in for a proxy is asked for': (step) => isCall(step, 'qnx_proxy_rem_attach') && errorOf(step) === null,
      'a stand-in for the proxy of another is asked for': (step) => isCall(step, 'qnx_proxy_rem_attach') && dueAtHome(step) !== null && errorOf(step) === 'EPERM',
    },
  },

  'qnx/node-without-net-is-alone': {
    on: farCalls,
    step: aloneAsDue,
    sometimes: Object.fromEntries(farCalls.map((operation) =>
      [`${operation} is about another node`, (step: QnxStep) => step.call.operation === operation && farNode(step) !== null])),
  },
} satisfies QnxLaws;

export const nodeMutants: QnxMutants = {
  'own-node-makes-a-circuit': {
    rule: 'qnx/own-node-needs-no-circuit',
    fault: 'a circuit is made to a process of the caller\'s own node',
    operations: {
      qnx_vc_attach: {
        ...operations.qnx_vc_attach,
        step: (world, call) => {
          const verdict = operations.qnx_vc_attach.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          const far = { tag: 'place', nid: world.state.nid, pid: call.pid } as const;
          const end = world.mechanisms.makeEnd(world, call.thread, far, call.pid, call.length, false);
          return returned({ pid: world.state.processes[end]!.pid });
        },
      },
    },
  },
  'own-name-is-given-to-anyone': {
    rule: 'qnx/own-node-needs-no-circuit',
    fault: 'a name of the own node is that of Proc if nobody goes by it',
    operations: {
      qnx_vc_name_attach: {
        ...operations.qnx_vc_name_attach,
        step: (world, call) => {
          const verdict = operations.qnx_vc_name_attach.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'ENOENT' ? returned({ pid: 1 as never }) : verdict;
        },
      },
    },
  },
  'own-proxy-of-another-is-lent': {
    rule: 'qnx/own-node-needs-no-circuit',
    fault: 'whoever asks is given the proxy of another process on its own node',
    operations: {
      qnx_proxy_rem_attach: {
        ...operations.qnx_proxy_rem_attach,
        step: (world, call) => {
          const verdict = operations.qnx_proxy_rem_attach.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'EPERM' && call.nid === 0 ? returned({ proxy: call.proxy }) : verdict;
        },
      },
    },
  },
  'far-call-waits-for-no-net': {
    rule: 'qnx/node-without-net-is-alone',
    fault: 'a circuit is asked for though there is nobody to ask',
    operations: {
      qnx_vc_attach: {
        ...operations.qnx_vc_attach,
        step: (world, call) => {
          const verdict = operations.qnx_vc_attach.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'ENOSYS'
            ? world.mechanisms.create(world, call.thread, { tag: 'place', nid: call.nid, pid: call.pid }, call.length, false) : verdict;
        },
      },
    },
  },
  'far-name-is-looked-for-at-home': {
    rule: 'qnx/node-without-net-is-alone',
    fault: 'a name on another node is looked for on the own',
    operations: {
      qnx_name_locate: {
        ...operations.qnx_name_locate,
        step: (world, call) => operations.qnx_name_locate.step(world, { thread: call.thread, name: call.name }),
      },
    },
  },
  'far-proxy-is-refused-as-none': {
    rule: 'qnx/node-without-net-is-alone',
    fault: 'a stand-in on another node is refused as though there were no proxy',
    operations: {
      qnx_proxy_rem_attach: {
        ...operations.qnx_proxy_rem_attach,
        step: (world, call) => {
          const verdict = operations.qnx_proxy_rem_attach.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'ENOSYS' ? raised('ESRCH') : verdict;
        },
      },
    },
  },
  'far-call-leaves-a-question': {
    rule: 'qnx/node-without-net-is-alone',
    fault: 'a question that cannot be asked is counted all the same',
    operations: {
      qnx_vc_name_attach: {
        ...operations.qnx_vc_name_attach,
        step: (world, call) => {
          change(world.state).questions += 1;
          const verdict = operations.qnx_vc_name_attach.step(world, call);
          if (verdict.tag !== 'raised' || verdict.error !== 'ENOSYS') change(world.state).questions -= 1;
          return verdict;
        },
      },
    },
  },
};
