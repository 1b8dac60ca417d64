import type { TaskId } from '#spec/mach/vocabulary';
import { gaps } from '#model/mach/memory/space';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { targets, TRIES, type DrawCall } from '#properties/mach/memory/conformance-calls';
import { drawPaging } from '#properties/mach/memory/draw-pagers';

/**
 * Pagers, but for what GNU Mach does not survive or never comes back from: parts of pages, a supply of what is there
 * already that is to be answered, copies of temporary objects, copies of objects whose pager is not ready, and giving
 * up an object while a thread waits for it. It ends where a page is left locked by a pager that has gone: then threads
 * that wait for other pages are forgotten.
 */
export const paging: DrawCall = (state, random) => {
  if (state.memory!.objects.some(isLockedOrphan)) return null;
  for (let i = 0; i < TRIES; i += 1) {
    const call = drawPaging(state, random);
    if (call === null) return null;
    if (!('control' in call)) {
      if (!waitsForPager(state, call) && !isAbortedFault(state, call) && !isLateMap(state, call)) return call;
      continue;
    }
    const tame = tamed(state, call);
    if (tame !== null) return tame;
  }
  return null;
};

/** Whether a call maps memory where a thread waits for what was there before, or maps an object without room for it. */
function isLateMap(state: MachState, call: MachCall): boolean {
  if (call.operation !== 'vm_allocate' && call.operation !== 'vm_map' && call.operation !== 'vm_read') return false;
  if (isUnmappedUnderWaiter(state)) return true;
  if (call.operation !== 'vm_map' || call.object.name === NULL) return false;
  const length = Math.ceil(call.size / state.memory!.pageSize);
  return !call.anywhere || targets(state, call.task).some((task) => gaps(state, task as TaskId, length).length === 0);
}

const isLockedOrphan = ({ life, pager, pages }: NonNullable<MachState['memory']>['objects'][number]): boolean =>
  life === 'live' && pager?.status === 'gone' && pages.some((page) => page?.tag === 'resident' && page.forbidden !== 0);

/** Whether a call breaks off the wait for a page: the thread then asks for it again and again, and nobody else runs. */
const isAbortedFault = ({ threads }: MachState, call: MachCall): boolean =>
  call.operation === 'thread_abort' && threads.some(({ run }) => run.tag === 'faulting');

type PagerCall = Extract<MachCall, { control: unknown }>;

function tamed(state: MachState, call: PagerCall): MachCall | null {
  const { pageSize, objects } = state.memory!;
  if (call.operation === 'memory_object_destroy') {
    const isOpen = state.threads.some(({ run }) => run.tag === 'faulting') || objects.some(({ life, pager }) => life === 'live' && pager?.status === 'silent');
    return isOpen ? null : call;
  }
  if (call.operation === 'memory_object_ready') return { ...call, strategy: 'delay' };
  if (call.operation === 'memory_object_change_attributes') return { ...call, strategy: 'delay', ...(isControl(state, call) ? {} : { reply: nobody }) };
  const offset = call.offset - call.offset % pageSize;
  const whole = { ...call, offset, size: Math.max(1, Math.round(call.size / pageSize)) * pageSize };
  if (whole.operation !== 'memory_object_data_supply') return whole;
  const isThere = objects.some(({ pages }) => pages.slice(offset / pageSize, (offset + whole.size) / pageSize).some((page) => page?.tag === 'resident'));
  const given = { ...whole, lock: isUnmappedUnderWaiter(state) ? [] : whole.lock };
  return isThere ? { ...given, reply: nobody } : given;
}

const nobody = { name: NULL, disposition: 'copy-send' } as const;

/** Whether the port a call is made on controls an object: the kernel answers on others as well, and counts that as a failure. */
function isControl({ memory, tasks, threads }: MachState, { thread, control }: PagerCall): boolean {
  const entry = tasks[threads[thread]!.task]!.names[control] ?? null;
  return entry?.tag === 'port' && memory!.objects.some(({ life, pager }) => life === 'live' && pager?.control === entry.port && pager.status !== 'gone');
}

/** Whether a thread waits for a page that its task no longer sees where it touched it, or may no longer touch. */
function isUnmappedUnderWaiter({ threads, memory }: MachState): boolean {
  const { spaces, pageSize } = memory!;
  return threads.some(({ run, task }) => {
    if (run.tag !== 'faulting') return false;
    const mapping = spaces[task]!.pages[Math.floor(run.touch.address / pageSize)] ?? null;
    return mapping?.object !== run.object || (mapping.current & 3) !== 3;
  });
}

/** Whether a call copies memory that a pager keeps which has not said that it is ready. */
function waitsForPager({ memory, tasks, threads }: MachState, call: MachCall): boolean {
  const isSilent = memory!.objects.some(({ life, pager }) => life === 'live' && pager !== null && pager.status !== 'ready');
  switch (call.operation) {
    case 'vm_map': {
      const entry = tasks[threads[call.thread]!.task]!.names[call.object.name] ?? null;
      return call.copy && entry?.tag === 'port' && !memory!.objects.some(({ life, pager }) =>
        life === 'live' && pager?.port === entry.port && pager.status === 'ready');
    }
    case 'vm_read':
    case 'task_create': return isSilent;
    default: return false;
  }
}
