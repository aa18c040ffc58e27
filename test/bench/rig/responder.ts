/** A process of its own that answers empty requests, as a service is one: `responder.js <url> <subject>`. */
import { connect } from 'nats';

async function respond([url = '', subject = '']: readonly string[]): Promise<void> {
  const nc = await connect({ servers: url });
  nc.subscribe(subject, { callback: (_error, message) => void message.respond() });
  await nc.flush();
  process.once('disconnect', () => void nc.close());
  process.send?.('ready');
}

void respond(process.argv.slice(2));
