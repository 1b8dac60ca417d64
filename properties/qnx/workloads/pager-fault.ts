import type { Scripts } from '#properties/script';

export const scripts: Scripts = 'no process provides the memory of another: Proc gives memory or refuses it, and nothing is paged';
