import { runService } from '#libs/service';
import { Attempts } from './app/attempts';
import { reflectionSettings } from './config';
import { ReflectionModule } from './reflection.module';

void runService({
  name: 'reflection',
  description: 'decides when a mind reflects, asks the model, and judges what it wrote',
  settings: reflectionSettings,
  module: (config) => ReflectionModule.with(config),
  // The stop that `listen` returns is the first step of an orderly end: draining the transport takes of the same patience.
  listen: (application) =>
    Promise.resolve(() => {
      application.get(Attempts).begin();
      return Promise.resolve();
    }),
});
