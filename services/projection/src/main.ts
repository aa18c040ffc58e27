import { runService } from '#libs/service';
import { projectionSettings } from './config';
import { ProjectionModule } from './projection.module';

void runService({
  name: 'projection',
  description: 'folds the self-model of every mind: identity, traits, metrics, stage, directives, knowledge',
  settings: projectionSettings,
  module: () => ProjectionModule,
});
