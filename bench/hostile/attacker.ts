import { type AttackName, attack } from './attacks.ts';

// A process of its own, so that what an attack costs its client is not measured as the service's.
const [name, port] = process.argv.slice(2);
attack(name as AttackName, Number(port));
process.once('disconnect', () => process.exit());
process.send?.('started');
