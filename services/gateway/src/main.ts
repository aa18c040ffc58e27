import { runService, VERSION } from '#libs/service';
import { startHttp } from './adapters/http/http-server';
import { SystemView } from './app/system-view';
import { gatewaySettings } from './config';
import { GatewayModule, GatewayPeerModule } from './gateway.module';

void runService({
  name: 'gateway',
  description: 'HTTP, streaming and authentication in front of the other services',
  settings: gatewaySettings,
  module: () => GatewayPeerModule,
  reliesOn: (application) => application.get(SystemView).ready(),
  listen: async (_, context) => {
    const { config, metrics } = context;
    const { PMM_HTTP_HOST: host, PMM_HTTP_PORT, PMM_API_TOKEN: token, PMM_HTTP_ALLOWED_HOSTS } = config;
    const server = await startHttp(GatewayModule.forContext(context), {
      host,
      port: PMM_HTTP_PORT,
      token,
      allowedHosts: PMM_HTTP_ALLOWED_HOSTS,
      version: VERSION,
      metrics,
      logger: false,
    });
    context.log.info(`listening on http://${host.includes(':') ? `[${host}]` : host}:${server.port}`);
    return () => server.close();
  },
});
