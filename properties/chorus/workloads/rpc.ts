import type { Scripts } from '#properties/script';
import { exchange } from '#properties/chorus/scripts/exchange';

export const scripts: Scripts = { 'ipcCall, ipcReply': exchange({}), 'ipcCall, ipcReply of pages': exchange({ pages: true }) };
