import type { TurnReply } from '#libs/contracts';
import type { CommandContext } from '../context';
import { commitmentLines, selfModelLines } from '../print/self-model.print';
import { explainEvent } from '../why/explain';
import { explanationLines } from '../why/explanation.print';
import { awaitReflection } from './await-reflection';
import { CHAT_HELP, readChatLine, type ChatLine } from './slash-command';

export interface ChatOptions {
  user?: string;
  /** Show the reply while it comes; else only when it is complete. */
  interactive: boolean;
  /** Fires when nobody waits for an answer any more. */
  left: AbortSignal;
}

/** One conversation: takes lines, shows what comes of them. */
export class ChatSession {
  constructor(
    private readonly context: CommandContext,
    private readonly mind: string,
    private readonly options: ChatOptions,
  ) {}

  /** @throws PmmError; the conversation can go on after it */
  async take(text: string): Promise<'go on' | 'quit'> {
    const line = readChatLine(text);
    if (line.is === 'quit') return 'quit';
    await this.obey(line);
    return 'go on';
  }

  private async obey(line: Exclude<ChatLine, { is: 'quit' }>): Promise<void> {
    const { client, out } = this.context;
    switch (line.is) {
      case 'nothing':
        return;
      case 'say':
        return this.say(line.text);
      case 'help':
        return CHAT_HELP.forEach((help) => out.line(help));
      case 'wrong':
        return out.note(`pmm: ${line.usage}`);
      case 'state': {
        const model = await client.selfModel(this.mind);
        return out.show(model, selfModelLines(model));
      }
      case 'commitments': {
        const reply = await client.commitments(this.mind, { status: 'open' });
        return out.show(reply, commitmentLines(reply));
      }
      case 'commit':
        return this.commit(line.text);
      case 'close': {
        const reply = await client.closeCommitment(this.mind, line.cid, { evidence: line.evidence });
        return out.show(reply, `${reply.cid} is closed by #${reply.position}`);
      }
      case 'tick': {
        const reply = await client.tick(this.mind);
        return out.show(reply, `tick ${reply.tick} is #${reply.position}`);
      }
      case 'reflect':
        return this.reflect();
      case 'why': {
        const explanation = await explainEvent(client, this.mind, line.position);
        return out.show(explanation, explanationLines(explanation));
      }
    }
  }

  private async commit(text: string): Promise<void> {
    const { client, out } = this.context;
    const reply = await client.openCommitment(this.mind, { text });
    const { cid, position, existing } = reply;
    out.show(
      reply,
      existing ? `${cid} was open already, since #${position}` : `${cid} is open since #${position}`,
    );
  }

  private async reflect(): Promise<void> {
    const { client, out } = this.context;
    const { position } = await client.reflect(this.mind);
    out.line(`asked for a reflection at #${position}`);
    const event = await awaitReflection(client, this.mind, position, this.options.left);
    if (!event) return out.show({ position }, 'it is not there yet; it will be in the log');
    out.show(
      event,
      event.kind === 'reflection' ? `#${event.position} ${event.content}` : rejected(event.meta.reason),
    );
  }

  private async say(text: string): Promise<void> {
    const { client, out } = this.context;
    const body = this.options.user === undefined ? { text } : { text, userName: this.options.user };
    for await (const part of client.streamTurn(this.mind, body, { signal: this.options.left })) {
      if (part.type === 'done') this.showReply(part.reply);
      else if (this.options.interactive)
        out.write(part.type === 'token' ? part.text : this.again(part.reason));
    }
  }

  private again(reason: string): string {
    return `\n${this.context.out.dim(`(that is void, once more: ${reason})`)}\n`;
  }

  private showReply(reply: TurnReply): void {
    const { out } = this.context;
    out.value(reply);
    out.line(this.options.interactive ? '' : reply.text);
    const { user, reply: answer } = reply.positions;
    out.line(out.dim(`  #${user} -> #${answer}`));
    for (const { line, accepted, reason } of reply.controls)
      out.line(out.dim(`  ${line} (${accepted ? 'accepted' : `refused: ${reason ?? 'no reason given'}`})`));
  }
}

const rejected = (reason: unknown): string => `the reflection was not good enough: ${String(reason)}`;
