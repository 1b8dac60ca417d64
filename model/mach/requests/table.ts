import type { MachOperationName } from '#spec/mach/vocabulary';
import {
  anyRight, boolean, disposition, inheritance, integer, name, nameRight, names, notification, protection, region, replyRight,
  returning, sendOnceRight, sendRight, sendRights, signed, strategy, taskPort, threadPort, typedNames, typeFlags, type Form,
} from '#model/mach/requests/forms';

/** How an operation is asked for by a message. */
export interface Request {
  /** The number of the message. */
  readonly number: number;
  /** What the port of the message stands for, as the operation calls it. */
  readonly on: 'task' | 'target' | 'control' | 'host';
  /** The items of the request, in order, and what each says. */
  readonly takes: Readonly<Record<string, Form>>;
  /** The items of the reply behind its code, in order. Null: nobody is answered. */
  readonly gives: Readonly<Record<string, Form>> | null;
}

const onTask = { on: 'task', takes: {}, gives: {} } as const;
const onThread = { ...onTask, on: 'target' } as const;
/** What a pager says of one of its objects; whoever wants to hear when it is done says where among the arguments. */
const onObject = { on: 'control', takes: {}, gives: null } as const;
const range = { address: integer, size: integer };
const part = { offset: integer, size: integer };

/**
 * The operations that messages to ports of the kernel ask for. Arrays that travel by reference elsewhere are here
 * items of the message itself, one for each member.
 */
export const requests = {
  mach_port_names: { ...onTask, number: 3200, gives: { names: typedNames } },
  mach_port_type: { ...onTask, number: 3201, takes: { name }, gives: { type: typeFlags } },
  mach_port_rename: { ...onTask, number: 3202, takes: { name, to: name } },
  mach_port_allocate_name: { ...onTask, number: 3203, takes: { right: nameRight, name } },
  mach_port_allocate: { ...onTask, number: 3204, takes: { right: nameRight }, gives: { name } },
  mach_port_destroy: { ...onTask, number: 3205, takes: { name } },
  mach_port_deallocate: { ...onTask, number: 3206, takes: { name } },
  mach_port_get_refs: { ...onTask, number: 3207, takes: { name, right: nameRight }, gives: { refs: integer } },
  mach_port_mod_refs: { ...onTask, number: 3208, takes: { name, right: nameRight, delta: signed } },
  mach_port_set_qlimit: { ...onTask, number: 3210, takes: { name, limit: integer } },
  mach_port_set_mscount: { ...onTask, number: 3211, takes: { name, makeSend: integer } },
  mach_port_get_set_status: { ...onTask, number: 3212, takes: { name }, gives: { members: names } },
  mach_port_move_member: { ...onTask, number: 3213, takes: { member: name, set: name } },
  mach_port_request_notification: {
    ...onTask, number: 3214, takes: { name, kind: notification, sync: integer, notify: sendOnceRight }, gives: { previous: sendOnceRight },
  },
  mach_port_insert_right: { ...onTask, number: 3215, takes: { name, right: anyRight } },
  mach_port_extract_right: { ...onTask, number: 3216, takes: { name, disposition }, gives: { name: anyRight } },
  mach_port_get_receive_status: {
    ...onTask, number: 3217, takes: { name },
    gives: {
      set: name, sequence: integer, makeSend: integer, queueLimit: integer, messages: integer, sendOnceRights: integer,
      sendRights: boolean, portDestroyedRequest: boolean, noSendersRequest: boolean,
    },
  },
  mach_port_set_seqno: { ...onTask, number: 3218, takes: { name, sequence: integer } },

  task_create: { ...onTask, number: 2007, takes: { inherit: boolean }, gives: { name: sendRight } },
  task_terminate: { ...onTask, number: 2008 },
  task_suspend: { ...onTask, number: 2056 },
  task_resume: { ...onTask, number: 2057 },
  task_get_special_port: { ...onTask, number: 2058, takes: { which: taskPort }, gives: { name: sendRight } },
  task_set_special_port: { ...onTask, number: 2059, takes: { which: taskPort, port: sendRight } },
  mach_ports_register: { ...onTask, number: 2033, takes: { ports: sendRights } },
  mach_ports_lookup: { ...onTask, number: 2034, gives: { names: sendRights } },

  thread_create: { ...onTask, number: 2061, gives: { name: sendRight } },
  thread_terminate: { ...onThread, number: 2016 },
  thread_suspend: { ...onThread, number: 2062 },
  thread_resume: { ...onThread, number: 2063 },
  thread_abort: { ...onThread, number: 2064 },
  thread_get_special_port: { ...onThread, number: 2067, takes: { which: threadPort }, gives: { name: sendRight } },
  thread_set_special_port: { ...onThread, number: 2068, takes: { which: threadPort, port: sendRight } },

  vm_allocate: { ...onTask, number: 2021, takes: { ...range, anywhere: boolean }, gives: { address: integer } },
  vm_deallocate: { ...onTask, number: 2023, takes: range },
  vm_protect: { ...onTask, number: 2024, takes: { ...range, setMaximum: boolean, protection } },
  vm_inherit: { ...onTask, number: 2025, takes: { ...range, inheritance } },
  vm_read: { ...onTask, number: 2026, takes: range, gives: { address: region } },
  vm_write: { ...onTask, number: 2027, takes: { address: integer, data: region } },
  vm_copy: { ...onTask, number: 2028, takes: { source: integer, size: integer, destination: integer } },
  vm_region: {
    ...onTask, number: 2029, takes: { address: integer }, gives: { ...range, protection, maximum: protection, inheritance },
  },
  vm_map: {
    ...onTask, number: 2089,
    takes: {
      ...range, mask: integer, anywhere: boolean, object: sendRight, offset: integer, copy: boolean,
      protection, maximum: protection, inheritance,
    },
    gives: { address: integer },
  },
  vm_set_default_memory_manager: { on: 'host', number: 2041, takes: { manager: sendRight }, gives: { previous: sendRight } },

  memory_object_data_unavailable: { ...onObject, number: 2039, takes: part },
  memory_object_lock_request: {
    ...onObject, number: 2044, takes: { ...part, clean: returning, flush: boolean, lock: protection, reply: replyRight },
  },
  memory_object_data_error: { ...onObject, number: 2090, takes: { ...part, reason: signed } },
  memory_object_destroy: { ...onObject, number: 2092, takes: { reason: signed } },
  memory_object_data_supply: {
    ...onObject, number: 2093, takes: { offset: integer, data: region, lock: protection, precious: boolean, reply: replyRight },
  },
  memory_object_ready: { ...onObject, number: 2094, takes: { cacheable: boolean, strategy } },
  memory_object_change_attributes: { ...onObject, number: 2095, takes: { cacheable: boolean, strategy, reply: replyRight } },
} as const satisfies Partial<Record<MachOperationName, Request>>;

export type RequestedOperation = keyof typeof requests;

const byNumber = new Map<number, RequestedOperation>(
  (Object.keys(requests) as RequestedOperation[]).map((operation) => [requests[operation].number, operation]));

/** The operation that a message of a number asks for; undefined if there is none. */
export const operationOf = (number: number): RequestedOperation | undefined => byNumber.get(number);

export const requestFor = (operation: RequestedOperation): Request => requests[operation];
