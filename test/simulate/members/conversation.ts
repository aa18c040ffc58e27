import type { Models } from '#libs/llm';
import type { CacheSettings } from '#libs/messaging';
import { CachedConversation } from '../../../services/conversation/src/adapters/cached-conversation.adapter';
import { ConversationController } from '../../../services/conversation/src/adapters/conversation.controller';
import { MindViewsAdapter } from '../../../services/conversation/src/adapters/mind-views.adapter';
import { NatsTurnSignals } from '../../../services/conversation/src/adapters/turn-signals.adapter';
import { WordMemory } from '../../../services/conversation/src/adapters/word-memory.adapter';
import { ContextGatherer } from '../../../services/conversation/src/app/context-gatherer';
import { Dialogue } from '../../../services/conversation/src/app/dialogue';
import { ModelSwitch } from '../../../services/conversation/src/app/model-switch';
import { OutcomeWriter } from '../../../services/conversation/src/app/outcome-writer';
import { Shutdown } from '../../../services/conversation/src/app/shutdown';
import { TurnIntake } from '../../../services/conversation/src/app/turn-intake';
import { TurnPipeline } from '../../../services/conversation/src/app/turn-pipeline';
import { TurnQueue } from '../../../services/conversation/src/app/turn-queue';
import { Turns } from '../../../services/conversation/src/app/turns';
import { noBudget, type MemberContext } from './context';
import { conversationCache } from './services';
import { statefulMember, type StatefulMember } from './stateful';

const CONTEXT_TOKENS = 4_000;

/** Conversation, connected as its module does it. */
export function conversationMember(
  context: MemberContext,
  settings: CacheSettings,
  models: Models,
): StatefulMember {
  const { clock, link, requests, logClient: log } = context;
  const cache = conversationCache(context, settings);
  const own = new CachedConversation(cache);
  const views = new MindViewsAdapter(requests);
  const queue = new TurnQueue(clock);
  const shutdown = new Shutdown(queue);
  const writer = new OutcomeWriter(log, views, clock);
  const gatherer = new ContextGatherer(views, new WordMemory(requests, own), own, {
    contextTokens: CONTEXT_TOKENS,
    choose: (choice) => models.choose(choice),
  });
  const pipeline = new TurnPipeline({
    ...{ log, gatherer, writer, clock },
    dialogue: new Dialogue(models, views, clock, shutdown.signal),
    intake: new TurnIntake(log),
    budget: noBudget,
    signals: new NatsTurnSignals(link),
  });
  const turns = new Turns(queue, pipeline, { ended: () => undefined });
  const member = statefulMember(context, cache, {
    controller: new ConversationController(turns, new ModelSwitch(log, own, models)),
  });
  return {
    ...member,
    stop: async () => {
      shutdown.begin();
      await member.stop();
    },
  };
}
