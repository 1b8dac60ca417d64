import type { Carried, Entry, MachState, Message, Port, Run, Task, Thread } from '#model/mach/state';

/** A Mach state for people: a line for each task, port, set and thread that is there. */
export function showMach(state: MachState): readonly string[] {
  return [
    ...state.tasks.flatMap((task, id) => (task.life === 'live' ? [showTask(task, id)] : [])),
    ...state.ports.flatMap((port, id) => (port.life === 'live' && port.kernel === null ? [showPort(port, id)] : [])),
    ...state.sets.flatMap(({ life, receivers }, id) =>
      (life === 'live' ? [`set s${id + 1}${waiting('receiving', receivers)}`] : [])),
    ...showMemory(state),
    ...state.threads.flatMap((thread, id) => {
      const line = showThread(thread, id);
      return line === null ? [] : [line];
    }),
  ];
}

/** A line for each space that is not empty, and for each memory object. */
function showMemory({ memory }: MachState): readonly string[] {
  if (memory === null) return [];
  return [
    ...memory.spaces.flatMap(({ pages }, task) => {
      const mapped = pages.flatMap((mapping, page) => (mapping === null ? [] : [`${page}=o${mapping.object + 1}:${mapping.index}/${mapping.current}`]));
      return mapped.length === 0 ? [] : [`space T${task + 1}  ${mapped.join('  ')}`];
    }),
    ...memory.objects.flatMap(({ life, pages, shadow, pager }, object) => (life === 'dead' ? [] : [[
      `object o${object + 1}  ${pages.map((page) => (page === null ? '-' : page.tag === 'resident' ? page.bytes : page.tag)).join(' ')}`,
      shadow === null ? '' : `copy of o${shadow + 1}`,
      pager === null ? '' : `pager p${pager.port + 1} ${pager.status}`,
    ].filter(Boolean).join('  ')])),
  ];
}

function showTask({ names, suspends }: Task, id: number): string {
  const held = names.flatMap((entry, name) => (entry === null ? [] : [`n${name}=${showEntry(entry)}`]));
  const held_ = suspends > 0 ? ` suspended ${suspends}×` : '';
  return `task T${id + 1}${held_}  ${held.length > 0 ? held.join('  ') : 'no names'}`;
}

function showEntry(entry: Entry): string {
  switch (entry.tag) {
    case 'dead': return `dead×${entry.refs}`;
    case 'set': return `s${entry.set + 1}{set}`;
    case 'send-once': return `p${entry.port + 1}{send-once${asks(entry.request)}}`;
    case 'port': {
      const rights = [entry.receive ? 'receive' : '', entry.sends > 0 ? `send×${entry.sends}` : ''].filter(Boolean);
      return `p${entry.port + 1}{${rights.join(' ')}${asks(entry.request)}}`;
    }
  }
}

const asks = (request: number | null): string => (request === null ? '' : `, tells p${request + 1}`);

function showPort(port: Port, id: number): string {
  const { queue, queueLimit, set, noSenders, portDestroyed, senders, receivers, makeSend } = port;
  return [
    `port p${id + 1}  [${queue.map(showMessage).join(' ')}] of ${queueLimit}`,
    makeSend > 0 ? `make-send ${makeSend}` : '',
    set === null ? '' : `in s${set + 1}`,
    noSenders === null ? '' : `no-senders → p${noSenders + 1}`,
    portDestroyed === null ? '' : `port-destroyed → p${portDestroyed + 1}`,
    waiting('sending', senders).trim(),
    waiting('receiving', receivers).trim(),
  ].filter(Boolean).join('  ');
}

const waiting = (what: string, threads: readonly number[]): string =>
  (threads.length === 0 ? '' : `  ${threads.map((thread) => `t${thread + 1}`).join(',')} ${what}`);

function showMessage({ id, destination, reply, body }: Message): string {
  const cargo = body.flatMap((item) => (item.tag === 'rights' ? item.rights.map(showRight) : [item.tag]));
  const answer = reply.tag === 'right' ? [`reply ${showRight(reply)}`] : [];
  const inside = [...answer, ...cargo].join(', ');
  return `m${id}${destination.kind === 'send-once' ? '¹' : ''}{${inside}}`;
}

const showRight = (right: Carried): string => (right.tag === 'right' ? `p${right.port + 1}:${right.kind}` : right.tag);

function showThread({ life, run, suspends }: Thread, id: number): string | null {
  if (life === 'dead') return null;
  const state = showRun(run);
  if (state === null && suspends === 0) return null;
  return `thread t${id + 1}  ${[suspends > 0 ? `suspended ${suspends}×` : '', state ?? ''].filter(Boolean).join(', ')}`;
}

function showRun(run: Run): string | null {
  switch (run.tag) {
    case 'ready': return null;
    case 'sending': return `waits for room in p${run.to + 1} with ${showMessage(run.message)}`;
    case 'receiving': return `waits for a message from ${run.from.tag === 'port' ? `p${run.from.port + 1}` : `s${run.from.set + 1}`}`;
    case 'handed': return `has been handed ${showMessage(run.message)}`;
    case 'pausing': return 'pauses';
    case 'faulting': return `waits for the page of address ${run.touch.address}`;
    case 'raising': return `waits for a handler of ${run.fault} at ${run.touch.address}`;
    case 'answered': return `has its answer: ${run.error ?? 'success'}`;
  }
}
