export type { DoctorOptions } from './context.ts';
export { type Diagnosis, examine, repair } from './doctor.ts';
