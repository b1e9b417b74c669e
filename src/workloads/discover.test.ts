import { describe, expect, it } from 'vitest';
import { fakeHost } from '#host';
import { findBenchmarkFiles } from '#workloads';

async function finds(text: string): Promise<boolean> {
  const host = fakeHost({ files: { '/project/tests/test_speed.py': text } });
  return (await findBenchmarkFiles(host, '/project')).length === 1;
}

describe('a file seems to hold benchmarks', () => {
  it('when a test takes the fixture, is marked, or a fixture takes it for all tests of a case', async () => {
    for (const text of [
      'def test_größe(tmp_path, benchmark):\n    pass',
      '@pytest.mark.benchmark\ndef test_a():\n    pass',
      'class T(TestCase):\n    @pytest.fixture(autouse=True)\n    def _take(self, benchmark):\n        self.benchmark = benchmark',
    ]) {
      expect(await finds(text), text).toBe(true);
    }
  });

  it('not when something else is only called so', async () => {
    for (const text of [
      'def test_a():\n    benchmark = 1',
      'def helper(benchmark):\n    pass',
      '@pytest.fixture(autouse=True)\ndef _take(tmp_path):\n    pass\n\ndef helper(benchmark):\n    pass',
    ]) {
      expect(await finds(text), text).toBe(false);
    }
  });
});
