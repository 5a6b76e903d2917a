import { defineCheck, doubt, fine } from './check.ts';

export const memoryTwoSlots = defineCheck({
  name: 'memory-two-slots',
  proves: 'Two releases fit beside each other, so that an upgrade need not stop the old one first.',
  warns: 'host.memory holds one slot only',
  codes: [],
  remedy: 'More memory, then factsway-install install --set host.memory=SIZE',
  purposes: ['install', 'upgrade'],
  needs: [],
  analyse(_, { catalog }) {
    const { value, because } = catalog.context.sizing.twoSlots;
    return value
      ? fine(because)
      : doubt(because, 'Give the server more memory and say so: --set host.memory=SIZE');
  },
});
