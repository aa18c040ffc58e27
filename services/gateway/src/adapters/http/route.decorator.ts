import {
  applyDecorators,
  createParamDecorator,
  Get,
  HttpCode,
  Post,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { api, idempotencyKeySchema } from '#libs/contracts';
import { parseRequest } from '#libs/kernel';
import { readQuery } from '../../core/wire-json';
import { readBody } from './read-body';
import { PARAMETERS, routeOf, type InputOf, type Route, type RouteName } from './routes';

const ROUTE_NAME = 'pmm:route';

/** Registers a method for a route of the table: its verb, path and status stand there and nowhere else. */
export function Handle(name: RouteName): MethodDecorator {
  const { method, path, status } = routeOf(name);
  const register = method === 'get' ? Get(path) : Post(path);
  return applyDecorators(register, HttpCode(status), SetMetadata(ROUTE_NAME, name), UseGuards(InputGuard));
}

/** The name of the route that a method serves. */
export const routeNameOf = (handler: object): RouteName | undefined =>
  Reflect.getMetadata(ROUTE_NAME, handler) as RouteName | undefined;

const inputs = new WeakMap<Request, InputOf<RouteName>>();

/** Reads and checks everything of the request that its route knows; whatever the route does not know is refused. */
class InputGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const name = routeNameOf(context.getHandler());
    if (!name) throw new TypeError(`${context.getHandler().name} has no route`);
    const request = context.switchToHttp().getRequest<Request>();
    const route = routeOf(name);
    if (!route.open) inputs.set(request, await readInput(route, request));
    return true;
  }
}

/** What the guard has read, as `InputOf` the route. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) =>
  inputs.get(context.switchToHttp().getRequest<Request>()),
);

async function readInput(route: Route, request: Request): Promise<InputOf<RouteName>> {
  const mind = request.params.id === undefined ? '' : parseRequest(PARAMETERS.id, request.params.id);
  const cid = request.params.cid === undefined ? '' : parseRequest(PARAMETERS.cid, request.params.cid);
  const query = parseRequest(route.query ?? api.empty, readQuery(request.originalUrl));
  const key = route.method === 'post' ? keyOf(request) : '';
  const body = route.body && !route.upload ? await readBody(request, route.body) : undefined;
  // The schemas of the table are those that `InputOf` is made of.
  return { mind, cid, query, body, key } as InputOf<RouteName>;
}

/** A request without a key gets one, so that it counts once when it has to be sent to a service again. */
function keyOf({ headers }: Request): string {
  const given = headers['idempotency-key'];
  return given === undefined ? randomUUID() : parseRequest(idempotencyKeySchema, given);
}
