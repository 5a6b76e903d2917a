import { describe, expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const KNOWN = ['node-exporter', 'records-service', 'facts-service', 'postgres', 'edge'];

describe('did you mean', () => {
  it.each([
    ['postgress', 'Did you mean "postgres"? '],
    ['pstgres', 'Did you mean "postgres"? '],
    ['recods', 'Did you mean "records-service"? '],
    ['node', 'Did you mean "node-exporter"? '],
    ['record-service', 'Did you mean "records-service"? '],
  ])('finds what %j was meant to be', (word, suggestion) => {
    expect(didYouMean(word, KNOWN)).toBe(suggestion);
  });

  it('says nothing where nothing is near', () => {
    expect(didYouMean('kubernetes', KNOWN)).toBe('');
    expect(didYouMean('anything', [])).toBe('');
    expect(didYouMean('nope', KNOWN)).toBe('');
  });

  it('takes as many edits as letters for noise', () => {
    expect(didYouMean('foo', ['tls', 'bind'])).toBe('');
    expect(didYouMean('tlz', ['tls', 'bind'])).toBe('Did you mean "tls"? ');
  });

  it('shows the name as it would have to be typed', () => {
    expect(didYouMean('egde', KNOWN, (name) => `hosts.${name}`)).toBe(
      'Did you mean "hosts.edge"? ',
    );
  });
});
