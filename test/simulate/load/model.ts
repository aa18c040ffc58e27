import { ECHO, EchoModel, ModelFailure, Models, type ModelPort } from '#libs/llm';
import type { Random } from '../world/random';
import type { Scheduler } from '../world/scheduler';

const TIMEOUT_MS = 6_000;

/** How the model behaves just now. */
export interface Mood {
  bad: boolean;
}

/** Echo, which takes its time, and in a bad mood fails, or never answers. */
export function modelsOf(scheduler: Scheduler, random: Random, mood: Mood): Models {
  const echo = new EchoModel();
  const model: ModelPort = {
    complete: async (request, options) => {
      await scheduler.wait(random.between(1, mood.bad ? 3_000 : 200));
      if (mood.bad && random.chance(0.3)) await scheduler.wait(600_000);
      if (mood.bad && random.chance(0.3)) throw new ModelFailure('model_unavailable', 'in a bad mood');
      if (mood.bad && random.chance(0.1)) throw new ModelFailure('model_refused', 'in a very bad mood');
      return echo.complete(request, options);
    },
  };
  return new Models(ECHO, { echo: model }, { timeoutMs: TIMEOUT_MS, random: () => random.next() });
}
