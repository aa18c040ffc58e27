import { Module } from '@nestjs/common';
import { IncrementalCache, LogClient } from '#libs/messaging';
import { projectionFold, type ProjectionState } from '#libs/mind';
import { StatefulModule } from '#libs/service';
import { ProjectionController } from './adapters/projection.controller';
import { SelfModels } from './app/self-models';
import { projectionWhy } from './core/explainers';
import { projectionRules } from './core/rules';

@Module({
  imports: [
    StatefulModule.forFold({
      service: 'projection',
      fold: projectionFold,
      rules: projectionRules,
      why: projectionWhy,
    }),
  ],
  controllers: [ProjectionController],
  providers: [
    {
      provide: SelfModels,
      inject: [IncrementalCache, LogClient],
      useFactory: (cache: IncrementalCache<ProjectionState>, log: LogClient) => new SelfModels(cache, log),
    },
  ],
})
export class ProjectionModule {}
