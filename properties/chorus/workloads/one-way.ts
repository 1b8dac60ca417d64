import type { Scripts } from '#properties/script';
import { message } from '#properties/chorus/scripts/exchange';

export const scripts: Scripts = { ipcSend: message({}), 'ipcSend of pages': message({ pages: true }) };
