export { ensureCertificate, type ServerCertificate } from './ensure.ts';
