import { cite, rules } from '#spec/rule';

/** Messages that are there to be triggered. */
export const proxyRules = rules({
  'qnx/proxy-has-owner-and-data': {
    number: 'QNX-ENT-04',
    states: 'A proxy has an id, a living owner, data no longer than the limit, which never change, a priority or its owner\'s, and a count.',
    source: cite('COG: qnx_proxy_attach'),
    standing: 'stated',
  },
  'qnx/proxy-attach-makes-a-proxy': {
    number: 'QNX-PRX-01',
    states:
      'Attaching a proxy takes a copy of the data given and makes a new id that belongs to the process named, ' +
      'the caller if that is 0. It fails with EINVAL if the data are too long, ESRCH if there is no such ' +
      'process, EAGAIN if the table is full, EFAULT if the data are not the caller\'s.',
    source: cite('COG: qnx_proxy_attach'),
    standing: 'stated',
  },
  'qnx/trigger-never-blocks': {
    number: 'QNX-PRX-02',
    states:
      'Trigger returns the pid of the proxy\'s owner without waiting, or ESRCH if there is no such proxy. An ' +
      'owner that waits to receive from any or from the proxy has the message at once. The caller, which may ' +
      'be anyone and even an interrupt handler, gives no data and is not changed.',
    source: cite('CL: trigger'),
    standing: 'stated',
  },
  'qnx/triggers-are-counted': {
    number: 'QNX-PRX-03',
    states:
      'A proxy that was triggered so many times before it was received is received as many times, up to the ' +
      'limit of its count.',
    source: cite('CL: trigger'),
    standing: 'stated',
  },
  'qnx/proxy-message-needs-no-reply': {
    number: 'QNX-PRX-04',
    states:
      'A Receive of a proxy\'s message gives the id of the proxy and the data it was attached with; nobody ' +
      'waits for a reply to it, and a Reply to a proxy changes nothing.',
    source: cite('COG: qnx_proxy_attach; CL: trigger'),
    standing: 'stated',
  },
  'qnx/proxy-queues-at-its-priority': {
    number: 'QNX-PRX-05',
    states:
      'A proxy\'s message stands in the queue of its owner like any other: where the queue is by priority, by ' +
      'the priority of the proxy, or its owner\'s if that is -1.',
    source: cite('COG: qnx_proxy_attach'),
    standing: 'inferred',
  },
  'qnx/proxy-ends-with-its-owner': {
    number: 'QNX-PRX-06',
    states:
      'A proxy is there until its owner detaches it, ends or replaces its image; what of it was not received is discarded then. ' +
      'Detaching fails with EPERM for others than the owner and ESRCH if there is no such proxy.',
    source: cite('CL: qnx_proxy_detach'),
    standing: 'stated',
  },
});
