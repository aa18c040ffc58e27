import { runService } from '#libs/service';
import { coordinatorSettings } from './config';
import { TickCoordinatorModule } from './tick-coordinator.module';

void runService({
  name: 'tick-coordinator',
  description: 'says when a mind ticks; reads each new batch of events once and broadcasts it once',
  settings: coordinatorSettings,
  module: () => TickCoordinatorModule,
});
