export type { DoctorOptions } from './context.ts';
export { type Diagnosis, examine } from './doctor.ts';
