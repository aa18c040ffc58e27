import type { PositionReply, SwitchModelRequest } from '#libs/contracts';
import { AppError, draft, eventId } from '#libs/kernel';
import type { CommandOutcome, Seen } from '#libs/messaging';
import type { ConversationState } from '#libs/mind';
import type { LogPort } from './ports';

type Choice = { provider: string; model: string };

/** Conversation's fold, to decide on. */
export interface CommandPort {
  command<T>(
    mind: string,
    deadlineAt: number,
    decide: (state: ConversationState, seen: Seen) => CommandOutcome<T>,
  ): Promise<T>;
}

/** The models that are set up here. */
export interface ModelsAtHand {
  readonly providers: readonly string[];
  choose(own: { provider: string | null; model: string | null }): Choice;
}

/** Lets another model interpret a mind from here on. */
export class ModelSwitch {
  constructor(
    private readonly log: Pick<LogPort, 'mind' | 'byIds'>,
    private readonly conversation: CommandPort,
    private readonly models: ModelsAtHand,
  ) {}

  /**
   * Appends `model_switch`, unless that model is in force already; then the answer is the position at which it is.
   * @throws AppError `invalid_request` for a provider that is not set up here.
   */
  async switch(request: SwitchModelRequest, deadlineAt: number): Promise<PositionReply> {
    const { mind, provider } = request;
    const { providers } = this.models;
    if (!providers.includes(provider)) {
      throw new AppError(
        'invalid_request',
        `provider: ${provider} is not set up here; known: ${providers.join(', ')}`,
      );
    }
    const info = await this.log.mind(mind, { deadlineAt });
    try {
      return await this.conversation.command(mind, deadlineAt, (state, { watermark }) =>
        decide(request, this.models.choose(state.model.current ?? info), watermark),
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'id_conflict') throw error;
      return this.recorded(request, deadlineAt, error);
    }
  }

  /** The same key again, after other switches: it was done, and that is the answer. */
  private async recorded(
    request: SwitchModelRequest,
    deadlineAt: number,
    error: AppError,
  ): Promise<PositionReply> {
    const { mind, key = '', provider, model } = request;
    const ids = [keyedId(mind, key)];
    const [event] = (await this.log.byIds({ mind, ids, purpose: 'query' }, { deadlineAt })).events;
    const to = event?.meta['to'] as Partial<Choice> | undefined;
    if (!event || to?.provider !== provider || to.model !== model) throw error;
    return { position: event.position };
  }
}

const keyedId = (mind: string, key: string): string => eventId(mind, 'switch-model', key);

function decide(request: SwitchModelRequest, from: Choice, watermark: number): CommandOutcome<PositionReply> {
  const { mind, provider, model, key } = request;
  if (from.provider === provider && from.model === model) return { value: { position: watermark } };
  const id = key === undefined ? eventId(mind, 'model-switch-at', watermark) : keyedId(mind, key);
  const event = { id, ...draft('model_switch', { from, to: { provider, model } }) };
  return { events: [event], answer: ({ from: position }) => ({ position }) };
}
