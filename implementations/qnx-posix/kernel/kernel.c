#include "kernel.h"

void kernel_call(struct process *caller, const struct request *request) {
  caller->call = *request;
  switch (request->call) {
    case CALL_Send: case CALL_Sendmx: call_send(caller); return;
    case CALL_Receive: case CALL_Receivemx: call_receive(caller, true); return;
    case CALL_Creceive: case CALL_Creceivemx: call_receive(caller, false); return;
    case CALL_Reply: case CALL_Replymx: call_reply(caller); return;
    case CALL_Readmsg: case CALL_Readmsgmx: call_readmsg(caller); return;
    case CALL_Writemsg: case CALL_Writemsgmx: call_writemsg(caller); return;
    case CALL_Relay: call_relay(caller); return;
    case CALL_qnx_proxy_attach: call_proxy_attach(caller); return;
    case CALL_qnx_proxy_detach: call_proxy_detach(caller); return;
    case CALL_Trigger: call_trigger(caller); return;
    case CALL_kill: call_kill(caller); return;
    default: answer(caller, 0, caller->parent); return;
  }
}
