import { cite, rules } from '#spec/rule';

/** What a single node has of the network. */
export const nodeRules = rules({
  'qnx/own-node-needs-no-circuit': {
    number: 'QNX-ADD-02',
    states:
      'A circuit to a process of the caller\'s own node, or of node 0, is none: the answer is its pid, or ESRCH if there is no ' +
      'such process, or ENOENT if nobody goes by the name; a stand-in for a proxy on its own node is the proxy itself. Nothing ' +
      'is made, so there is nothing to be detached.',
    source: cite('CL: qnx_vc_name_attach; COG: qnx_vc_attach, qnx_proxy_rem_attach'),
    standing: 'stated',
  },
  'qnx/node-without-net-is-alone': {
    number: 'QNX-NET-09',
    states:
      'On a node without a network manager every call about another node fails with ENOSYS and changes nothing, whatever else ' +
      'is wrong with it; a name is looked for on the node alone; and everything between processes of the node goes on as ever.',
    source: cite('MAZ: netman; COG: qnx_vc_attach'),
    standing: 'stated',
  },
});
