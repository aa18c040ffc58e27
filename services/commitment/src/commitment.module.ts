import { Module } from '@nestjs/common';
import { IncrementalCache, LogClient } from '#libs/messaging';
import { commitmentFold, type CommitmentState } from '#libs/mind';
import { StatefulModule } from '#libs/service';
import { CommitmentController } from './adapters/commitment.controller';
import { Commitments } from './app/commitments';
import { PastCommitments } from './app/past-commitments';
import { commitmentWhy } from './core/explainers';
import { commitmentRules } from './core/rules';

@Module({
  imports: [
    StatefulModule.forFold({
      service: 'commitment',
      fold: commitmentFold,
      rules: commitmentRules,
      why: commitmentWhy,
    }),
  ],
  controllers: [CommitmentController],
  providers: [
    {
      provide: Commitments,
      inject: [IncrementalCache, LogClient],
      useFactory: (cache: IncrementalCache<CommitmentState>, log: LogClient) =>
        new Commitments(cache, new PastCommitments(log)),
    },
  ],
})
export class CommitmentModule {}
