import { runService } from '#libs/service';
import { commitmentSettings } from './config';
import { CommitmentModule } from './commitment.module';

void runService({
  name: 'commitment',
  description: 'keeps commitments and projects: one definition of open, closing needs evidence',
  settings: commitmentSettings,
  module: () => CommitmentModule,
});
