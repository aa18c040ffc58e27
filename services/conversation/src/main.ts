import { runService } from '#libs/service';
import { Shutdown } from './app/shutdown';
import { conversationSettings } from './config';
import { ConversationModule } from './conversation.module';

void runService({
  name: 'conversation',
  description: 'takes the turns of users: context, model, control lines, reply',
  settings: conversationSettings,
  module: (settings) => ConversationModule.with(settings),
  // The stop that `listen` returns is the first step of an orderly end, before the transport drains.
  listen: (application) =>
    Promise.resolve(() => {
      application.get(Shutdown).begin();
      return Promise.resolve();
    }),
});
