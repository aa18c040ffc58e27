import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { modelSection, type ModelState } from './model.fold';

it('a model_switch says who interprets the mind from there on', () => {
  const life = new Life(composeFold<{ model: ModelState }>(1, { model: modelSection }));
  expect(life.state.model.current).toBeNull();
  const echo = { provider: 'echo', model: 'echo' };
  life.add('model_switch', { from: echo, to: { provider: 'ollama', model: 'llama3' } });
  expect(life.state.model.current).toEqual({ provider: 'ollama', model: 'llama3' });
  life.imported('model_switch', { to: { provider: 5, model: 'x' } });
  expect(life.state.model.current?.provider).toBe('ollama');
});
