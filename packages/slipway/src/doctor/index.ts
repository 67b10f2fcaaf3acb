export { type Diagnosis, type DoctorOptions, examine } from './doctor.ts';
