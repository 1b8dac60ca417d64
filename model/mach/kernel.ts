import type { MachOperationName, TaskId } from '#spec/mach/vocabulary';
import type { MachScope } from '#spec/mach/scope';
import type { Kernel } from '#model/kernel';
import { mechanisms } from '#model/mach/mechanisms';
import { vmAllocate, vmDeallocate } from '#model/mach/memory/allocate';
import { vmMap } from '#model/mach/memory/map';
import { evict } from '#model/mach/memory/evict';
import { lockRequest } from '#model/mach/memory/lock-request';
import { setDefaultManager } from '#model/mach/memory/default-manager';
import { changeAttributes, objectDestroy, objectReady } from '#model/mach/memory/object-control';
import { dataError, dataSupply, dataUnavailable } from '#model/mach/memory/supply';
import { vmInherit, vmProtect, vmRegion } from '#model/mach/memory/protect';
import { load, store } from '#model/mach/memory/touch';
import { vmCopy, vmRead, vmWrite } from '#model/mach/memory/transfer';
import { machMsg } from '#model/mach/messages/mach-msg';
import { allocate, allocateName } from '#model/mach/names/allocate';
import { getRefs, names, type } from '#model/mach/names/inspect';
import { modRefs } from '#model/mach/names/mod-refs';
import { deallocate, destroy } from '#model/mach/names/release-name';
import { rename } from '#model/mach/names/rename';
import { requestNotification } from '#model/mach/notifications/request-notification';
import { hostSelf, replyPort, taskSelf, threadSelf } from '#model/mach/ports/identity';
import { newPort } from '#model/mach/ports/new-port';
import { getReceiveStatus, setMscount, setQlimit, setSeqno } from '#model/mach/ports/receive-status';
import { extractRight } from '#model/mach/rights/extract-right';
import { insertRight } from '#model/mach/rights/insert-right';
import { getSetStatus, moveMember } from '#model/mach/sets/move-member';
import { makeSend, newTask, newThread } from '#model/mach/tasks/new-task';
import {
  getTaskPort, getThreadPort, portsLookup, portsRegister, setTaskPort, setThreadPort,
} from '#model/mach/tasks/special-ports';
import { taskCreate, taskResume, taskSuspend, taskTerminate } from '#model/mach/tasks/task';
import { settle } from '#model/mach/threads/settle';
import {
  swtch, swtchPri, threadAbort, threadCreate, threadResume, threadSuspend, threadSwitch, threadTerminate, timeout,
} from '#model/mach/threads/thread';
import type { Memory } from '#model/mach/memory/state';
import { change } from '#model/operation';
import { machSchema, type Limits, type MachState, type PortId } from '#model/mach/state';
import type { MachCall, MachOperation } from '#model/mach/world';

/** Mach's operations, in the order of the vocabulary. */
export const operations = {
  mach_port_allocate: allocate,
  mach_port_allocate_name: allocateName,
  mach_port_deallocate: deallocate,
  mach_port_destroy: destroy,
  mach_port_mod_refs: modRefs,
  mach_port_get_refs: getRefs,
  mach_port_type: type,
  mach_port_names: names,
  mach_port_rename: rename,
  mach_port_insert_right: insertRight,
  mach_port_extract_right: extractRight,
  mach_port_move_member: moveMember,
  mach_port_get_set_status: getSetStatus,
  mach_port_get_receive_status: getReceiveStatus,
  mach_port_set_qlimit: setQlimit,
  mach_port_set_mscount: setMscount,
  mach_port_set_seqno: setSeqno,
  mach_port_request_notification: requestNotification,
  mach_reply_port: replyPort,
  mach_task_self: taskSelf,
  mach_thread_self: threadSelf,
  mach_host_self: hostSelf,
  mach_msg: machMsg,
  task_create: taskCreate,
  task_terminate: taskTerminate,
  task_suspend: taskSuspend,
  task_resume: taskResume,
  task_get_special_port: getTaskPort,
  task_set_special_port: setTaskPort,
  mach_ports_register: portsRegister,
  mach_ports_lookup: portsLookup,
  thread_create: threadCreate,
  thread_terminate: threadTerminate,
  thread_suspend: threadSuspend,
  thread_resume: threadResume,
  thread_abort: threadAbort,
  thread_get_special_port: getThreadPort,
  thread_set_special_port: setThreadPort,
  vm_allocate: vmAllocate,
  vm_deallocate: vmDeallocate,
  vm_protect: vmProtect,
  vm_inherit: vmInherit,
  vm_read: vmRead,
  vm_write: vmWrite,
  vm_copy: vmCopy,
  vm_map: vmMap,
  vm_region: vmRegion,
  memory_object_ready: objectReady,
  memory_object_data_supply: dataSupply,
  memory_object_data_unavailable: dataUnavailable,
  memory_object_data_error: dataError,
  memory_object_lock_request: lockRequest,
  memory_object_change_attributes: changeAttributes,
  memory_object_destroy: objectDestroy,
  vm_set_default_memory_manager: setDefaultManager,
  evict,
  load,
  store,
  swtch,
  swtch_pri: swtchPri,
  thread_switch: threadSwitch,
  timeout,
} satisfies { [Op in MachOperationName]: MachOperation<Op, never> | object };

export type { MachScope } from '#spec/mach/scope';

/** The kernel's own limits, and bounds that no ordinary run meets. */
export const defaultLimits: Limits = {
  tasks: 64, threads: 128, ports: 4096, sets: 1024, names: 4096, messages: 1024,
  queueLimit: 5, maximumQueueLimit: 16, references: 65535, registered: 4, makeSend: 0xffff_ffff,
};

export type MachKernel = Kernel<MachState, MachCall> & {
  readonly operations: typeof operations;
  readonly mechanisms: typeof mechanisms;
};

const boot = (variant: MachState['variant']) => ({ threads, limits, memory, devices }: MachScope): MachState => {
  const state: MachState = {
    variant, limits: { ...defaultLimits, ...limits },
    tasks: [], threads: [], ports: [], sets: [], host: 0 as PortId,
    memory: memory === undefined ? null : newMemory(memory), devices: null, doomed: [], moment: 0, serial: 0, arrival: 0,
  };
  newPort(state, 'host');
  threads.forEach((count, task) => {
    newTask(state, null);
    for (let i = 0; i < count; i += 1) newThread(state, task as TaskId, 0);
  });
  if (memory?.privileged === true) entrust(state);
  if (devices !== undefined) attach(state, devices);
  return state;
};

const newMemory = ({ pageSize, pageCount, requestLimit = 50 }: NonNullable<MachScope['memory']>): Memory =>
  ({ pageSize, pageCount, requestLimit, hostControl: null, manager: null, spaces: [], objects: [] });

/** Gives the first task the control port of the host. */
function entrust(state: MachState): void {
  const control = newPort(state, 'host-control');
  change(state.memory!).hostControl = control;
  change(state.tasks[0]!).bootstrap = makeSend(state, control);
}

/** Puts devices behind a master port, which the first task finds as its bootstrap port. None of them is open. */
function attach(state: MachState, devices: NonNullable<MachScope['devices']>): void {
  const master = newPort(state, 'device-master');
  change(state).devices = { master, all: devices.map((device) => ({ ...device, opens: 0, mode: 0, port: null })) };
  change(state.tasks[0]!).bootstrap = makeSend(state, master);
}

/** Mach as its documents describe it: what they leave open is a choice. */
export const mach: MachKernel = {
  name: 'mach', variant: 'documented', boot: boot('documented'), operations, mechanisms, settle, schema: machSchema,
};

/**
 * Mach as GNU Mach 1.8 has it: where the documents leave a matter open or contradict each other, and that
 * implementation is known to be definite, this variant is as definite.
 */
export const gnumach: MachKernel = {
  ...mach,
  variant: 'gnumach',
  boot: boot('gnumach'),
  narrow: {
    receiver: (waiting) => waiting.slice(-1),
    sender: (waiting) => waiting.slice(-1),
    'unmapped range': (options) => options.slice(-1),
    alignment: (options) => options.slice(-1),
    'unhandled exception': (options) => options.slice(0, 1),
    'ended ports': (options) => options.slice(0, 1),
    'orphaned reply port': (options) => options.slice(-1),
    /** Memory that may go anywhere goes to the beginning of what is free. */
    address: (options) => options.filter((page) => !options.includes(page as number - 1)),
  },
};
