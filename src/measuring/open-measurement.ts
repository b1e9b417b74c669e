import type { Host } from '#host';
import { openCommandMeasurement } from './command.ts';
import type { MeasureRequest, Measurement } from './measurement.ts';
import { openResidentMeasurement } from './resident.ts';

/**
 * Starts both sides once to see that the workload runs, that each side runs its own code, and how long an iteration
 * takes; nothing of this calibration enters the statistics.
 */
export async function openMeasurement(host: Host, request: MeasureRequest): Promise<Measurement> {
  const { workload } = request;
  return workload.kind === 'command'
    ? openCommandMeasurement(host, { ...request, workload })
    : openResidentMeasurement(host, { ...request, workload });
}
