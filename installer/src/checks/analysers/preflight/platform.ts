import { defineCheck, fine, refusal } from './check.ts';

const ARCHITECTURES = ['x64', 'arm64'];

export const platform = defineCheck({
  name: 'platform',
  proves: 'The server runs Linux on a 64-bit processor the images are made for.',
  fails: 'not Linux, or neither x64 nor arm64',
  codes: ['FW-PLATFORM-UNSUPPORTED'],
  remedy: 'Install on another server: uname -sm',
  purposes: ['install', 'upgrade'],
  needs: ['machine'],
  analyse({ machine: { system, architecture } }) {
    return system === 'linux' && ARCHITECTURES.includes(architecture)
      ? fine(`Linux on ${architecture}`)
      : refusal(
          'FW-PLATFORM-UNSUPPORTED',
          `${system} on ${architecture}; Linux on x64 or arm64 is needed`,
          'Install on another server. What this one is: uname -sm',
        );
  },
});
