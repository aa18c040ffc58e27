import { createServer } from 'node:http';
it('x', () => { createServer().listen(0); expect(1).toBe(1); });
