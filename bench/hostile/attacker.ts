import { type AttackName, attack } from './attacks.ts';

// A separate process, so that the client's cost of an attack is not measured as the service's.
const [name, port] = process.argv.slice(2);
attack(name as AttackName, Number(port));
process.once('disconnect', () => process.exit());
process.send?.('started');
