import { runService } from '#libs/service';
import { reflectionSettings } from './config';
import { ReflectionModule } from './reflection.module';

void runService({
  name: 'reflection',
  description: 'decides when a mind reflects, asks the model, and judges what it wrote',
  settings: reflectionSettings,
  module: (config) => ReflectionModule.with(config),
});
