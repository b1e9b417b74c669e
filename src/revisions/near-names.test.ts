import { describe, expect, it } from 'vitest';
import { nearNames } from './near-names.ts';

describe('nearNames', () => {
  it('finds what was meant in spite of case, a leading v, other separators and typing errors', () => {
    expect(nearNames('1.2.0', ['v1.2.0', 'main'])).toEqual(['v1.2.0']);
    expect(nearNames('Feature_Login', ['feature/login', 'main'])).toEqual(['feature/login']);
    expect(nearNames('mian', ['main', 'develop'])).toEqual([]);
    expect(nearNames('develp', ['main', 'develop', 'origin/develop'])).toEqual(['develop', 'origin/develop']);
  });

  it('looks at the name without its suffix and at parts of names', () => {
    expect(nearNames('relase-1~3', ['release-1'])).toEqual(['release-1']);
    expect(nearNames('login', ['feature/login-form', 'v1'])).toEqual(['feature/login-form']);
  });

  it('names at most five, best first', () => {
    const names = ['v1.0.0', 'v1.0.1', 'v1.0.2', 'v1.0.3', 'v1.0.4', 'v1.0.5'];
    const near = nearNames('v1.0.3', names);
    expect(near).toHaveLength(5);
    expect(near[0]).toBe('v1.0.3');
  });
});
