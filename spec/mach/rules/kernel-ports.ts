import { cite, rules } from '#spec/rule';

/** Kernel objects as ports: what the kernel receives, carries out and answers. */
export const kernelPortRules = rules({
  'mach/kernel-objects-are-ports': {
    number: 'MACH-KOP-01',
    states:
      'Each task, thread, host, processor, memory control, memory name and device is named by a port whose ' +
      'receiver is always the kernel, and holding a send right to it is the whole check of authority. ' +
      'Address spaces and name spaces have no port of their own: the task port stands for both.',
    source: cite('KP: 2 "Elements"; KP: 4 "Ports"; GM: ipc_space_t'),
    standing: 'stated',
  },
  'mach/kernel-services-are-messages': {
    number: 'MACH-KOP-02',
    states:
      'Sending and receiving messages, the identity traps, allocating a reply port, the yield traps and ' +
      'waiting for an event need no port. Every other request to the kernel is a message to the port of ' +
      'the object it concerns.',
    source: cite('KP: 3 "Actions by Threads"'),
    standing: 'stated',
  },
  'mach/kernel-port-requests-run-at-once': {
    number: 'MACH-KOP-03',
    states:
      'A message to a live kernel port is carried out at once in the context of its sender: it joins no ' +
      'queue and waits for no queue limit. The reply is put on the reply port whatever the limit there. A ' +
      'message id the object does not know gets a reply carrying MIG_BAD_ID.',
    source: cite('SRC: ipc/ipc_mqueue.c ipc_mqueue_send; SRC: kern/ipc_kobject.c ipc_kobject_server'),
    standing: 'implementation',
  },
  'mach/failed-kernel-request-destroys-its-body': {
    number: 'MACH-KOP-04',
    states:
      'When a kernel operation fails, every right and memory region carried in the body of the request is ' +
      'destroyed; only the reply right survives, to carry the error. So a failed `mach_port_insert_right` ' +
      'with move-receive destroys the port, and a failed `mach_port_request_notification` or a failed ' +
      'insert of a send-once right puts a send-once notification on the port behind that right. A failed ' +
      'insert made with make-send has already advanced the make-send count; dropping its send right may ' +
      'fire no-senders.',
    source: cite('SRC: kern/ipc_kobject.c ipc_kobject_server; SRC: ipc/ipc_kmsg.c ipc_kmsg_clean_body'),
    standing: 'implementation',
  },
  'mach/dead-task-port-refuses-the-send': {
    number: 'MACH-KOP-05',
    states:
      'An operation addressed to a dead or absent task port fails in its send half, with ' +
      'MACH_SEND_INVALID_DEST. Where the send right names a live port that is not a task, or a task being ' +
      'torn down, port calls give KERN_INVALID_TASK, task and memory calls KERN_INVALID_ARGUMENT.',
    source: cite('GM: Port Manipulation Interface; SRC: tests/test-task.c test_errors'),
    standing: 'stated',
  },
  'mach/argument-rights-are-checked-at-send': {
    number: 'MACH-KOP-06',
    states:
      'An argument right that the caller does not hold is an error of the message, ' +
      'MACH_SEND_INVALID_RIGHT, before any operation sees it. A dead name given as argument travels as ' +
      'DEAD and is judged by the operation, often as KERN_INVALID_CAPABILITY.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/mach_port.c mach_port_insert_right'),
    standing: 'stated',
  },
  'mach/task-port-holder-can-interpose': {
    number: 'MACH-KOP-07',
    states:
      'Whoever holds the port of a task can pull a right out of its name space and put another in under ' +
      'the same name. The task itself cannot tell.',
    source: cite('DR: 2.5; KP: 4 "Port Rights"'),
    standing: 'stated',
  },
  'mach/kernel-messages-ignore-queue-limits': {
    number: 'MACH-KOP-08',
    states:
      'Messages that the kernel originates (pager calls, notifications, exceptions, replies) are queued ' +
      'whatever the queue limit, so the kernel itself never blocks on a port.',
    source: cite('SRC: kern/ipc_mig.c mach_msg_send_from_kernel; KP: 5 "Basic Manipulation"'),
    standing: 'implementation',
  },
});
