import { Controller, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { SystemReply } from '#libs/client';
import { SystemView } from '../../app/system-view';
import { Handle } from './route.decorator';

/** The system itself: what runs, how it is, where its documents are. */
@Controller()
export class SystemController {
  constructor(private readonly system: SystemView) {}

  @Handle('system')
  report(): Promise<SystemReply> {
    return this.system.report();
  }

  @Handle('healthz')
  health() {
    return { ok: true };
  }

  @Handle('readyz')
  async ready() {
    await this.system.ready();
    return { ok: true };
  }

  @Handle('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    const { text, contentType } = await this.system.metrics();
    response.setHeader('content-type', contentType);
    response.end(text);
  }

  @Handle('docsOfV1')
  docs(@Res() response: Response): void {
    response.redirect('/docs');
  }

  /** The place of the web console. */
  @Handle('root')
  root() {
    return { name: 'persistent-mind', docs: '/docs', openapi: '/docs/json', system: '/v1/system' };
  }
}
