import { Controller } from '@nestjs/common';
import {
  reflectionsRequest,
  reflectRequest,
  type PositionReply,
  type ReflectionsRequest,
  type ReflectRequest,
} from '#libs/contracts';
import { Handles, type RequestContext } from '#libs/messaging';
import { Reflections } from '../app/reflections';

@Controller()
export class ReflectionController {
  constructor(private readonly reflections: Reflections) {}

  @Handles('list', reflectionsRequest)
  list(request: ReflectionsRequest, { deadlineAt }: RequestContext) {
    return this.reflections.list(request, deadlineAt);
  }

  @Handles('request', reflectRequest)
  request(request: ReflectRequest, { deadlineAt }: RequestContext): Promise<PositionReply> {
    return this.reflections.request(request, deadlineAt);
  }
}
