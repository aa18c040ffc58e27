import { nothing } from './not-there';
it('x', () => expect(nothing).toBe(1));
