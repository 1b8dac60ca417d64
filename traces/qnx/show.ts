import { signals } from '#spec/qnx/vocabulary';
import type { Circuit, Item, Process, Proxy, QnxState, Run } from '#model/qnx/state';

/** A QNX state for people: a line for each process and proxy that is there. */
export function showQnx(state: QnxState): readonly string[] {
  return [
    ...state.processes.flatMap((process, id) => (id === 0 || process.life === 'gone' ? [] : [showProcess(state, process, id)])),
    ...state.proxies.flatMap((proxy) => (proxy.life === 'gone' ? [] : [showProxy(proxy)])),
  ];
}

function showProcess(state: QnxState, process: Process, id: number): string {
  const { pid, life, run, held, queue, pending, flags, priority, circuit } = process;
  if (circuit !== null) return showCircuit(state, process, circuit);
  if (life === 'zombie') return `process P${id} p${pid}  zombie`;
  const waiting = pending.flatMap((count, place) => (count > 0 ? [`${signals[place]}${count > 1 ? `×${count}` : ''}`] : []));
  return [
    `process P${id} p${pid}  ${showRun(run)}${held ? ', held' : ''}`,
    `priority ${priority}`,
    queue.length === 0 ? '' : `queue [${queue.map((item) => showItem(state, item)).join(' ')}]`,
    waiting.length === 0 ? '' : `pending ${waiting.join(' ')}`,
    flags.length === 0 ? '' : flags.join(' '),
  ].filter(Boolean).join('  ');
}

/** An end of a circuit: whom it stands for, and what it does in its name. */
function showCircuit(state: QnxState, { pid, life, run, queue, memory }: Process, { owner, nid, pid: far, vid }: Circuit): string {
  return [
    `circuit p${pid}  of P${owner} to p${far} of node ${nid}${vid === 0 ? ', being made' : ` (p${vid})`}`,
    life === 'zombie' ? 'zombie' : `buffer ${memory.length}`,
    run.tag === 'ready' ? '' : showRun(run),
    queue.length === 0 ? '' : `queue [${queue.map((item) => showItem(state, item)).join(' ')}]`,
  ].filter(Boolean).join('  ');
}

function showRun(run: Run): string {
  switch (run.tag) {
    case 'ready': return 'ready';
    case 'sending': return `SEND-blocked on P${run.on}`;
    case 'receiving': return run.from === 0 ? 'RECEIVE-blocked' : `RECEIVE-blocked on p${run.from}`;
    case 'replying': return `${run.signalled ? 'SIGNAL' : 'REPLY'}-blocked on P${run.on}`;
    case 'waiting': return run.child === 0 ? 'WAIT-blocked' : `WAIT-blocked on p${run.child}`;
    case 'semaphore': return `SEMAPHORE-blocked on s${run.semaphore + 1}`;
    case 'asking': return `waits for Proc of node ${run.question.nodes.join(', ')}`;
    case 'answered': return `has its answer: ${run.answer.tag}`;
  }
}

function showItem(state: QnxState, item: Item): string {
  switch (item.tag) {
    case 'message': return `P${item.from}`;
    case 'proxy': return `p${state.proxies[item.proxy]!.pid}×${state.proxies[item.proxy]!.count}`;
    case 'death': return `death of p${item.pid}`;
    case 'signal': return `${item.signal} of P${item.client}`;
  }
}

const showProxy = ({ pid, owner, data, count }: Proxy): string => `proxy p${pid}  of P${owner}  [${data.join(' ')}]  ${count} pending`;
